import Foundation
import SedaiArray
import SedaiBytes
import SedaiEngine
import SedaiLinux

/// Makes or opens files and devices that are to join a pool.
struct PoolMembers: Sendable {
  /// Where paths that are not whole begin.
  let directory: String

  /// - Throws: a refusal that names the file or device.
  func prepare(
    _ specification: PoolMemberSpecification
  ) throws(PoolMemberRefusal) -> PoolMember {
    let path = Settings.absolute(specification.path, in: directory)
    if specification.size == nil { try refuseIfUnfit(path) }
    let device: FileDevice
    do throws(FileDeviceError) {
      if let size = specification.size {
        device = try FileDevice(
          path: path, creating: .always(ByteCount(size)), isSparse: specification.isSparse)
      } else {
        device = try FileDevice(path: path)
      }
    } catch {
      throw PoolMemberRefusal(reason: words(error))
    }
    return PoolMember(device: device, identity: Kernel.randomIdentity(), path: path)
  }

  /// A device somebody uses, and a file that may hold something, are not taken.
  private func refuseIfUnfit(_ path: String) throws(PoolMemberRefusal) {
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false))
    guard let type = attributes?[.type] as? FileAttributeType else { return }
    guard type == .typeBlockSpecial else {
      throw PoolMemberRefusal(reason: "\(path) is no block device; a new file needs a size")
    }
    let mounts = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
    let real = URL(filePath: path).resolvingSymlinksInPath()
    for line in mounts.split(separator: "\n") {
      guard let source = line.split(separator: " ").first, source.hasPrefix("/dev/") else {
        continue
      }
      if URL(filePath: String(source)).resolvingSymlinksInPath() == real {
        throw PoolMemberRefusal(reason: "\(path) is mounted")
      }
    }
  }
}
