internal import SedaiEngine
internal import SedaiFormat

/// Arrays that are opened without one of their pools.
extension Simulator {
  /// Writes to volumes of the other pools, at most.
  private static let writeLimit = 6

  /// Opens the stopped array without a pool, and stops it again. Whatever is gone, volumes of
  /// other pools hold what they held and can be written, unless they were restored from the
  /// lost pool and are not back yet; generations of the lost pool can be deleted.
  func losePool() throws(SimulationStop) {
    guard model.pools.count > 1, let lost = random.pick(model.pools.keys.sorted()) else { return }
    note("opened without pool \(lost.rawValue)")
    summary.losses += 1
    let engine: Engine
    do throws(EngineError) { engine = try array.open(without: lost) } catch {
      throw .engine(error, "opening without a pool")
    }
    let volumes = model.images.keys.sorted().filter { id in
      guard let image = model.images[id], let facts = engine.image(id) else { return false }
      return image.role == .live && image.pool != lost && !facts.isApart
    }
    for id in volumes {
      try model.verify(id, in: engine, isSettled: false, random: &random)
    }
    for _ in 0..<random.below(UInt64(Self.writeLimit)) {
      guard let id = random.pick(volumes) else { break }
      try perform(source.write(id, model, &random), without: lost, on: engine)
    }
    let generations = model.images.filter { $0.value.pool == lost && $0.value.role != .live }
    if random.chance(1, in: 3), let oldest = generations.keys.min() {
      try perform(source.commit([.delete(oldest)], 0), without: lost, on: engine)
      try perform(.reclaim(step: 1_000_000), without: lost, on: engine)
    }
    for id in volumes {
      try model.verify(id, in: engine, isSettled: false, random: &random)
    }
    do throws(EngineError) { try engine.close() } catch { throw .engine(error, "closing") }
  }

  private func perform(
    _ operation: SimulatedOperation, without lost: PoolID, on engine: Engine
  ) throws(SimulationStop) {
    note("\(operation)")
    let result = operation.perform(on: engine)
    // A write of a part of a block reads the rest, of the volume's own pool.
    if case .failed(let error) = result {
      guard case .reserveFull = error else {
        throw .engine(error, "\(operation) without pool \(lost.rawValue)")
      }
    }
    do throws(Violation) { try model.apply(operation, result) } catch { throw .violation(error) }
  }
}
