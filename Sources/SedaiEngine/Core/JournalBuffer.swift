import SedaiFormat

/// The journal's end: records that are gathered, groups that wait to be written, and what
/// is known of those that were.
///
/// Positions only grow: tail ≤ synced ≤ written ≤ sealed. A record's position is that of
/// the group it is in; while the group is open, no later than where it will be.
struct JournalBuffer {
  struct Sealed {
    var position: UInt64
    var bytes: [UInt8]
  }

  private struct Claims {
    var end: UInt64
    var pools: [(pool: PoolID, position: LogPosition)]
  }

  private(set) var open: [UInt8] = []
  private(set) var openCount: UInt32 = 0
  private(set) var sealed: [Sealed] = []
  /// End of the last sealed group.
  private(set) var sealedEnd: UInt64
  private(set) var chain: UInt32
  /// Where the journal's needed part begins: the last checkpoint.
  var tail: UInt64
  var written: UInt64
  var synced: UInt64
  /// The next group begins at a multiple of ``JournalGroup/alignment``.
  private var alignsNext = true
  /// Up to where the data of each pool is known to be durable.
  private(set) var durable: [PoolID: LogPosition]
  private var durableChanged = false
  private var claims: [Claims] = []
  var isWriting = false
  var isSyncing = false

  /// - Parameters:
  ///   - end: where the last group ended.
  ///   - chain: what the next group chains to.
  ///   - tail: the last checkpoint.
  ///   - durable: what the last group before `end` said of the pools.
  init(end: UInt64, chain: UInt32, tail: UInt64, durable: [PoolID: LogPosition] = [:]) {
    self.durable = durable
    sealedEnd = end
    self.chain = chain
    self.tail = tail
    written = end
    synced = end
  }

  /// The position that records added now are tagged with.
  @inline(__always) var position: LogPosition { LogPosition(sealedEnd) }

  /// Journal bytes that recovery would have to read.
  var used: UInt64 { sealedEnd - tail + UInt64(open.count) }

  @inline(__always) mutating func append(_ record: JournalRecord) {
    record.append(to: &open)
    openCount += 1
  }

  mutating func setDurable(_ pool: PoolID, _ position: LogPosition) {
    guard (durable[pool] ?? LogPosition(0)) < position else { return }
    durable[pool] = position
    durableChanged = true
  }

  mutating func forget(_ pool: PoolID) {
    durable[pool] = nil
    durableChanged = true
  }

  /// Whether ``seal()`` would make a group: records, or a pool's new durable position.
  var hasNews: Bool { openCount > 0 || durableChanged }

  /// Closes the open group if there is anything to say.
  mutating func seal() {
    guard hasNews else { return }
    var position = sealedEnd
    if alignsNext {
      let rest = position % JournalGroup.alignment
      if rest != 0 { position += JournalGroup.alignment - rest }
      alignsNext = false
    }
    let pools = durable.sorted { $0.key < $1.key }.map { (pool: $0.key, position: $0.value) }
    let (bytes, checksum) = JournalGroup.encode(
      records: open, recordCount: openCount, position: LogPosition(position), chain: chain,
      durable: pools)
    sealed.append(Sealed(position: position, bytes: bytes))
    sealedEnd = position + UInt64(bytes.count)
    chain = checksum
    open.removeAll(keepingCapacity: true)
    openCount = 0
    if durableChanged {
      claims.append(Claims(end: sealedEnd, pools: pools))
      durableChanged = false
    }
  }

  mutating func takeSealed() -> [Sealed] {
    let groups = sealed
    sealed.removeAll(keepingCapacity: true)
    return groups
  }

  /// A flush of the journal begins: what it makes durable is not written again.
  mutating func willSync() { alignsNext = true }

  /// The journal is durable up to `position`; returns the pools' positions that are so now.
  mutating func didSync(_ position: UInt64) -> [(pool: PoolID, position: LogPosition)] {
    synced = max(synced, position)
    var reached: [(pool: PoolID, position: LogPosition)] = []
    while let first = claims.first, first.end <= synced {
      reached = first.pools
      claims.removeFirst()
    }
    return reached
  }
}
