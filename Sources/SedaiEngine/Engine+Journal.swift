import SedaiBytes
public import SedaiFormat
import SedaiMonitor

/// Writing the journal, and making things durable.
extension Engine {
  /// Hands all records of calls that have returned to the kernel. Call it before
  /// acknowledging a batch of writes or trims.
  ///
  /// - Throws: `device` if the system area fails; the engine is closed then.
  public func pushJournal() throws(EngineError) {
    let target: UInt64? = core.withLock { core in
      if !core.log.hasNews, core.log.written == core.log.sealedEnd { return nil }
      core.log.seal()
      return core.log.sealedEnd
    }
    if let target { try writeJournal(to: target) }
  }

  /// What to do for the journal to be written up to a position.
  private enum Turn {
    case done
    case write([JournalBuffer.Sealed], JournalPlace)
    case closed
  }

  private struct JournalPlace {
    var offset: UInt64
    var length: UInt64
  }

  private func writeJournal(to target: UInt64) throws(EngineError) {
    while true {
      let turn: Turn = core.wait { core in
        if core.log.written >= target { return .done }
        if core.isClosed { return .closed }
        if core.log.isWriting { return nil }
        core.log.isWriting = true
        return .write(
          core.log.takeSealed(),
          JournalPlace(
            offset: core.superblock.journalOffset, length: core.superblock.journalLength))
      }
      switch turn {
      case .done: return
      case .closed: throw .closed
      case .write(let groups, let place): try write(groups, place)
      }
    }
  }

  private func write(
    _ groups: [JournalBuffer.Sealed], _ place: JournalPlace
  ) throws(EngineError) {
    do throws(DeviceError) {
      for run in Self.runs(groups) { try writeRing(run.bytes, at: run.position, place) }
    } catch {
      core.withLock {
        $0.isClosed = true; $0.log.isWriting = false
      }
      core.wakeAll()
      throw .device(error)
    }
    core.withLock { core in
      core.log.isWriting = false
      if let last = groups.last {
        core.log.written = last.position + UInt64(last.bytes.count)
      }
      core.changes &+= 1
    }
    core.wakeAll()
  }

  /// Groups that follow each other without a gap become one write.
  private static func runs(_ groups: [JournalBuffer.Sealed]) -> [JournalBuffer.Sealed] {
    guard groups.count > 1 else { return groups }
    var runs: [JournalBuffer.Sealed] = []
    for group in groups {
      if let last = runs.last, last.position + UInt64(last.bytes.count) == group.position {
        runs[runs.count - 1].bytes += group.bytes
      } else {
        runs.append(group)
      }
    }
    return runs
  }

  private func writeRing(
    _ bytes: [UInt8], at position: UInt64, _ place: JournalPlace
  ) throws(DeviceError) {
    let start = position % place.length
    let first = Int(min(UInt64(bytes.count), place.length - start))
    try bytes.withBytes(0..<first) { (span) throws(DeviceError) in
      try system.write(span, at: place.offset + start)
    }
    guard first < bytes.count else { return }
    try bytes.withBytes(first..<bytes.count) { (span) throws(DeviceError) in
      try system.write(span, at: place.offset)
    }
  }

  /// Makes everything journalled before the call durable.
  func syncJournal() throws(EngineError) {
    try pushJournal()
    let target = core.withLock { $0.log.written }
    while true {
      let isDone: Bool? = core.wait { core in
        if core.log.synced >= target { return .some(true) }
        if core.isClosed { return .some(true) }
        if core.log.isSyncing { return nil }
        core.log.isSyncing = true
        core.log.willSync()
        return .some(false)
      }
      if isDone == true {
        if core.withLock({ $0.isClosed && $0.log.synced < target }) { throw .closed }
        return
      }
      try sync()
    }
  }

  /// Call with `isSyncing` set. Flushes of the system area come one after the other: a
  /// device reports lost writes to one of them only, and what the others wait for may be
  /// among them.
  private func sync() throws(EngineError) {
    let written = core.withLock { core in
      core.log.willSync()
      return core.log.written
    }
    do throws(DeviceError) { try system.flush() } catch {
      endSync { $0.isClosed = true }
      throw .device(error)
    }
    endSync { core in
      for (id, position) in core.log.didSync(written) {
        guard let pool = core.pools[id] else { continue }
        pool.covered = max(pool.covered, position.rawValue)
      }
    }
  }

  /// Waits for the turn to flush the system area.
  func beginSync() throws(EngineError) {
    try core.wait { (core) throws(EngineError) -> Void? in
      if core.isClosed { throw .closed }
      if core.log.isSyncing { return nil }
      core.log.isSyncing = true
      return ()
    }
  }

