internal import SedaiBytes
internal import SedaiEngine
internal import SedaiFormat

/// The sizes of a simulated array: small, so that everything fills up, wraps and is evicted.
struct ArrayShape: Sendable {
  struct Pool: Sendable {
    var id: PoolID
    /// Chunks of each member.
    var members: [UInt64]
    /// Chunks of the snapshot reserve area.
    var reserve: UInt64
    var isSparse = false
    /// Chunks of each device that may join it later.
    var further: [UInt64] = []

    /// Chunks of every device that is, or may become, a member.
    var devices: [UInt64] { members + further }
  }

  /// Pools that the array begins with.
  var pools: [Pool]
  /// Pools that come and go.
  var spares: [Pool] = []
  var journalBytes: UInt64
  var segmentBlocks: UInt32
  var limits: EngineLimits
  /// A file that grows, rather than a device of a fixed size that held something before.
  var growsSystemArea: Bool

  /// One pool with one small volume's worth of space, everything in one leaf; a spare one,
  /// and devices to extend both.
  static var tiny: ArrayShape {
    var limits = EngineLimits()
    limits.cachedPages = 64
    limits.dirtyPages = 24
    return ArrayShape(
      pools: [Pool(id: PoolID(0), members: [48], reserve: 8, further: [2, 3, 4])],
      spares: [Pool(id: PoolID(1), members: [20], reserve: 2, further: [5, 6])],
      journalBytes: 256 << 10, segmentBlocks: 32, limits: limits, growsSystemArea: true)
  }

  /// Two such pools, for a volume and for its generations.
  static var tinyApart: ArrayShape {
    var shape = tiny
    shape.pools = [
      Pool(id: PoolID(0), members: [48], reserve: 0, further: [2, 3]),
      Pool(id: PoolID(1), members: [20], reserve: 12, further: [4]),
    ]
    shape.spares = []
    return shape
  }

  static func drawn(_ random: inout SeededRandom) -> ArrayShape {
    let hasDeepTrees = random.chance(1, in: 3)
    var pools: [Pool] = []
    for id in 0..<(random.chance(1, in: 2) ? 2 : 1) {
      let reserve: UInt64 = 4 + random.below(hasDeepTrees ? 60 : 24)
      let promised: UInt64 =
        hasDeepTrees ? 1400 + random.below(1000) : 34 + random.below(60)
      let first = 1 + random.below(reserve + promised - 1)
      let members =
        random.chance(1, in: 3) ? [first, reserve + promised - first] : [reserve + promised]
      pools.append(
        Pool(
          id: PoolID(UInt8(id)), members: members, reserve: reserve,
          isSparse: random.chance(1, in: 4), further: furtherDevices(&random)))
    }
    let spares = (0..<random.below(3)).map { (spare: Int) in
      let reserve: UInt64 = random.below(12)
      return Pool(
        id: PoolID(UInt8(8 + spare)), members: [reserve + 17 + random.below(60)],
        reserve: reserve, isSparse: random.chance(1, in: 4), further: furtherDevices(&random))
    }
    var limits = EngineLimits()
    limits.cachedPages = 48 + random.below(64)
    limits.dirtyPages = 8 + random.below(24)
    limits.concurrentCalls = 1 + random.below(8)
    return ArrayShape(
      pools: pools, spares: spares, journalBytes: 4096 * (48 + random.below(128)),
      segmentBlocks: UInt32(random.pick([16, 32, 64]) ?? 32), limits: limits,
      growsSystemArea: random.chance(1, in: 2))
  }

  /// Devices small and large: some lead into a further count page, or segment of them.
  private static func furtherDevices(_ random: inout SeededRandom) -> [UInt64] {
    (0..<random.below(4)).map { _ in
      switch random.below(8) {
      case 0: 9000
      case 1, 2: 600 + random.below(1000)
      default: 1 + random.below(40)
      }
    }
  }
}

