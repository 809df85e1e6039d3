import Foundation
import Logging
import SedaiArray
import SedaiEngine
import SedaiModel

/// Opens the array above an engine, with the pools it is to have.
struct ArrayStart {
  let settings: Settings
  let logger: Logger

  /// - Throws: a failure that names the pool and its file.
  func open(_ engine: Engine) throws(StartupFailure) -> DiskArray {
    let members = PoolMembers(directory: settings.data)
    let environment = ArrayEnvironment(
      arrayName: settings.arrayName, stagingFloor: settings.stagingBytes,
      now: { Timestamp(nanoseconds: UInt64(max(0, Date().timeIntervalSince1970) * 1e9)) },
      monotonic: { DispatchTime.now().uptimeNanoseconds },
      random: {
        var random = SystemRandomNumberGenerator()
        return random.next()
      },
      prepareMember: { (member) throws(PoolMemberRefusal) in try members.prepare(member) })
    let array: DiskArray
    do throws(DiskArrayError) {
      array = try DiskArray.open(engine: engine, environment: environment)
    } catch {
      throw StartupFailure("\(settings.data)/system: \(error.text())")
    }
    try makePools(array)
    return array
  }

  private func makePools(_ array: DiskArray) throws(StartupFailure) {
    let present = Set(array.pools().map(\.name.rawValue))
    for pool in settings.pools where !present.contains(pool.name) {
      // The pool of an array from nothing is made once; who deletes it does not want it back.
      if pool.name == Settings.standardPool, array.status().logicalDisks > 0 || !present.isEmpty {
        continue
      }
      for member in pool.members { Self.removeLeftover(member) }
      do throws(DiskArrayError) {
        guard let name = PoolName(pool.name) else { continue }
        let made = try array.createPool(
          name: name,
          members: pool.members.map {
            PoolMemberSpecification(path: $0.path, size: $0.size, isSparse: $0.isSparse)
          }, by: .localAdministrator)
        if let reserve = pool.reserve {
          _ = try array.createReserve(
            pool: made.number, capacity: reserve, by: .localAdministrator)
        }
      } catch {
        throw StartupFailure("pool \(pool.name) cannot be made: \(error.text())")
      }
      logger.info("pool made", metadata: ["pool.name": "\(pool.name)"])
    }
  }

  /// Bytes at the beginning of a member that hold its label once it belongs to a pool.
  private static let labelBytes = 64 << 10

  /// Removes a file of a pool that was being made when an earlier start was killed: one with
  /// nothing where its label would be.
  private static func removeLeftover(_ member: PoolMemberSettings) {
    guard member.size != nil, let handle = FileHandle(forReadingAtPath: member.path) else {
      return
    }
    defer { try? handle.close() }
    guard let label = try? handle.read(upToCount: labelBytes), label.allSatisfy({ $0 == 0 })
    else { return }
    try? FileManager.default.removeItem(atPath: member.path)
  }
}
