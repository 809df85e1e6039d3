import SedaiBytes
import SedaiEngine
import SedaiFormat
public import SedaiModel
import SedaiMonitor

extension DiskArray {
  /// Makes a pool of files and devices, which are labelled as its own.
  ///
  /// - Parameter number: 0…254; nil for the lowest free one.
  /// - Throws: `.poolInUse`, `.poolMemberRefused`, and failures of the devices.
  public func createPool(
    number: UInt8? = nil, name: PoolName, kind: PoolKind = .dynamic,
    members: [PoolMemberSpecification], by requester: Requester
  ) throws(DiskArrayError) -> PoolFacts {
    try requester.require(.createPool)
    let id = try state.withLock { (state) throws(DiskArrayError) -> PoolID in
      try Self.freePool(number, name, in: state)
    }
    let devices = try prepare(members)
    let isSparse = members.contains(where: \.isSparse)
    try perform(.createPool, by: requester) { (state, change) throws(DiskArrayError) in
      _ = try Self.freePool(id.rawValue, name, in: state)
      change.perform(.addPool(id, members: devices, isSparse: isSparse))
      change.put(
        Pool(id: id, name: name, kind: kind, members: members.map(\.path), reserve: nil))
      change.tell(.poolCreated, ["pool": .text(name.rawValue)], in: state)
    }
    return try pool(id.rawValue)
  }

  /// Adds files and devices to a pool.
  public func expandPool(
    _ number: UInt8, members: [PoolMemberSpecification], by requester: Requester
  ) throws(DiskArrayError) -> PoolFacts {
    _ = try pool(number)
    try requester.require(.expandPool)
    let devices = try prepare(members)
    try perform(.expandPool, by: requester) { (state, change) throws(DiskArrayError) in
      var pool = try state.pool(number)
      pool.members += members.map(\.path)
      change.perform(.extendPool(pool.id, members: devices))
      change.put(pool)
      change.tell(.poolExpanded, ["pool": .text(pool.name.rawValue)], in: state)
    }
    return try pool(number)
  }

  /// Removes a pool that holds nothing; its files stay where they are.
  public func deletePool(_ number: UInt8, by requester: Requester) throws(DiskArrayError) {
    try perform(.deletePool, by: requester) { (state, change) throws(DiskArrayError) in
      let pool = try state.pool(number)
      guard !state.disks.values.contains(where: { $0.pool == pool.id }) else {
        throw DiskArrayError(
          .stateConflict, .poolNotEmpty, ["pool": .text(pool.name.rawValue)])
      }
      change.perform(.removePool(pool.id))
      change.remove(pool)
      change.tell(.poolDeleted, ["pool": .text(pool.name.rawValue)], in: state)
    }
  }

  private func prepare(
    _ members: [PoolMemberSpecification]
  ) throws(DiskArrayError) -> [PoolMember] {
    guard !members.isEmpty else {
      throw DiskArrayError(
        .invalidRequest, .invalidCount, ["count": .count(0), "what": .text("files")])
    }
    var devices: [PoolMember] = []
    for member in members {
      do {
        devices.append(try environment.prepareMember(member))
      } catch {
        throw DiskArrayError(
          .invalidRequest, .poolMemberRefused,
          ["path": .text(member.path), "reason": .text(error.reason)])
      }
    }
    return devices
  }

  private static func freePool(
    _ number: UInt8?, _ name: PoolName, in state: ArrayState
  ) throws(DiskArrayError) -> PoolID {
    if state.pools.values.contains(where: { $0.name == name }) {
      throw DiskArrayError(.alreadyExists, .poolInUse, ["pool": .text(name.rawValue)])
    }
    guard let number else {
      guard let free = (UInt8(0)..<255).first(where: { state.pools[PoolID($0)] == nil }) else {
        throw DiskArrayError(
          .noSpace, .tooMany, ["limit": .count(255), "what": .text("pools")])
      }
      return PoolID(free)
    }
    guard number < 255 else {
      throw DiskArrayError(
        .invalidRequest, .numberOutOfRange,
        ["number": .count(UInt64(number)), "what": .text("pool number")])
    }
    guard state.pools[PoolID(number)] == nil else {
      throw DiskArrayError(.alreadyExists, .poolInUse, ["pool": .text(String(number))])
    }
    return PoolID(number)
  }

  // MARK: Snapshot reserve area

