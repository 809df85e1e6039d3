internal import SedaiBytes
internal import SedaiEngine
internal import SedaiFormat

/// What the engine says about maps and space, against the model and against itself.
extension Simulator {
  /// Runs that one question is asked for, at most.
  private static let runLimit = 12
  /// References of deleted images: more than there ever are.
  private static let allReferences = 1_000_000

  private typealias Run = (end: UInt64, isHeld: Bool)

  /// Extents and differences of two images over their whole length, and what families hold.
  func checkMaps(_ engine: Engine) throws(SimulationStop) {
    guard let one = random.pick(model.images.keys.sorted()),
      let other = random.pick(model.images.keys.sorted())
    else { return }
    try checkExtents(of: one, engine)
    try checkDifferences(from: one, to: other, engine)
    for family in Set(model.images.values.map(\.family)).sorted() {
      try checkSpace(ofFamily: family, engine)
    }
  }

  private func ask<Answer>(
    _ question: String, _ body: () throws(EngineError) -> Answer
  ) throws(SimulationStop) -> Answer {
    do throws(EngineError) { return try body() } catch { throw .engine(error, question) }
  }

  /// Nil if the cache is too small for the walk.
  private func weighed<Answer>(
    _ question: String, _ body: () throws(EngineError) -> Answer
  ) throws(SimulationStop) -> Answer? {
    do throws(EngineError) { return try body() } catch {
      if case .walkTooLarge = error { return nil }
      // No room for what the walk needs, and changed pages that cannot go home.
      if case .poolPoisoned = error, hasFailedFlush { return nil }
      throw .engine(error, question)
    }
  }

  // MARK: Maps

  private func checkExtents(of id: ImageID, _ engine: Engine) throws(SimulationStop) {
    guard let image = model.images[id] else { return }
    let name = "extents of image \(id.rawValue)"
    let runs = try runs(name, length: image.length) { offset, limit throws(EngineError) in
      try engine.extents(of: id, at: offset, count: image.length - offset, limit: limit)
        .map { (offset: $0.offset, count: $0.count, isHeld: $0.isAllocated) }
    }
    for (block, state) in image.blocks where state.now.allSatisfy({ !$0.isZero }) {
      guard Self.isHeld(block, runs) else {
        throw .violation(Violation("\(name): block \(block) counts as a hole"))
      }
    }
    try checkHeld(runs, name, within: image.touched)
  }

  private func checkDifferences(
    from one: ImageID, to other: ImageID, _ engine: Engine
  ) throws(SimulationStop) {
    guard let left = model.images[one], let right = model.images[other] else { return }
    let name = "differences of images \(one.rawValue) and \(other.rawValue)"
    let length = max(left.length, right.length)
    let runs = try runs(name, length: length) { offset, limit throws(EngineError) in
      try engine.differences(
        from: one, to: other, at: offset, count: length - offset, limit: limit
      ).map { (offset: $0.offset, count: $0.count, isHeld: $0.isChanged) }
    }
    for block in Set(left.blocks.keys).union(right.blocks.keys) {
      let mayBe = right.state(of: block).now
      let mayAgree = left.state(of: block).now.contains { mayBe.contains($0) }
      guard mayAgree || Self.isHeld(block, runs) else {
        throw .violation(Violation("\(name): block \(block) counts as the same"))
      }
    }
    let touched = one == other ? [] : left.touched.union(right.touched)
    try checkHeld(runs, name, within: touched)
  }

  /// Asks for a few runs at a time; they have to follow each other without a gap.
  private func runs(
    _ question: String, length: UInt64,
    _ body: (UInt64, Int) throws(EngineError) -> [(offset: UInt64, count: UInt64, isHeld: Bool)]
  ) throws(SimulationStop) -> [Run] {
    var runs: [Run] = []
    var offset: UInt64 = 0
    while offset < length {
      let limit = 1 + random.below(Self.runLimit)
      let found = try ask(question) { () throws(EngineError) in try body(offset, limit) }
      guard !found.isEmpty, found.count <= limit else {
        throw .violation(Violation("\(question): \(found.count) runs of at most \(limit)"))
      }
      for run in found {
        guard run.offset == offset, run.count > 0, run.count <= length - offset else {
          throw .violation(Violation("\(question): \(run) at \(offset)"))
        }
        offset += run.count
        runs.append((end: offset, isHeld: run.isHeld))
      }
    }
    return runs
  }

