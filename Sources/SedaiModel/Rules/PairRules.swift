/// What operations on pairs require, and what they make of a pair.
///
/// Each answers the state the pair enters, or throws why not. Where both volumes are in one
/// pool, nothing has to be copied, and the pair passes to the state behind at once.
/// - Source: states.md 4, transitions.
public enum PairRules {
  /// Makes two volumes a pair.
  public static func pair(
    master: PairMember, replica: PairMember
  ) throws(DiskArrayError) -> PairState {
    try settled(master, replica)
    let arguments = names(master, replica)
    guard master.name != replica.name else {
      throw DiskArrayError(
        .invalidRequest, .volumeTwiceInSet, ["name": arguments["mv"] ?? .text("")])
    }
    if let upper = replica.masterName {
      throw DiskArrayError(
        .stateConflict, .alreadyReplica,
        ["rv": .text(replica.name.rawValue), "mv": .text(upper.rawValue)])
    }
    guard replica.capacity == master.capacity else {
      throw DiskArrayError(.stateConflict, .pairCapacitiesDiffer, arguments)
    }
    guard replica.osType == nil || replica.osType == master.osType else {
      throw DiskArrayError(.stateConflict, .pairTypesDiffer, arguments)
    }
    try active(master)
    return .separated
  }

  /// Ends a pair; with force in any state.
  public static func unpair(
    _ pair: PairStanding, isForced: Bool
  ) throws(DiskArrayError) {
    try settled(pair.master, pair.replica)
    guard pair.state.isIdle || isForced else { throw refused(pair) }
  }

  /// Begins to make the replication volume what the master volume is.
  public static func replicate(_ pair: PairStanding) throws(DiskArrayError) -> PairState {
    try usable(pair)
    guard pair.state.isIdle else { throw refused(pair) }
    try active(pair.master)
    try requireIdle(pair.others.filter { $0.touches(pair, .replicate) })
    try unlinked(pair.replica)
    return .replicating
  }

  /// Ends the copying, with the replication volume as the master volume is now.
  public static func separate(_ pair: PairStanding) throws(DiskArrayError) -> PairState {
    try usable(pair)
    switch pair.state {
    case .replicating, .synchronised, .restoring, .restored: break
    case .separating, .separated, .cancelled, .fault: throw refused(pair)
    }
    if pair.state == .replicating || pair.state == .synchronised { try active(pair.master) }
    return .separating
  }

  /// Stops any copying where it is: what the replication volume holds is not defined then.
  public static func cancel(_ pair: PairStanding) throws(DiskArrayError) -> PairState {
    try settled(pair.master, pair.replica)
    guard !pair.state.isIdle else { throw refused(pair) }
    return .cancelled
  }

  /// Begins to bring the master volume back to what the replication volume is.
  public static func restore(_ pair: PairStanding) throws(DiskArrayError) -> PairState {
    try usable(pair)
    guard pair.state == .separated else { throw refused(pair) }
    guard !pair.master.isSnapshot else {
      throw DiskArrayError(
        .stateConflict, .snapshotCannotBeRestored, ["sv": .text(pair.master.name.rawValue)])
    }
    try requireIdle(pair.others.filter { $0.touches(pair, .restore) })
    try unlinked(pair.master)
    try unlinked(pair.replica)
    return .restoring
  }

  /// Refuses what would change a volume while a pair depends on it.
  /// - Source: states.md 4, snapshot on a replication volume.
  public static func requireIdle(_ pairs: [PairConnection]) throws(DiskArrayError) {
    guard let busy = pairs.first(where: { !$0.state.isIdle }) else { return }
    throw DiskArrayError(.stateConflict, .pairNotSeparated, busy.arguments)
  }

  /// Refuses a snapshot of a replication volume that is not separated.
  /// - Source: features.md 3.11(2).
  public static func requireSeparated(_ pair: PairConnection?) throws(DiskArrayError) {
    guard let pair, !pair.state.permitsSnapshot else { return }
    throw DiskArrayError(.stateConflict, .pairNotSeparated, pair.arguments)
  }

  // MARK: Parts

  private static func usable(_ pair: PairStanding) throws(DiskArrayError) {
    try settled(pair.master, pair.replica)
    for member in [pair.master, pair.replica] where !member.isAccessible {
      throw DiskArrayError(
        .failure, .volumeInaccessible, ["name": .text(member.name.rawValue)])
    }
    guard pair.master.capacity == pair.replica.capacity else {
      throw DiskArrayError(
        .stateConflict, .pairCapacitiesDiffer, names(pair.master, pair.replica))
    }
  }

  private static func settled(
    _ master: PairMember, _ replica: PairMember
  ) throws(DiskArrayError) {
    for member in [master, replica] where member.isInTransition {
      throw DiskArrayError(
        .busy, .generationInTransition, ["name": .text(member.name.rawValue)])
    }
  }

  /// A snapshot volume is a master only while it holds a snapshot.
  private static func active(_ master: PairMember) throws(DiskArrayError) {
    guard case .snapshot(let base, let state) = master.kind else { return }
    guard case .active = state else {
      throw DiskArrayError(
        .stateConflict, .snapshotNotActive,
        [
          "sv": .text(master.name.rawValue), "bv": .text(base.rawValue),
          "state": .text(state.text),
        ])
    }
  }

  private static func unlinked(_ member: PairMember) throws(DiskArrayError) {
    guard let link = member.linkedBy, !member.isSnapshot else { return }
    throw DiskArrayError(
      .stateConflict, .baseLinked,
      ["bv": .text(member.name.rawValue), "lv": .text(link.rawValue)])
  }

  private static func refused(_ pair: PairStanding) -> DiskArrayError {
    DiskArrayError(.stateConflict, .pairStateForbids, pair.arguments)
  }

  private static func names(_ master: PairMember, _ replica: PairMember) -> MessageArguments {
    ["mv": .text(master.name.rawValue), "rv": .text(replica.name.rawValue)]
  }
}

extension PairConnection {
  fileprivate enum Direction { case replicate, restore }

  /// Whether another pair forbids a copy of `pair`: it copies into the volume that is read, or
  /// depends on the one that is written.
  fileprivate func touches(_ pair: PairStanding, _ direction: Direction) -> Bool {
    let (source, target) =
      switch direction {
      case .replicate: (pair.master.name, pair.replica.name)
      case .restore: (pair.replica.name, pair.master.name)
      }
    if master == target || replica == target || replica == source { return true }
    // Volumes that follow the same master do not disturb each other; its restore does.
    return master == source && (state == .restoring || state == .restored)
  }
}