  /// Takes note of how the flush ended, before another one begins.
  func endSync(_ body: (EngineCore) -> Void) {
    core.withLock { core in
      body(core)
      core.log.isSyncing = false
      core.changes &+= 1
    }
    core.wakeAll()
  }

  /// Makes every write and trim of the image that was acknowledged before the call durable.
  ///
  /// - Throws: `poolPoisoned` if the pool's flush fails, now or before.
  public func flush(_ image: ImageID) throws(EngineError) {
    let pool = try run { (core) throws(CoreSignal) -> PoolID in
      try core.imageForData(image).record.pool
    }
    do throws(EngineError) { try flushPool(pool) } catch {
      // Deleted meanwhile, and its pool removed.
      if case .noSuchPool = error { throw .noSuchImage(image) }
      throw error
    }
  }

  /// Flushes every pool that can be flushed, and the journal.
  /// - Throws: the first pool's failure, after all have been tried.
  public func flushAll() throws(EngineError) {
    let pools = core.withLock { core in
      core.pools.values.filter { $0.devices != nil && $0.condition == .ready }.map(\.id)
    }
    var failure: EngineError?
    for pool in pools {
      do throws(EngineError) { try flushIfPresent(pool) } catch { failure = failure ?? error }
    }
    try syncJournal()
    for pool in pools { try discardFreed(pool) }
    if let failure { throw failure }
  }

  /// Chunks given back to the host in one step.
  private static let discardLimit = 4096

  /// Gives the space of a sparse pool's freed chunks back to the host, then makes them
  /// available.
  private func discardFreed(_ id: PoolID) throws(EngineError) {
    let task = core.withLock { core -> (devices: PoolDevices, chunks: [UInt64])? in
      guard let pool = core.pools[id], pool.isSparse, let devices = pool.devices else { return nil }
      return (devices, core.takeForDiscard(pool, limit: Self.discardLimit))
    }
    guard let task, !task.chunks.isEmpty else { return }
    for run in Self.runs(of: task.chunks.sorted()) {
      // Advice: a host that cannot take the space back leaves it allocated.
      guard let place = try? task.devices.locate(run.lowerBound) else { continue }
      let count = min(UInt64(run.count) * ChunkGeometry.chunkBytes, place.contiguous)
      try? place.device.discard(at: place.offset, count: count)
    }
    try run { (core) throws(CoreSignal) in
      guard let pool = core.pools[id] else { return }
      pool.discarding -= UInt64(task.chunks.count)
      for chunk in task.chunks { try core.makeFree(chunk, pool) }
      core.changes &+= 1
    }
    core.wakeAll()
  }

  /// Neighbours together.
  private static func runs(of chunks: [UInt64]) -> [Range<UInt64>] {
    var runs: [Range<UInt64>] = []
    for chunk in chunks {
      if let last = runs.last, last.upperBound == chunk {
        runs[runs.count - 1] = last.lowerBound..<chunk + 1
      } else {
        runs.append(chunk..<chunk + 1)
      }
    }
    return runs
  }

  /// What a flush of a pool has to do.
  private struct FlushTask {
    var devices: PoolDevices
    var position: UInt64
    var writes: UInt64
    var needsData: Bool
    var needsJournal: Bool
  }

  /// Like ``flushPool(_:)``; a pool that was removed meanwhile has nothing to flush.
  func flushIfPresent(_ id: PoolID) throws(EngineError) {
    do throws(EngineError) { try flushPool(id) } catch {
      if case .noSuchPool = error { return }
      throw error
    }
  }

  func flushPool(_ id: PoolID) throws(EngineError) {
    let task = try run { (core) throws(CoreSignal) -> FlushTask in
      try core.ensureOpen()
      let pool = try core.pool(id)
      guard let devices = pool.devices else { throw .failed(.poolMissing(id)) }
      if pool.isFlushing { throw .wait }
      if pool.condition == .poisoned { throw .failed(.poolPoisoned(id)) }
      core.log.seal()
      pool.isFlushing = !pool.isSettled
      return FlushTask(
        devices: devices, position: core.log.sealedEnd, writes: pool.writes,
        needsData: pool.isFlushing,
        needsJournal: core.log.synced < core.log.sealedEnd)
    }
    if task.needsData {
      do throws(DeviceError) { try task.devices.flush() } catch {
        poison(id)
        throw .poolPoisoned(id)
      }
      endFlush(id) { core, pool in
        pool.flushedWrites = max(pool.flushedWrites, task.writes)
        core.log.setDurable(id, LogPosition(task.position))
      }
    }
    if task.needsJournal || task.needsData { try syncJournal() }
    try run { (core) throws(CoreSignal) in
      // A sparse pool's chunks go back to the host first, see discardFreed.
      if let pool = core.pools[id], !pool.isSparse { try core.takeBack(pool) }
    }
  }

