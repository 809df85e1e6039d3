import SedaiBytes
import SedaiFormat

/// An image and what the core keeps beside it.
final class ImageState {
  var record: ArrayState.Image
  /// Chunk up to which a live image apart was found to refer to its own pool only.
  var checkedTo: UInt64 = 0
  init(_ record: ArrayState.Image) { self.record = record }
}

/// The metadata of an array and every change of it, in memory only: whatever needs a device
/// is asked for by a ``CoreSignal``, before anything has changed.
///
/// Touched only under the engine's lock. Its parts, each in a file of its own: counts and
/// allocation, the way down a tree, reads, writes, trims, the records' effects, commits,
/// reclaim and merge, capacity, checkpoints.
final class EngineCore {
  let limits: EngineLimits
  var superblock: Superblock
  var cache: PageCache
  var log: JournalBuffer
  var flights: Flights
  var map: CountSpace
  var segments: [SegmentPurpose] = []
  var pools: [PoolID: PoolState] = [:]
  var images: [ImageID: ImageState] = [:]
  /// Segments that the system area is long enough for.
  var grownSegments = 0
  var releasing: [PageNumber] = []
  var catalogue: [[UInt8]: [UInt8]] = [:]
  var nextImage: UInt64 = 1
  var nextEpoch: UInt64 = 1
  /// Images that take no data calls for the moment.
  var blocked: Set<ImageID> = []
  /// A commit is labelling devices that are to join pools.
  var isJoining = false
  /// Number of the checkpoint that will end the current interval.
  var interval: UInt64 = 1
  /// Map pages freed since the last checkpoint began, and since the one before that.
  var freedPages: [PageNumber] = []
  var freedBefore: [PageNumber] = []
  /// Pages that hold the state of the last complete checkpoint.
  var statePages: [PageNumber] = []
  /// Pages allocated for the state of a checkpoint that is about to begin.
  var nextStatePages: [PageNumber] = []
  var livePages: UInt64 = 0
  var isReplaying = false
  var isCheckpointing = false
  var isClosed = false
  /// Count pages that are damaged read as if nothing were counted, for the offline check.
  var toleratesDamagedCounts = false
  var damagedCounts: Set<UInt64> = []
  /// Rises with everything that a waiting call may wait for.
  var changes: UInt64 = 0
  var freedChunks: UInt64 = 0

  init(superblock: Superblock, limits: EngineLimits, cachedPages: Int) {
    self.superblock = superblock
    self.limits = limits
    cache = PageCache(pages: cachedPages)
    log = JournalBuffer(
      end: superblock.position.rawValue, chain: superblock.chain,
      tail: superblock.position.rawValue)
    flights = Flights(limit: limits.concurrentCalls)
    map = CountSpace()
  }

  var segmentBlocks: UInt64 { UInt64(superblock.segmentBlocks) }
  /// Map pages of a segment, after its two blocks of counts.
  var pagesPerSegment: Int { min(MapPageLayout.counts, Int(superblock.segmentBlocks) - 2) }
  /// Count pages of a segment of counts; each has two homes.
  var countPagesPerSegment: Int { Int(superblock.segmentBlocks) / 2 }

  func ensureOpen() throws(CoreSignal) {
    if isClosed { throw .failed(.closed) }
  }

  func image(_ id: ImageID) throws(CoreSignal) -> ImageState {
    guard let image = images[id] else { throw .failed(.noSuchImage(id)) }
    return image
  }

  /// An image for a data call, which may have to wait.
  @inline(__always) func imageForData(_ id: ImageID) throws(CoreSignal) -> ImageState {
    if isClosed { throw .failed(.closed) }
    guard let image = images[id] else { throw .failed(.noSuchImage(id)) }
    if !blocked.isEmpty, blocked.contains(id) { throw .wait }
    return image
  }

  func pool(_ id: PoolID) throws(CoreSignal) -> PoolState {
    guard let pool = pools[id] else { throw .failed(.noSuchPool(id)) }
    return pool
  }

  /// Journal bytes at which new changes wait for a checkpoint.
  private var journalLimit: UInt64 { superblock.journalLength / 4 * 3 }

  /// Whether a change may begin: there is room in the journal and among the dirty pages.
  @inline(__always) func ensureRoom() throws(CoreSignal) {
    if log.used > journalLimit || cache.dirtyCount > limits.cachedPages / 4 * 3 {
      throw .checkpoint
    }
  }

  /// Whether a checkpoint should be made soon.
  var isCheckpointDue: Bool {
    log.used > min(limits.checkpointJournalBytes, superblock.journalLength / 2)
      || cache.dirtyCount > limits.dirtyPages
  }

  /// Applies a record and journals it. Callers have made sure that it applies.
  @inline(__always) func perform(_ record: JournalRecord) throws(CoreSignal) {
    try apply(record)
    if !isReplaying { log.append(record) }
  }

  /// Call before changing a map page: journals what it is, once an interval.
  @inline(__always) func willChangeMapPage(_ slot: Int) {
    if cache.slots[slot].loggedIn != interval {
      cache.setLogged(slot, in: interval)
      if !isReplaying {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(PageArena.pageBytes)
        cache.arena.append(slot, to: &bytes)
        log.append(.pageImage(PageNumber(cache.slots[slot].key), bytes))
      }
    }
    cache.willChange(slot)
  }
}
