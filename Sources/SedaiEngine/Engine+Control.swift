import SedaiBytes
public import SedaiFormat
import SedaiMonitor

/// Commits, questions and background work.
extension Engine {
  /// Applies all operations and catalogue changes, or none; durable on return.
  ///
  /// Snapshots hold every write that was acknowledged before the call; writes under way
  /// are in or not, each whole blocks. A restore or delete first waits for calls under way
  /// on the image, a snapshot for writes under way, before it returns.
  ///
  /// - Complexity: O(operations), whatever the images' sizes; creating or extending pools
  ///   and creating images also O(map segments that this adds).
  /// - Throws: why the first impossible operation is so; nothing has changed then.
  public func commit(
    _ operations: [EngineOperation], catalogue: [CatalogueChange] = []
  ) throws(EngineError) {
    let isJoining = Self.joinsMembers(operations)
    if isJoining { beginJoining() }
    defer { if isJoining { endJoining() } }
    let prepared = try prepareMembers(operations)
    let blocked = Self.drained(operations)
    if !blocked.isEmpty { try block(blocked) }
    defer { if !blocked.isEmpty { unblock(blocked) } }
    var ticket: UInt64 = 0
    let awaited = try run { (core) throws(CoreSignal) -> Set<ImageID> in
      for id in blocked where core.flights.isBusy(id) { throw .wait }
      let plan = try core.plan(operations, catalogue, prepared: prepared)
      try core.commit(plan)
      for members in prepared { core.attach(members) }
      ticket = core.flights.ticket
      return plan.awaited
    }
    if !blocked.isEmpty { unblock(blocked) }
    try syncJournal()
    if !awaited.isEmpty { waitForWrites(awaited, before: ticket) }
  }

  private static func drained(_ operations: [EngineOperation]) -> Set<ImageID> {
    var images: Set<ImageID> = []
    for operation in operations {
      switch operation {
      case .restore(let target, _, _): images.insert(target)
      case .delete(let id): images.insert(id)
      default: break
      }
    }
    return images
  }

  /// Keeps data calls away from images; those under way go on.
  private func block(_ images: Set<ImageID>) throws(EngineError) {
    try run { (core) throws(CoreSignal) in
      try core.ensureOpen()
      if !core.blocked.isDisjoint(with: images) { throw .wait }
      core.blocked.formUnion(images)
    }
  }

  private func unblock(_ images: Set<ImageID>) {
    core.withLock { core in
      core.blocked.subtract(images)
      core.changes &+= 1
    }
    core.wakeAll()
  }

  private func waitForWrites(_ images: Set<ImageID>, before ticket: UInt64) {
    _ = core.wait { (core) -> Bool? in
      images.contains { core.flights.hasWrites($0, before: ticket) } ? nil : true
    }
  }

  /// Waits until no data call on the image is under way. New ones may begin meanwhile.
  public func drain(_ image: ImageID) {
    let ticket = core.withLock { $0.flights.ticket }
    _ = core.wait { (core) -> Bool? in
      core.flights.entries.contains {
        $0.isActive && $0.image == image && $0.ticket < ticket
      } ? nil : true
    }
  }

  /// - Complexity: O(1)
  public func image(_ id: ImageID) -> ImageFacts? {
    core.withLock { core in core.images[id].map { core.facts($0.record) } }
  }

  /// All images, by number.
  /// - Complexity: O(n log n)
  public func images() -> [ImageFacts] {
    core.withLock { core in
      core.images.values.map { core.facts($0.record) }.sorted { $0.id < $1.id }
    }
  }

  /// - Complexity: O(1)
  public func capacity(of pool: PoolID) -> PoolCapacity? {
    core.withLock { core in core.pools[pool].map(core.capacity) }
  }

  /// All pools, by number.
  public func pools() -> [PoolCapacity] {
    core.withLock { core in core.pools.values.map(core.capacity).sorted { $0.pool < $1.pool } }
  }

  /// What parts of a range hold anything, block by block, from `offset` on; may end before
  /// the range does.
  ///
  /// - Complexity: O(leaves in the range that exist).
  public func extents(
    of image: ImageID, at offset: UInt64, count: UInt64, limit: Int
  ) throws(EngineError) -> [ImageExtent] {
    try run { (core) throws(CoreSignal) in try core.extents(image, offset, count, limit: limit) }
  }

