/// What snapshot operations require, and what they make of a generation.
///
/// Each answers the new state, or throws why not; nothing else is decided elsewhere.
/// - Source: states.md 2, "What operations require and change".
public enum SnapshotRules {
  /// Takes a snapshot of `base` into `generation`, replacing what it holds.
  public static func create(
    in generation: GenerationStanding, of base: BaseStanding, at now: Timestamp
  ) throws(DiskArrayError) -> SnapshotState {
    try settled(base)
    try settled(generation)
    try accessible(base)
    guard case .fault = generation.state else {
      try replaceable(generation)
      return .active(since: now)
    }
    throw DiskArrayError(.stateConflict, .snapshotNotActive, generation.arguments)
  }

  /// Deletes the snapshot that `generation` holds.
  public static func delete(
    _ generation: GenerationStanding, at now: Timestamp
  ) throws(DiskArrayError) -> SnapshotState {
    try settled(generation)
    switch generation.state {
    case .active, .fault: break
    case .empty, .deleted, .deleting, .restoring:
      throw DiskArrayError(.stateConflict, .snapshotNotActive, generation.arguments)
    }
    try replaceable(generation)
    return .deleted(at: now)
  }

  /// Begins to bring `base` back to `generation`. A link to the generation does not matter:
  /// its contents stay.
  public static func beginRestore(
    of base: BaseStanding, from generation: GenerationStanding, at now: Timestamp
  ) throws(DiskArrayError) -> SnapshotState {
    try settled(base)
    try settled(generation)
    try accessible(base)
    if let lv = base.linkedBy {
      throw DiskArrayError(
        .stateConflict, .baseLinked,
        ["bv": .text(base.name.rawValue), "lv": .text(lv.rawValue)])
    }
    guard case .active(let since) = generation.state else {
      throw DiskArrayError(.stateConflict, .snapshotNotActive, generation.arguments)
    }
    return .restoring(since: since, started: now)
  }

  /// Sets or cancels the guard. Setting it again has no effect.
  public static func changeGuard(of generation: GenerationStanding) throws(DiskArrayError) {
    try settled(generation)
    guard case .active = generation.state else {
      throw DiskArrayError(.stateConflict, .snapshotNotActive, generation.arguments)
    }
  }

  /// Removes a generation, with its snapshot volume, from its base volume.
  public static func remove(_ generation: GenerationStanding) throws(DiskArrayError) {
    try settled(generation)
    guard generation.state.isVacant else {
      throw DiskArrayError(.stateConflict, .generationHoldsSnapshot, generation.arguments)
    }
  }

  /// Whether a wait for `condition` is over; throws if it can never be.
  public static func isOver(
    wait condition: SnapshotCondition, for generation: GenerationStanding
  ) throws(DiskArrayError) -> Bool {
    switch (condition, generation.state) {
    case (_, .fault):
      var arguments = generation.arguments
      arguments["condition"] = .text(condition.rawValue)
      throw DiskArrayError(.stateConflict, .waitFault, arguments)
    case (.active, .active), (.deleted, .empty), (.deleted, .deleted):
      return !generation.isInTransition
    case (.active, .empty), (.active, .deleted), (.active, .deleting), (.active, .restoring),
      (.deleted, .active), (.deleted, .deleting), (.deleted, .restoring):
      return false
    }
  }

  static func settled(_ generation: GenerationStanding) throws(DiskArrayError) {
    guard generation.isInTransition || generation.state.isInTransition else { return }
    throw DiskArrayError(
      .busy, .generationInTransition, ["name": .text(generation.name.rawValue)])
  }

  static func settled(_ base: BaseStanding) throws(DiskArrayError) {
    guard base.isInTransition else { return }
    throw DiskArrayError(.busy, .generationInTransition, ["name": .text(base.name.rawValue)])
  }

  static func accessible(_ base: BaseStanding) throws(DiskArrayError) {
    guard !base.isAccessible else { return }
    throw DiskArrayError(
      .failure, .volumeInaccessible, ["name": .text(base.name.rawValue)])
  }

  /// What it holds may be lost: nobody reads it and nobody protects it.
  private static func replaceable(_ generation: GenerationStanding) throws(DiskArrayError) {
    if generation.linkedBy != nil {
      throw DiskArrayError(.stateConflict, .snapshotLinked, generation.arguments)
    }
    if generation.isGuarded {
      throw DiskArrayError(.stateConflict, .snapshotGuarded, generation.arguments)
    }
  }
}
