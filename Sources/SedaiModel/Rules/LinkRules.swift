/// What link operations require, and what they make of a link volume.
/// - Source: states.md 2 and 3.
public enum LinkRules {
  /// Shows `generation` through `link`.
  public static func link(
    _ link: LinkStanding, to generation: GenerationStanding, volume: VolumeID,
    access: AccessMode
  ) throws(DiskArrayError) -> LinkState {
    try settled(link)
    try SnapshotRules.settled(generation)
    try unlinked(link)
    guard link.base == generation.base else {
      throw DiskArrayError(
        .stateConflict, .differentBase,
        ["lv": .text(link.name.rawValue), "target": .text(generation.name.rawValue)])
    }
    guard case .active = generation.state else {
      throw DiskArrayError(.stateConflict, .linkTargetNotActive, generation.arguments)
    }
    guard generation.linkedBy == nil else {
      throw DiskArrayError(.stateConflict, .snapshotAlreadyLinked, generation.arguments)
    }
    return .linked(.snapshot(volume), access)
  }

  /// Shows `base` through `link`: its own host has no access until the link ends.
  public static func link(
    _ link: LinkStanding, to base: BaseStanding, volume: VolumeID, access: AccessMode
  ) throws(DiskArrayError) -> LinkState {
    try settled(link)
    try SnapshotRules.settled(base)
    try unlinked(link)
    guard link.base == base.name else {
      throw DiskArrayError(
        .stateConflict, .differentBase,
        ["lv": .text(link.name.rawValue), "target": .text(base.name.rawValue)])
    }
    if let other = base.linkedBy {
      throw DiskArrayError(
        .stateConflict, .baseAlreadyLinked,
        ["bv": .text(base.name.rawValue), "lv": .text(other.rawValue)])
    }
    try SnapshotRules.accessible(base)
    return .linked(.base(volume), access)
  }

  /// Ends the link of `link`.
  /// - Parameter named: the target that the request names, if it names one.
  public static func unlink(
    _ link: LinkStanding, from named: LogicalDiskName?
  ) throws(DiskArrayError) -> LinkState {
    try settled(link)
    guard case .linked = link.state else {
      throw DiskArrayError(.stateConflict, .linkVolumeNotLinked, link.arguments)
    }
    if let named, named != link.target {
      var arguments = link.arguments
      arguments["sv"] = .text(named.rawValue)
      throw DiskArrayError(.stateConflict, .otherSnapshotLinked, arguments)
    }
    return .unlinked
  }

  /// Unbinds a link volume.
  public static func unbind(_ link: LinkStanding) throws(DiskArrayError) {
    try settled(link)
    guard case .unlinked = link.state else {
      throw DiskArrayError(
        .stateConflict, .configurationWhileLinked, ["name": .text(link.name.rawValue)])
    }
  }

  private static func settled(_ link: LinkStanding) throws(DiskArrayError) {
    guard link.isInTransition else { return }
    throw DiskArrayError(.busy, .generationInTransition, ["name": .text(link.name.rawValue)])
  }

  private static func unlinked(_ link: LinkStanding) throws(DiskArrayError) {
    guard case .linked = link.state else { return }
    throw DiskArrayError(.stateConflict, .linkVolumeLinked, link.arguments)
  }
}