  /// Where two images hold different blocks, from `offset` on; may end before the range
  /// does. Blocks that were written with the content they had count as different.
  ///
  /// - Complexity: O(leaves that the images do not share).
  public func differences(
    from: ImageID, to: ImageID, at offset: UInt64, count: UInt64, limit: Int
  ) throws(EngineError) -> [ImageDifference] {
    try run { (core) throws(CoreSignal) in
      try core.differences(from, to, offset, count, limit: limit)
    }
  }

  /// What deleting all images of `set` would free, exact for one moment.
  /// - Complexity: O(what the set alone holds).
  /// - Throws: `walkTooLarge` if that is more than half of what the page cache holds.
  public func exclusiveSpace(of set: Set<ImageID>) throws(EngineError) -> SpaceUsage {
    try run { (core) throws(CoreSignal) in try core.exclusiveSpace(set) }
  }

  /// Everything that images of `set` refer to, shared things once.
  /// - Complexity: O(map pages of the set).
  /// - Throws: `walkTooLarge`, as above.
  public func totalSpace(of set: Set<ImageID>) throws(EngineError) -> SpaceUsage {
    try run { (core) throws(CoreSignal) in try core.totalSpace(set) }
  }

  /// What images of one family hold beyond what its live images account for: chunks that
  /// any of them refers to, less one for each index that a live image has mapped, and the
  /// valid blocks likewise. Exact for one moment.
  ///
  /// - Parameter family: images made of each other; with several live ones that share more
  ///   than they hold apart, the answer is nothing.
  /// - Complexity: O(map pages that its generations do not share with the live image), all
  ///   of it under the engine's lock; data calls wait for it.
  /// - Throws: `walkTooLarge` if that is more than half of what the page cache holds.
  public func spaceBeyondLive(of family: Set<ImageID>) throws(EngineError) -> SpaceUsage {
    try run { (core) throws(CoreSignal) in try core.spaceBeyondLive(family) }
  }

  /// ``spaceBeyondLive(of:)`` of all families of a pool and the pool's capacity, of the same
  /// moment.
  ///
  /// Of a family whose volume and generations are in different pools, what it holds in this
  /// one. What a live image holds elsewhere, as after a restore, its promise here does not
  /// account for.
  ///
  /// - Parameter families: each image once; among them all images of the pool, and all that are
  ///   apart.
  /// - Returns: nil if they are not that: images came or went since they were listed.
  /// - Complexity: as ``spaceBeyondLive(of:)``, for all families at once.
  /// - Throws: `walkTooLarge`, as above.
  public func reserveUsage(
    of pool: PoolID, by families: [Set<ImageID>]
  ) throws(EngineError) -> ReserveUsage? {
    try run { (core) throws(CoreSignal) in try core.reserveUsage(pool, families) }
  }

  /// Map pages of the system area: in use, and all there are.
  public func mapPages() -> (used: UInt64, total: UInt64) {
    core.withLock { (used: $0.map.allocated, total: $0.map.total) }
  }

  /// Whether anything was changed that only a flush makes durable.
  public var isFlushDue: Bool {
    core.withLock { core in
      core.log.synced < core.log.sealedEnd || core.log.openCount > 0
        || core.pools.values.contains { !$0.isSettled }
    }
  }

  /// Whether ``checkpoint()`` should be called soon.
  public var isCheckpointDue: Bool { core.withLock { $0.isCheckpointDue } }

  /// Releases up to `limit` references of deleted images.
  public func reclaim(limit: Int) throws(EngineError) -> ReclaimProgress {
    var released = 0
    var freed: UInt64 = 0
    for _ in 0..<limit {
      let step: UInt64? = try run { (core) throws(CoreSignal) in
        try core.ensureOpen()
        guard let page = core.releasing.last else { return nil }
        try core.ensureRoom()
        let before = core.freedChunks
        try core.perform(.release(page))
        return core.freedChunks - before
      }
      guard let step else { break }
      released += 1
      freed += step
    }
    let remaining = core.withLock { core in
      core.changes &+= 1
      return core.releasing.count
    }
    core.wakeAll()
    return ReclaimProgress(released: released, freedChunks: freed, remaining: remaining)
  }

  /// Stops: flushes everything, takes a checkpoint, marks the system area clean.
  ///
  /// - Throws: what could not be made durable; the engine is closed all the same, and the
  ///   next opening recovers.
  public func close() throws(EngineError) {
    var failure: EngineError?
    do throws(EngineError) {
      try flushAll()
      try checkpoint(clean: true)
    } catch { failure = error }
    core.withLock {
      $0.isClosed = true; $0.changes &+= 1
    }
    core.wakeAll()
    if let failure { throw failure }
  }
}
