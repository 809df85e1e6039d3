public import SedaiBytes
public import SedaiFormat
import SedaiMonitor

/// Bringing chunks to the pools where they belong.
extension Engine {
  /// Makes one step of a pass through the images of a family, from `start` on: what a live
  /// image holds in another pool comes to its own; what no live image holds goes to the pool
  /// of the generations. Nobody sees another content meanwhile, and a crash loses nothing.
  ///
  /// A moved chunk is durable in its new pool before any image refers to it there, and the
  /// old one is not used again before that is durable too.
  ///
  /// - Parameters:
  ///   - family: images made of each other, newest first at best; a chunk that others hold
  ///     too stays where it is.
  ///   - limit: chunks of this step at most; a step never goes beyond one leaf of the maps.
  /// - Throws: `poolPoisoned`, `poolMissing` or `device` of a pool on either side.
  /// - Complexity: O(images of the family + their map pages around `start` + `limit`)
  public func relocate(
    _ family: [ImageID], from start: ChunkIndex, limit: Int
  ) throws(EngineError) -> RelocationProgress {
    let found = try run { (core) throws(CoreSignal) in
      try core.nextRelocation(family, from: start.rawValue, limit: max(limit, 1))
    }
    guard var step = found else {
      try settle(family)
      return RelocationProgress(moved: 0, left: 0, next: nil)
    }
    var moved = 0
    var left = 0
    for (image, index) in step.gatherings {
      let plan = try run { (core) throws(CoreSignal) in try core.planGathering(image, index) }
      switch plan {
      case .none: break
      case .noRoom: left += 1
      case .gather(let plan): if try perform(plan, on: image) { moved += 1 } else { left += 1 }
      }
    }
    if !step.gatherings.isEmpty {
      let again = step
      step = try run { (core) throws(CoreSignal) in
        try core.relocation(family, again: again)
      }
    }
    let done = try move(step, family)
    let (end, from) = (step.end, start.rawValue)
    try run { (core) throws(CoreSignal) in try core.noteChecked(family, from, end) }
    return RelocationProgress(
      moved: moved + done, left: left + step.left + step.moves.count - done,
      next: ChunkIndex(end))
  }

  /// Copies chunks to their pools, makes the copies durable, and has the maps refer to them.
  ///
  /// Nothing keeps the chunks from changing meanwhile, and nothing has to: generations do not
  /// come to hold what they did not hold before. One that holds a chunk when it was planned
  /// and when it is published held it all the time, so nobody wrote into it.
  private func move(_ step: RelocationStep, _ family: [ImageID]) throws(EngineError) -> Int {
    if step.moves.isEmpty { return 0 }
    var moves = step.moves
    defer {
      core.withLock { core in
        for case let target? in moves.map(\.to) { core.unreserveChunk(target) }
      }
    }
    var written: Set<PoolID> = []
    for place in moves.indices {
      guard let target = try reserve(for: moves[place]) else { continue }
      moves[place].to = target.chunk
      do throws(DeviceError) { try copy(moves[place], target) } catch { throw .device(error) }
      written.insert(target.chunk.pool)
    }
    for pool in written.sorted() {
      core.withLock { $0.pools[pool]?.writes += 1 }
      try flushIfPresent(pool)
    }
    // Writes that put what is moved where it is count from here on, whatever happens.
    for pool in Set(moves.filter { $0.to != nil }.map(\.from.pool)).sorted() {
      try flushIfPresent(pool)
    }
    var done = 0
    for case let (move, target?) in moves.map({ ($0, $0.to) }) {
      let isDone = try run { (core) throws(CoreSignal) in
        try core.publish(move, to: target, at: step.first, family)
      }
      if isDone { done += 1 }
    }
    return done
  }

  private struct Target {
    var chunk: ChunkAddress
    var from: PoolDevices
    var to: PoolDevices
  }

