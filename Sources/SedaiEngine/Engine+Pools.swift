import SedaiBytes
import SedaiFormat
import SedaiMonitor

/// Devices joining pools.
extension Engine {
  static func joinsMembers(_ operations: [EngineOperation]) -> Bool {
    operations.contains {
      switch $0 {
      case .addPool, .extendPool: true
      default: false
      }
    }
  }

  /// A label tells a member's place in its pool, so that one commit that adds members waits
  /// for the other.
  func beginJoining() {
    core.wait { (core) -> Void? in
      if core.isJoining { return nil }
      core.isJoining = true
      return ()
    }
  }

  func endJoining() {
    core.withLock { $0.isJoining = false }
    core.wakeAll()
  }

  /// Labels the devices of all pools that are to be made or extended, in the order of the
  /// operations.
  func prepareMembers(_ operations: [EngineOperation]) throws(EngineError) -> [PreparedMembers] {
    var prepared: [PreparedMembers] = []
    for operation in operations {
      switch operation {
      case .addPool(let id, let members, _), .extendPool(let id, let members):
        let before = prepared.reduce(0) { $1.pool == id ? $0 + $1.records.count : $0 }
        prepared.append(try label(id, members, after: before))
      default: break
      }
    }
    return prepared
  }

  /// - Parameter before: members that join the same pool ahead of these.
  private func label(
    _ id: PoolID, _ members: [PoolMember], after before: Int
  ) throws(EngineError) -> PreparedMembers {
    let (array, first) = core.withLock { core in
      (core.superblock.array, before + (core.pools[id]?.members.count ?? 0))
    }
    var prepared = PreparedMembers(pool: id, records: [], devices: [])
    for (number, member) in members.enumerated() {
      let size = member.device.size.rawValue
      guard size >= PoolLabel.dataOffset + ChunkGeometry.chunkBytes, member.identity.count == 16
      else { throw .badLength }
      let chunks = (size - PoolLabel.dataOffset) / ChunkGeometry.chunkBytes
      let label = PoolLabel(
        array: array, member: member.identity, pool: id, position: UInt32(first + number),
        chunks: chunks)
      let bytes = label.encoded()
      do throws(DeviceError) {
        try bytes.withBytes(0..<bytes.count) { (span) throws(DeviceError) in
          try member.device.write(span, at: 0)
        }
        try member.device.flush()
      } catch { throw .device(error) }
      prepared.records.append(
        PoolMemberRecord(
          identity: member.identity, path: Array(member.path.utf8), chunks: chunks))
      prepared.devices.append(member.device)
    }
    return prepared
  }
}

extension EngineCore {
  /// Makes devices that have joined a pool usable.
  func attach(_ prepared: PreparedMembers) {
    guard let pool = pools[prepared.pool] else { return }
    var members = pool.devices?.members ?? []
    var first = members.last.map { $0.first + $0.chunks } ?? 0
    for (record, device) in zip(prepared.records, prepared.devices) {
      members.append(
        PoolDevices.Member(first: first, chunks: record.chunks, device: device))
      first += record.chunks
    }
    pool.devices = PoolDevices(members)
  }
}
