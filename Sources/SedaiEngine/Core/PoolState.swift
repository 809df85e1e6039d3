import SedaiBytes
import SedaiFormat

/// The files and devices of a pool, one after another. Immutable; an extended pool gets a
/// new one.
final class PoolDevices: Sendable {
  struct Member: Sendable {
    let first: UInt64
    let chunks: UInt64
    let device: any BlockDevice
  }

  let members: [Member]

  init(_ members: [Member]) { self.members = members }

  /// Device and byte offset of a chunk, and how many bytes lie behind each other from
  /// there on.
  @inline(__always) func locate(
    _ chunk: UInt64
  ) throws(DeviceError) -> (device: any BlockDevice, offset: UInt64, contiguous: UInt64) {
    for member in members where chunk >= member.first && chunk - member.first < member.chunks {
      let place = chunk - member.first
      return (
        member.device, PoolLabel.dataOffset + place * ChunkGeometry.chunkBytes,
        (member.chunks - place) * ChunkGeometry.chunkBytes
      )
    }
    throw .outOfRange
  }

  func flush() throws(DeviceError) {
    for member in members { try member.device.flush() }
  }
}

/// A pool as the core sees it. Only touched under the engine's lock.
final class PoolState {
  /// A freed chunk that may not be used again yet.
  struct Awaiting {
    var chunk: UInt64
    var position: UInt64
    var ticket: UInt64
    /// The pool whose data the freeing record speaks of, if it is another one: after a power
    /// cut without that data the chunk is in use again.
    var writer: PoolState?

    func isCovered(in pool: PoolState) -> Bool { position < (writer ?? pool).covered }
  }

  let id: PoolID
  var isSparse: Bool
  /// Chunks of the snapshot reserve area.
  var reserve: UInt64 = 0
  /// Chunks for what volumes here no longer hold and their generations have not moved to
  /// their own pool yet.
  var staging: UInt64 = 0
  var members: [PoolMemberRecord]
  var devices: PoolDevices?
  var space: CountSpace
  /// Segments that hold the count pages, in order.
  var countSegments: [UInt64] = []
  var condition = PoolCapacity.Condition.ready
  /// Records before this journal position are durable together with their data.
  var covered: UInt64 = 0
  /// Position of the last record whose effect depends on the pool's data.
  var lastRecord: UInt64 = 0
  /// Position of the last record by which a chunk lost one of several references.
  var lastLoss: UInt64 = 0
  /// The same, of records that speak of data in other pools.
  private var lossesElsewhere: [PoolID: (writer: PoolState, position: UInt64)] = [:]
  /// Data calls that have written, and how many of them the last flush began after.
  var writes: UInt64 = 0
  var flushedWrites: UInt64 = 0
  var promised: UInt64 = 0
  var liveMapped: UInt64 = 0
  /// Indices of live images that hold two chunks.
  var liveOverlays: UInt64 = 0
  private(set) var awaiting: [Awaiting] = []
  private var awaitingHead = 0
  /// Freed chunks whose space is being given back to the host.
  var discarding: UInt64 = 0
  /// A flush of its devices is under way. There is one at a time: a device reports lost
  /// writes to one flush only, and another one must not take them for durable.
  var isFlushing = false

  init(
    id: PoolID, isSparse: Bool, members: [PoolMemberRecord], free: [UInt16]?,
    homes: [CountHome]? = nil
  ) {
    self.id = id
    self.isSparse = isSparse
    self.members = members
    let total = members.reduce(0) { $0 + $1.chunks }
    space = CountSpace(free: free ?? Self.allFree(total), homes: homes, total: total)
  }

  static func allFree(_ chunks: UInt64) -> [UInt16] {
    let each = UInt64(MapPageLayout.counts)
    var free = [UInt16](repeating: UInt16(each), count: Int(chunks / each))
    if chunks % each != 0 { free.append(UInt16(chunks % each)) }
    return free
  }

  func extend(_ new: [PoolMemberRecord]) {
    let each = UInt64(MapPageLayout.counts)
    let added = new.reduce(0) { $0 + $1.chunks }
    members += new
    if space.total % each != 0, !space.free.isEmpty {
      let room = min(added, each - space.total % each)
      space.free[space.free.count - 1] += UInt16(room)
    }
    let pages = Self.allFree(space.total + added)
    while space.free.count < pages.count {
      space.free.append(pages[space.free.count])
      space.hidden.append(0)
      space.homes.append(.none)
    }
    space.total += added
  }

  /// Whether everything that waits for a flush of the pool has had one.
  var isSettled: Bool {
    writes == flushedWrites && lastRecord < covered && lastLoss < covered && awaitingCount == 0
  }

  var awaitingCount: UInt64 { UInt64(awaiting.count - awaitingHead) + discarding }
  /// Chunks that something refers to, or is about to.
  var held: UInt64 { space.allocated - awaitingCount }

  /// Chunks beyond what live images account for, at most.
  var allowance: UInt64 { reserve + staging }
  /// A part of the staging area is kept for the moves that empty it.
  private static let moverChunks: UInt64 = 64
  private static let moverShare: UInt64 = 4
  /// What of the allowance hosts may use.
  var hostAllowance: UInt64 { allowance - min(Self.moverChunks, staging / Self.moverShare) }

  /// Whether `more` chunks beyond what live images account for fit the reserve.
  func reserveTakes(_ more: UInt64) -> Bool { held + more <= liveMapped + hostAllowance }

  /// The same for a move, which gives chunks back in the end.
  func moveTakes(_ more: UInt64) -> Bool { held + more <= liveMapped + allowance }

  /// Whether one more index of a live image may hold two chunks.
  ///
  /// Live images hold at most a chunk for each index, and a second one for each of these: as
  /// long as the reserve has room for all of them, a live image can be written whatever other
  /// live images share with it.
  var takesOverlay: Bool { liveOverlays < hostAllowance }

  func await(_ chunk: UInt64, position: UInt64, ticket: UInt64, writer: PoolState?) {
    awaiting.append(
      Awaiting(chunk: chunk, position: position, ticket: ticket, writer: writer))
  }

  /// A record that speaks of data in `writer` took one of several references to a chunk here.
  func lost(at position: UInt64, by writer: PoolState) {
    lossesElsewhere[writer.id] = (writer, position)
  }

  /// Pools that have to be flushed before what they took references from is free, or
  /// exclusive.
  /// - Complexity: O(awaiting chunks)
  func uncoveredWriters() -> Set<PoolID> {
    lossesElsewhere = lossesElsewhere.filter { $0.value.position >= $0.value.writer.covered }
    var writers = Set(lossesElsewhere.keys)
    for chunk in awaiting[awaitingHead...] {
      if let writer = chunk.writer, !chunk.isCovered(in: self) { writers.insert(writer.id) }
    }
    return writers
  }

  /// No record that waits for the data of another pool has taken a reference here.
  var hasCoveredLosses: Bool {
    lossesElsewhere.isEmpty
      || lossesElsewhere.values.allSatisfy { $0.position < $0.writer.covered }
  }

  /// The next freed chunk that may be used again.
  func popReusable(before ticket: UInt64) -> UInt64? {
    guard awaitingHead < awaiting.count else { return nil }
    let first = awaiting[awaitingHead]
    guard first.isCovered(in: self), first.ticket < ticket else { return nil }
    awaitingHead += 1
    if awaitingHead == awaiting.count || awaitingHead >= 4096 {
      awaiting.removeFirst(awaitingHead)
      awaitingHead = 0
    }
    return first.chunk
  }
}