  /// Nil if the target pool's reserve has no room.
  private func reserve(for move: ChunkMove) throws(EngineError) -> Target? {
    try run { (core) throws(CoreSignal) -> Target? in
      guard let pool = core.pools[move.home] else { return nil }
      if pool.condition == .poisoned { throw .failed(.poolPoisoned(pool.id)) }
      guard let to = pool.devices else { throw .failed(.poolMissing(pool.id)) }
      guard let from = try core.pool(move.from.pool).devices else {
        throw .failed(.poolMissing(move.from.pool))
      }
      guard pool.reserveTakes(1) else { return nil }
      return Target(chunk: try core.reserveChunk(pool), from: from, to: to)
    }
  }

  /// Blocks that lie behind each other in one transfer.
  private func copy(_ move: ChunkMove, _ target: Target) throws(DeviceError) {
    let block = Int(ChunkGeometry.blockBytes)
    let source = try target.from.locate(move.from.index)
    let place = try target.to.locate(target.chunk.index)
    var at = 0
    let blocks = Int(ChunkGeometry.blocksPerChunk)
    while at < blocks {
      guard move.mask & 1 << UInt16(at) != 0 else {
        at += 1
        continue
      }
      let start = at
      while at < blocks, move.mask & 1 << UInt16(at) != 0 { at += 1 }
      var bytes = [UInt8](repeating: 0, count: (at - start) * block)
      try bytes.withMutableBytes(0..<bytes.count) { (span) throws(DeviceError) in
        try source.device.read(into: &span, at: source.offset + UInt64(start * block))
      }
      try bytes.withBytes(0..<bytes.count) { (span) throws(DeviceError) in
        try place.device.write(span, at: place.offset + UInt64(start * block))
      }
    }
  }

  /// A pass has come to the end: live images that hold nothing elsewhere any more say so,
  /// after everything that brought their chunks home is durable.
  private func settle(_ family: [ImageID]) throws(EngineError) {
    while let (id, pool) = core.withLock({ core in
      core.foundAtHome(family).map { ($0.record.id, $0.record.pool) }
    }) {
      try flushIfPresent(pool)
      try run { (core) throws(CoreSignal) in
        guard let image = core.images[id], image.record.isApart, image.checkedTo == .max else {
          return
        }
        try core.ensureRoom()
        try core.perform(.atHome(id))
      }
    }
  }
}

/// What is to be done for a live image at one index.
enum GatheringPlan {
  /// Nothing any more.
  case none
  /// Its pool has no chunk for it.
  case noRoom
  case gather(Engine.Gathering)
}

extension EngineCore {
  fileprivate func planGathering(
    _ id: ImageID, _ index: UInt64
  ) throws(CoreSignal) -> GatheringPlan {
    guard images[id] != nil else { return .none }
    let state = try imageForData(id)
    let (pool, devices) = try pools(of: state)
    var reached = devices
    try ensureRoom()
    guard try leaf(of: state.record, index) >= 0 else { return .none }
    let slot = try ownedLeaf(state, index)
    let entry = entry(slot, Self.place(index, level: 0))
    guard let own = entry.own else { return .none }
    if !entry.hasTwo, own.pool == pool.id { return .none }
    reached.add(entry, of: self)
    if flights.conflict(id, index, .exclusiveWrite) { throw .wait }
    let isOwned = entry.isExclusive ? true : try isExclusive(own)
    if own.pool == pool.id, isOwned {
      let flight = try flights.begin(id, index, .exclusiveWrite, pool: pool.id)
      return .gather(
        Engine.Gathering(
          flight: flight, pools: reached, index: index, old: entry, kept: own,
          carried: entry.baseMask & ~entry.ownMask))
    }
    guard pool.moveTakes(1) else { return .noRoom }
    let chunk = try reserveChunk(pool)
    do throws(CoreSignal) {
      let flight = try flights.begin(
        id, index, .exclusiveWrite, pool: pool.id, overlay: chunk)
      return .gather(
        Engine.Gathering(
          flight: flight, pools: reached, index: index, old: entry, kept: chunk,
          carried: entry.mask, allocates: true))
    } catch {
      unreserveChunk(chunk)
      throw error
    }
  }
}