/// An array on a simulated host: makes it, opens it again after every stop.
struct SimulatedArray: Sendable {
  /// A system area of a fixed size has room for this many bytes.
  private static let fixedSystemBytes = ByteCount.mebibytes(24)
  /// What a pool's chunks hold before their first write; never to be seen in a volume.
  private static let poolBackground: UInt8 = 0xEE

  let host: SimulatedHost
  let shape: ArrayShape

  /// Formats the array and adds its pools; devices that may come later stand by.
  func make() throws(EngineError) -> Engine {
    let system =
      shape.growsSystemArea
      ? host.addDevice(named: "system", size: ByteCount(0), background: 0)
      : host.addDevice(named: "system", size: Self.fixedSystemBytes, background: 0xAB)
    try Engine.format(
      systemArea: system,
      parameters: FormatParameters(
        array: [UInt8](repeating: 0xA1, count: 16), journalBytes: ByteCount(shape.journalBytes),
        segmentBlocks: shape.segmentBlocks))
    let engine = try open()
    for pool in shape.pools + shape.spares {
      for (position, chunks) in pool.devices.enumerated() {
        let size = PoolLabel.dataOffset + chunks * ChunkGeometry.chunkBytes
        _ = host.addDevice(
          named: Self.memberName(pool.id, position), size: ByteCount(size),
          background: Self.poolBackground)
      }
    }
    for pool in shape.pools {
      let members = Array(devices(for: pool).prefix(pool.members.count))
      try engine.commit([.addPool(pool.id, members: members, isSparse: pool.isSparse)])
      try engine.commit([.setReserve(pool.id, chunks: pool.reserve)])
    }
    return engine
  }

  /// Every device that is, or may become, a member of the pool.
  func devices(for pool: ArrayShape.Pool) -> [PoolMember] {
    pool.devices.indices.compactMap { position in
      let name = Self.memberName(pool.id, position)
      return host.device(named: name).map {
        PoolMember(device: $0, identity: Self.identity(pool.id, position), path: name)
      }
    }
  }

  /// The model of the array as ``make()`` leaves it.
  var model: ReferenceModel {
    var model = ReferenceModel()
    for pool in shape.pools {
      let members = devices(for: pool).prefix(pool.members.count)
      model.pools[pool.id] = ReferencePool(members: Array(members), reserve: pool.reserve)
    }
    return model
  }

  /// - Parameter lost: a pool whose devices are not found.
  func open(without lost: PoolID? = nil) throws(EngineError) -> Engine {
    try Engine.open(
      systemArea: system(), environment: environment(schedule: host.schedule, without: lost))
  }

  /// The offline check; nothing may be open.
  func checker() throws(EngineError) -> EngineCheck {
    try EngineCheck(
      systemArea: try system(), environment: environment(schedule: nil), isRepair: false)
  }

  private func system() throws(EngineError) -> SimulatedDevice {
    guard let system = host.device(named: "system") else { throw .damaged("no system area") }
    return system
  }

  private func environment(
    schedule: SeededSchedule?, without lost: PoolID? = nil
  ) -> EngineEnvironment {
    let host = host
    let prefix = lost.map { Self.memberName($0, nil) }
    return EngineEnvironment(
      boot: host.bootIdentity, limits: shape.limits, schedule: schedule,
      openMember: { record throws(DeviceError) in
        let path = String(decoding: record.path, as: UTF8.self)
        if let prefix, path.hasPrefix(prefix) { throw .readFailed(errno: 2) }
        guard let device = host.device(named: path) else { throw .readFailed(errno: 2) }
        return device
      })
  }

  private static func memberName(_ pool: PoolID, _ position: Int?) -> String {
    "pool\(pool.rawValue)." + (position.map { "\($0)" } ?? "")
  }

  private static func identity(_ pool: PoolID, _ position: Int) -> [UInt8] {
    [pool.rawValue, UInt8(position)] + [UInt8](repeating: 0x1D, count: 14)
  }
}
