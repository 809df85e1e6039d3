import SedaiBytes
public import SedaiFormat
import SedaiMonitor

/// The snapshot engine of one array: images over pools of chunks, redirect on write, one
/// journal for everything.
///
/// All methods may be called from any thread. Those named `try…` do no waiting and no
/// device I/O that would wait; they answer false, without effect, if they would have to.
/// The others may block on devices.
///
/// Durability: a write is safe from a crash of this process once ``pushJournal()`` has
/// returned, from a power cut once ``flush(_:)`` has. ``commit(_:catalogue:)`` is durable
/// when it returns.
public final class Engine: Sendable {
  let core: Monitor<EngineCore>
  let system: any BlockDevice
  let environment: EngineEnvironment
  /// What was wrong with pools at the opening, in words; empty if nothing was.
  public let openingProblems: [String]

  init(
    core: sending EngineCore, system: any BlockDevice, environment: EngineEnvironment,
    problems: [String]
  ) {
    self.core = Monitor(core, schedule: environment.schedule)
    self.system = system
    self.environment = environment
    openingProblems = problems
  }

  /// The same engine, with what opening its pools found.
  init(sharing other: Engine, problems: [String]) {
    core = other.core
    system = other.system
    environment = other.environment
    openingProblems = problems
  }

  /// Runs a step under the lock, doing outside of it whatever the step asks for first.
  func run<Result>(
    _ body: (EngineCore) throws(CoreSignal) -> Result
  ) throws(EngineError) -> Result {
    for _ in 0..<EngineLimits.retries {
      var seen: UInt64 = 0
      do throws(CoreSignal) {
        return try core.withLock { (core) throws(CoreSignal) -> Result in
          seen = core.changes
          return try body(core)
        }
      } catch {
        try answer(error, seen: seen)
      }
    }
    throw .damaged("an operation could not settle")
  }

  /// Runs a step once; nil if it would have to wait for anything.
  func attempt<Result>(
    _ body: (EngineCore) throws(CoreSignal) -> Result
  ) throws(EngineError) -> Result? {
    do throws(CoreSignal) {
      return try core.withLock { (core) throws(CoreSignal) -> Result in try body(core) }
    } catch {
      if case .failed(let reason) = error { throw reason }
      return nil
    }
  }

  private func answer(_ signal: CoreSignal, seen: UInt64) throws(EngineError) {
    switch signal {
    case .failed(let error): throw error
    case .load(let keys): try load(keys)
    case .grow(let segments): try grow(to: segments)
    case .checkpoint: try checkpoint()
    case .cover(let pool): try cover(pool)
    case .wait: waitForChange(since: seen)
    }
  }

  /// Sleeps until anything has changed that a call may wait for: whoever makes others wait
  /// raises ``EngineCore/changes`` when it is done.
  func waitForChange(since seen: UInt64) {
    core.wait { (core) -> Void? in core.changes != seen || core.isClosed ? () : nil }
  }

  /// Makes the system area long enough for `segments` segments. A device may flush for that,
  /// so it takes its turn among the flushes.
  func grow(to segments: Int) throws(EngineError) {
    let (end, isEnough) = core.withLock { core in
      (
        core.offset(block: UInt64(segments) * core.segmentBlocks),
        core.grownSegments >= segments
      )
    }
    if isEnough { return }
    try beginSync()
    do throws(DeviceError) { try system.grow(to: ByteCount(end)) } catch {
      endSync { core in
        if case .flushFailed = error { core.isClosed = true }
      }
      if case .noSpace = error { throw .systemAreaFull }
      throw .device(error)
    }
    endSync { $0.grownSegments = max($0.grownSegments, segments) }
  }

  /// References of deleted images released for a write that waits for a chunk.
  private static let coverStep = 256

  /// Frees a pool's chunks that deleted images hold, or that wait for a flush or for the
  /// calls that still read them.
  private func cover(_ pool: PoolID) throws(EngineError) {
    _ = try reclaim(limit: Self.coverStep)
    let (seen, writers) = core.withLock { core in
      (core.changes, core.pools[pool]?.uncoveredWriters() ?? [])
    }
    for writer in writers.sorted() { try flushIfPresent(writer) }
    try flushPool(pool)
    let isFree = try run { (core) throws(CoreSignal) -> Bool in
      let pool = try core.pool(pool)
      try core.takeBack(pool)
      return pool.space.pageWithFree() != nil || core.flights.activeCount == 0
    }
    if !isFree { waitForChange(since: seen) }
  }

  /// An image number that nobody has had.
  public func nextImageID() -> ImageID {
    core.withLock { core in
      defer { core.nextImage += 1 }
      return ImageID(core.nextImage)
    }
  }

  /// The records kept beside the images, sorted by key.
  /// - Complexity: O(n log n)
  public func catalogue() -> [(key: [UInt8], value: [UInt8])] {
    core.withLock { core in
      core.catalogue.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        .map { (key: $0.key, value: $0.value) }
    }
  }

  /// The array's identity, 16 bytes.
  public var arrayIdentity: [UInt8] { core.withLock { $0.superblock.array } }
}