  /// Sets space of a dynamic pool aside for generations.
  /// - Parameter capacity: bytes, rounded up to whole chunks.
  /// - Source: features.md 1.4.2.
  public func createReserve(
    pool number: UInt8, capacity: UInt64, policy: ReservePolicy = .giveUpGenerations,
    thresholds: ReserveThresholds = .standard, by requester: Requester
  ) throws(DiskArrayError) -> PoolFacts {
    try perform(.createReserve, by: requester) { (state, change) throws(DiskArrayError) in
      var pool = try state.pool(number)
      guard pool.reserve == nil else {
        throw DiskArrayError(
          .alreadyExists, .reserveExists, ["pool": .text(pool.name.rawValue)])
      }
      guard pool.kind == .dynamic else {
        throw DiskArrayError(.stateConflict, .poolIsBasic, ["pool": .text(pool.name.rawValue)])
      }
      try requireLicence(.snapshots, in: state)
      guard capacity > 0 else { throw Self.invalid(capacity: capacity) }
      let chunks = ChunkGeometry.chunks(covering: ByteCount(capacity))
      pool.reserve = Reserve(chunks: chunks, policy: policy, thresholds: thresholds)
      Self.change(pool, chunks: chunks, &change, state)
    }
    watchReserves()
    return try pool(number)
  }

  /// Makes a reserve larger.
  /// - Parameter capacity: its new size as a whole, in bytes.
  public func expandReserve(
    pool number: UInt8, to capacity: UInt64, by requester: Requester
  ) throws(DiskArrayError) -> PoolFacts {
    try perform(.expandReserve, by: requester) { (state, change) throws(DiskArrayError) in
      var (pool, reserve) = try Self.reserve(number, in: state)
      let chunks = ChunkGeometry.chunks(covering: ByteCount(capacity))
      guard chunks > reserve.chunks else {
        throw DiskArrayError(
          .stateConflict, .reserveCannotShrink, ["pool": .text(pool.name.rawValue)])
      }
      reserve.chunks = chunks
      pool.reserve = reserve
      Self.change(pool, chunks: chunks, &change, state)
    }
    watchReserves()
    return try pool(number)
  }

  /// Gives the space of a reserve back to its pool.
  /// - Throws: `.reserveInUse` while generations are built in the pool, or something deleted
  ///   has not been given back yet.
  public func deleteReserve(
    pool number: UInt8, by requester: Requester
  ) throws(DiskArrayError) -> PoolFacts {
    try perform(.deleteReserve, by: requester) { (state, change) throws(DiskArrayError) in
      var (pool, _) = try Self.reserve(number, in: state)
      let inUse = DiskArrayError(
        .stateConflict, .reserveInUse, ["pool": .text(pool.name.rawValue)])
      guard
        !state.disks.values.contains(where: { $0.snapshot != nil && $0.pool == pool.id })
      else { throw inUse }
      pool.reserve = nil
      change.reserveRefusal = inUse
      Self.change(pool, chunks: 0, &change, state)
    }
    watchReserves()
    return try pool(number)
  }

  /// Says what happens when a reserve is full, and when to warn; nil keeps what was set.
  public func setReservePolicy(
    pool number: UInt8, policy: ReservePolicy?, thresholds: ReserveThresholds?,
    by requester: Requester
  ) throws(DiskArrayError) -> PoolFacts {
    try perform(.changeReserve, by: requester) { (state, change) throws(DiskArrayError) in
      var (pool, reserve) = try Self.reserve(number, in: state)
      if let policy { reserve.policy = policy }
      if let thresholds { reserve.thresholds = thresholds }
      pool.reserve = reserve
      Self.change(pool, chunks: nil, &change, state)
    }
    watchReserves()
    return try pool(number)
  }

  private static func reserve(
    _ number: UInt8, in state: ArrayState
  ) throws(DiskArrayError) -> (Pool, Reserve) {
    let pool = try state.pool(number)
    guard let reserve = pool.reserve else {
      throw DiskArrayError(.notFound, .noReserve, ["pool": .text(pool.name.rawValue)])
    }
    return (pool, reserve)
  }

  private static func change(
    _ pool: Pool, chunks: UInt64?, _ change: inout Change, _ state: ArrayState
  ) {
    if let chunks { change.perform(.setReserve(pool.id, chunks: chunks)) }
    change.put(pool)
    change.tell(.reserveChanged, ["pool": .text(pool.name.rawValue)], in: state)
  }

  static func invalid(capacity: UInt64) -> DiskArrayError {
    DiskArrayError(.invalidRequest, .invalidCapacity, ["capacity": .bytes(capacity)])
  }
}
