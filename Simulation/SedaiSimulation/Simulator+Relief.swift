internal import SedaiEngine
internal import SedaiFormat

/// Writes that find the reserve full.
extension Simulator {
  /// Deletions after which a volume must be writable, whatever the generations hold.
  private static let reliefLimit = 64

  /// Does what the array's rules do when a volume's write finds the reserve full: waits
  /// for space that is on its way back, merges overlays, then gives up generations, oldest
  /// first, until the write fits. It must fit in the end.
  func relieve(after batch: Batch) throws(SimulationStop) {
    for call in batch.lanes.joined() {
      guard case .failed(.reserveFull(let pool)) = call.result else { continue }
      switch call.operation {
      case .write(let id, _, _, _), .trim(let id, _, _):
        guard model.images[id]?.role == .live else { continue }
        try giveUp(in: pool, until: call.operation)
      default: continue
      }
    }
  }

  private func giveUp(
    in pool: PoolID, until operation: SimulatedOperation
  ) throws(SimulationStop) {
    for _ in 0..<Self.reliefLimit {
      guard let engine else { return }
      let live = model.images.filter { $0.value.pool == pool && $0.value.role == .live }
      let merges = live.keys.sorted().map { SimulatedOperation.merge($0, from: 0, step: 100_000) }
      // A volume that took over the content of an unrelated one has left the family of its
      // own generations, which may still have chunks in its pool.
      let apart = engine.images().filter(\.isApart).compactMap { model.images[$0.id]?.family }
      let families = Set(live.values.map(\.family)).union(apart)
      let passes = families.sorted().map { family in
        SimulatedOperation.relocate(
          model.images.filter { $0.value.family == family }.keys.sorted(by: >), step: 100,
          steps: 10_000)
      }
      let calls =
        [.reclaim(step: 10_000), .flushAll] + merges + passes + [.flushAll, operation]
      let batch = perform(calls, on: engine)
      try settle(batch)
      guard batch.lanes[0].count == calls.count,
        case .failed(.reserveFull) = batch.lanes[0].last?.result
      else { return }
      let held = model.images.filter {
        $0.value.role != .live && ($0.value.pool == pool || families.contains($0.value.family))
      }
      guard let oldest = held.keys.min() else {
        throw .violation(
          Violation(
            "\(operation) finds the reserve full though nothing is left to give up:"
              + " \(engine.capacity(of: pool).map { "\($0)" } ?? "")"
              + " \(engine.images())"))
      }
      guard let engine = self.engine else { return }
      try settle(perform([source.commit([.delete(oldest)], 0)], on: engine))
    }
  }
}
