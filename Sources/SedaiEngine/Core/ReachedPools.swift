import SedaiFormat

/// The devices that a data call may need: those of its image's pool, and of the pools that
/// single chunks of a family apart lie in.
struct ReachedPools {
  /// What reading from a pool that is not there fails with: no such device.
  private static let missing = DeviceError.readFailed(errno: 6)

  let home: PoolID
  let devices: PoolDevices
  private var others: [PoolID: PoolDevices] = [:]

  init(home: PoolID, _ devices: PoolDevices) {
    self.home = home
    self.devices = devices
  }

  /// Takes in the pools of an entry's chunks.
  @inline(__always) mutating func add(_ entry: MapEntry, of core: EngineCore) {
    if let own = entry.own, own.pool != home { others[own.pool] = core.pools[own.pool]?.devices }
    if let base = entry.base, base.pool != home {
      others[base.pool] = core.pools[base.pool]?.devices
    }
  }

  func devices(of pool: PoolID) -> PoolDevices? { pool == home ? devices : others[pool] }

  @inline(__always) func locate(
    _ chunk: ChunkAddress
  ) throws(DeviceError) -> (device: any BlockDevice, offset: UInt64, contiguous: UInt64) {
    if chunk.pool == home { return try devices.locate(chunk.index) }
    guard let devices = others[chunk.pool] else { throw Self.missing }
    return try devices.locate(chunk.index)
  }
}

extension MapEntry {
  /// Whether part of it lies in another pool. That may be so of an image that does not say it
  /// is apart: a chunk can be moved while the image is made that shares the map page with it.
  @inline(__always) func reaches(beyond home: PoolID) -> Bool {
    (own.map { $0.pool != home } ?? false) || (base.map { $0.pool != home } ?? false)
  }
}
