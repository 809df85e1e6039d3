internal import SedaiBytes
internal import SedaiEngine
internal import SedaiFormat

/// One pool as the model knows it.
struct ReferencePool: Sendable {
  /// Chunks of each member, by its path.
  private(set) var members: [String: UInt64] = [:]
  /// Chunks of the snapshot reserve area.
  var reserve: UInt64 = 0
  /// Chunks of the staging area.
  var staging: UInt64 = 0
  /// Chunks that no volume is promised.
  var allowance: UInt64 { reserve + staging }

  /// Chunks of all members.
  var total: UInt64 { members.values.reduce(0, +) }

  init(members: [PoolMember], reserve: UInt64 = 0) {
    self.reserve = reserve
    extend(members)
  }

  mutating func extend(_ members: [PoolMember]) {
    for member in members {
      self.members[member.path] =
        (member.device.size.rawValue - PoolLabel.dataOffset) / ChunkGeometry.chunkBytes
    }
  }
}

extension ReferenceModel {
  /// Chunks promised to the live images of a pool.
  func promised(by pool: PoolID) -> UInt64 {
    images.values.reduce(UInt64(0)) {
      guard $1.pool == pool, $1.role == .live else { return $0 }
      return $0 + ChunkGeometry.chunks(covering: ByteCount($1.length))
    }
  }

  /// Whether one of the operations, in their order, asks `id` for more than it has.
  func overfills(_ id: PoolID, _ operations: [EngineOperation]) -> Bool {
    var after = self
    for operation in operations {
      do throws(Violation) { try after.commit(operation) } catch { return false }
      guard let pool = after.pools[id] else { continue }
      if after.promised(by: id) + pool.allowance > pool.total { return true }
    }
    return false
  }

  /// What is wrong with the pools of `engine`; nil if nothing is.
  func poolDifference(from engine: Engine) -> String? {
    let found = engine.pools()
    for capacity in found {
      guard let pool = pools[capacity.pool] else {
        return "pool \(capacity.pool.rawValue) should not be"
      }
      guard capacity.total == pool.total, capacity.reserve == pool.reserve,
        capacity.staging == pool.staging
      else {
        return "pool \(capacity.pool.rawValue) has \(capacity.total) chunks, \(capacity.reserve)"
          + " of reserve and \(capacity.staging) of staging, not \(pool)"
      }
    }
    let lost = pools.keys.filter { id in !found.contains { $0.pool == id } }.min()
    return lost.map { "pool \($0.rawValue) is lost" }
  }
}
