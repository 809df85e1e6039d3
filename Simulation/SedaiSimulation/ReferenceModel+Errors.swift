internal import SedaiEngine
internal import SedaiFormat

/// What the engine may refuse.
extension ReferenceModel {
  func check(_ error: EngineError, of operation: SimulatedOperation) throws(Violation) {
    switch (error, operation) {
    case (.device, _), (.poolPoisoned, _), (.closed, _):
      if allowsDeviceErrors { return }
    case (.noSuchImage(let id), _):
      if images[id] == nil || doomed.contains(id) || isMade(id, by: operation) { return }
    case (.imageExists(let id), _):
      if images[id] != nil { return }
    case (.noSuchPool(let id), .commit(let operations, _, _)):
      if pools[id] == nil || Self.removes(id, operations) || hasInterruptedCommit { return }
    case (.poolExists(let id), .commit):
      if pools[id] != nil || hasInterruptedCommit { return }
    case (.poolInUse(let id), .commit(let operations, _, _)):
      // What was deleted may not be reclaimed yet.
      if Self.removes(id, operations) { return }
    case (.poolFull(let id), .commit(let operations, _, _)):
      if overfills(id, operations) || hasInterruptedCommit { return }
    case (.systemAreaFull, .commit): return
    case (.reserveFull(let pool), .write(let id, _, _, _)),
      (.reserveFull(let pool), .trim(let id, _, _)):
      if mayFill(pool, writing: id) { return }
    case (.reserveFull, .commit), (.reserveFull, .merge), (.reserveFull, .relocate): return
    // A small cache does not hold a family's pages side by side.
    case (.walkTooLarge, .relocate): return
    case (.badLength, .commit): return
    case (.outOfRange, .write(let id, let offset, let count, _)),
      (.outOfRange, .trim(let id, let offset, let count)),
      (.outOfRange, .read(let id, let offset, let count)):
      if let image = images[id], offset + count > image.length { return }
    default: break
    }
    throw Violation("\(operation) failed with \(error)")
  }

  /// A commit of several steps may name an image that an earlier step deletes.
  private func isMade(_ id: ImageID, by operation: SimulatedOperation) -> Bool {
    guard case .commit(let operations, _, _) = operation else { return false }
    return operations.contains { if case .delete(id) = $0 { true } else { false } }
  }

  private static func removes(_ id: PoolID, _ operations: [EngineOperation]) -> Bool {
    operations.contains { if case .removePool(id) = $0 { true } else { false } }
  }

  /// Only what generations hold, or held, fills a reserve: where there are none and none
  /// is being reclaimed, a volume can always be written.
  private func mayFill(_ pool: PoolID, writing id: ImageID) -> Bool {
    isReclaiming || images.values.contains { $0.pool == pool && $0.role != .live }
      || images[id]?.role != .live
  }
}