  private static func isHeld(_ block: UInt64, _ runs: [Run]) -> Bool {
    let byte = block * ChunkGeometry.blockBytes
    return runs.first { $0.end > byte }?.isHeld ?? false
  }

  /// Only chunks that were ever written can be held, or differ.
  private func checkHeld(
    _ runs: [Run], _ question: String, within touched: Set<UInt64>
  ) throws(SimulationStop) {
    var start: UInt64 = 0
    for run in runs {
      defer { start = run.end }
      guard run.isHeld else { continue }
      let chunks = start / ChunkGeometry.chunkBytes...(run.end - 1) / ChunkGeometry.chunkBytes
      if let chunk = chunks.first(where: { !touched.contains($0) }) {
        throw .violation(Violation("\(question): chunk \(chunk) was never written"))
      }
    }
  }

  // MARK: Space

  /// What a family holds beyond its live images, by the walk of its roots side by side and
  /// by the sum of everything it refers to.
  private func checkSpace(
    ofFamily family: ImageID, _ engine: Engine
  ) throws(SimulationStop) {
    let members = Set(model.images.filter { $0.value.family == family }.keys)
    let question = "what family \(family.rawValue) holds"
    let total = try weighed(question) { () throws(EngineError) in
      try engine.totalSpace(of: members)
    }
    let beyond = try weighed(question) { () throws(EngineError) in
      try engine.spaceBeyondLive(of: members)
    }
    guard let total, let beyond else { return }
    let live = members.reduce(UInt64(0)) {
      guard let facts = engine.image($1), facts.role == .live else { return $0 }
      return $0 + facts.mappedChunks
    }
    guard beyond.chunks == (total.chunks > live ? total.chunks - live : 0) else {
      throw .violation(
        Violation("\(question): \(beyond) beyond \(live) live chunks, but \(total) in all"))
    }
  }

  /// Chunks that something refers to, in all pools.
  private func heldChunks(_ engine: Engine) -> UInt64 {
    engine.pools().reduce(0) { $0 + $1.allocated - $1.awaitingReuse }
  }

  /// Asks what deleting some generations would free, deletes them, and compares.
  func weigh() throws(SimulationStop) {
    let generations = model.images.filter { $0.value.role != .live }.keys.sorted()
    guard !hasFailedFlush, let engine, let first = random.pick(generations) else { return }
    var set: Set<ImageID> = [first]
    for other in generations where random.chance(1, in: 3) { set.insert(other) }
    host.isCalm = true
    defer { host.isCalm = false }
    let question = "what deleting frees"
    _ = try ask(question) { () throws(EngineError) in
      try engine.reclaim(limit: Self.allReferences)
    }
    let before = heldChunks(engine)
    let total = try weighed(question) { () throws(EngineError) in
      try engine.totalSpace(of: Set(model.images.keys))
    }
    if let total, total.chunks != before {
      throw .violation(Violation("all images refer to \(total), but \(before) chunks are held"))
    }
    let usage = try weighed(question) { () throws(EngineError) in
      try engine.exclusiveSpace(of: set)
    }
    guard let usage else { return }
    try settle(perform([source.commit(set.sorted().map { .delete($0) }, 0)], on: engine))
    _ = try ask(question) { () throws(EngineError) in
      try engine.reclaim(limit: Self.allReferences)
    }
    let freed = before - heldChunks(engine)
    guard freed == usage.chunks else {
      throw .violation(Violation("\(freed) chunks freed where \(usage) were announced"))
    }
  }

  // MARK: Pools

  /// Removes a pool without images; once everything is reclaimed that must not be refused.
  func retirePool() throws(SimulationStop) {
    let empty = array.shape.spares.map(\.id).filter { id in
      model.pools[id] != nil && !model.images.values.contains { $0.pool == id }
    }
    // What a restored volume still holds elsewhere belongs to no image of that pool.
    guard let engine, let pool = random.pick(empty), !engine.images().contains(where: \.isApart)
    else { return }
    let calls = [
      .reclaim(step: Self.allReferences), source.commit([.removePool(pool)], 0),
    ]
    let batch = perform(calls, on: engine)
    try settle(batch)
    let results = batch.lanes.joined().map(\.result)
    if results.count == 2, case .done = results[0], case .failed(let error) = results[1],
      case .poolInUse = error
    {
      throw .violation(Violation("empty pool \(pool.rawValue) cannot be removed: \(error)"))
    }
  }
}