  /// What the pool had not made durable may be lost: no more writes to it until the array
  /// is opened again and recovery has looked.
  private func poison(_ id: PoolID) {
    endFlush(id) { core, pool in _ = core.poison(pool) }
    keepPoisoned()
  }

  /// Takes note of how a pool's flush ended, before another one begins.
  private func endFlush(_ id: PoolID, _ body: (EngineCore, PoolState) -> Void) {
    core.withLock { core in
      guard let pool = core.pools[id] else { return }
      pool.isFlushing = false
      body(core, pool)
      core.changes &+= 1
    }
    core.wakeAll()
  }

  /// Takes a checkpoint: recovery starts from here. Waits for one under way.
  ///
  /// - Throws: `poolPoisoned` while a pool has writes that can no longer become durable.
  public func checkpoint() throws(EngineError) {
    try checkpoint(clean: false)
  }

  func checkpoint(clean: Bool) throws(EngineError) {
    let (before, isReplaying) = core.withLock { ($0.superblock.turn, $0.isReplaying) }
    // Half of a recovery must never go home: what follows in the journal would be lost.
    if isReplaying {
      throw .damaged("recovery does not fit the page cache; open it with a larger one")
    }
    let isMine: Bool = core.wait { core in
      if core.isCheckpointing { return nil }
      // One that began after this call did has done the work.
      if !clean, core.superblock.turn > before { return false }
      core.isCheckpointing = true
      return true
    }
    guard isMine else { return }
    defer {
      core.withLock {
        $0.isCheckpointing = false; $0.changes &+= 1
      }
      core.wakeAll()
    }
    let begun = try run { (core) throws(CoreSignal) in try core.beginCheckpoint() }
    do throws(EngineError) { try coverAll(before: begun.position) } catch {
      try run { (core) throws(CoreSignal) in try core.abandonCheckpoint(begun) }
      throw error
    }
    do throws(EngineError) { try writeHome(begun, clean: clean) } catch {
      core.withLock { $0.isClosed = true }
      throw error
    }
  }

  /// Every record before `position` is durable together with the data it speaks of.
  private func coverAll(before position: LogPosition) throws(EngineError) {
    let pools = core.withLock { core in
      core.pools.values.map {
        (
          id: $0.id, isReady: $0.condition == .ready && $0.devices != nil,
          isCovered: $0.lastRecord < $0.covered || $0.devices == nil
        )
      }
    }
    for pool in pools {
      if pool.isReady {
        try flushIfPresent(pool.id)
      } else if !pool.isCovered {
        throw .poolPoisoned(pool.id)
      }
    }
    try syncJournal()
  }

  private func writeHome(_ begun: BegunCheckpoint, clean: Bool) throws(EngineError) {
    var rest = begun.flushing[...]
    while !rest.isEmpty {
      let slots = rest.prefix(EngineLimits.pagesPerWrite)
      rest = rest.dropFirst(slots.count)
      var bytes: [UInt8] = []
      bytes.reserveCapacity(slots.count * PageArena.pageBytes)
      let writes = try run { (core) throws(CoreSignal) -> [HomeWrite] in
        bytes.removeAll(keepingCapacity: true)
        return try core.pagesHome(slots, number: begun.number, into: &bytes)
      }
      for write in writes.sorted(by: { $0.offset < $1.offset }) {
        try writeSystem(bytes, write.start..<write.start + PageArena.pageBytes, at: write.offset)
      }
      core.withLock { $0.pagesAreHome(slots) }
    }
    for write in EngineCore.stateWrites(begun) {
      let offset = core.withLock { $0.offset(block: write.page.rawValue) }
      try writeSystem(write.bytes, 0..<write.bytes.count, at: offset)
    }
    try flushSystem()
    let boot = environment.boot
    let new = core.withLock { $0.superblock(for: begun, boot: boot, clean: clean) }
    try writeSuperblock(new)
    core.withLock { $0.finishCheckpoint(begun, new) }
  }

  func writeSuperblock(_ block: Superblock) throws(EngineError) {
    let bytes = block.encoded()
    let copy = block.turn % UInt64(Superblock.copies)
    try writeSystem(bytes, 0..<bytes.count, at: copy * UInt64(Superblock.bytes))
    try flushSystem()
  }

  func writeSystem(_ bytes: [UInt8], _ range: Range<Int>, at offset: UInt64) throws(EngineError) {
    do throws(DeviceError) {
      try bytes.withBytes(range) { (span) throws(DeviceError) in
        try system.write(span, at: offset)
      }
    } catch { throw .device(error) }
  }

  func flushSystem() throws(EngineError) {
    try beginSync()
    try sync()
  }
}
