/// Where a generation stands, as far as rules care.
public struct GenerationStanding: Hashable, Sendable {
  public var name: LogicalDiskName
  public var base: LogicalDiskName
  public var state: SnapshotState
  /// The link volume that shows it.
  public var linkedBy: LogicalDiskName?
  public var isGuarded: Bool
  /// Another operation is changing it.
  public var isInTransition: Bool

  public init(
    name: LogicalDiskName, base: LogicalDiskName, state: SnapshotState,
    linkedBy: LogicalDiskName? = nil, isGuarded: Bool = false, isInTransition: Bool = false
  ) {
    self.name = name
    self.base = base
    self.state = state
    self.linkedBy = linkedBy
    self.isGuarded = isGuarded
    self.isInTransition = isInTransition
  }

  var arguments: MessageArguments {
    var arguments: MessageArguments = [
      "sv": .text(name.rawValue), "bv": .text(base.rawValue), "state": .text(state.text),
    ]
    if let linkedBy { arguments["lv"] = .text(linkedBy.rawValue) }
    return arguments
  }
}

/// Where a base volume stands, as far as rules care.
public struct BaseStanding: Hashable, Sendable {
  public var name: LogicalDiskName
  /// The link volume that shows it; its own host has no access then.
  public var linkedBy: LogicalDiskName?
  /// False while its pool is missing or refuses writes.
  public var isAccessible: Bool
  /// Another operation is changing it.
  public var isInTransition: Bool

  public init(
    name: LogicalDiskName, linkedBy: LogicalDiskName? = nil, isAccessible: Bool = true,
    isInTransition: Bool = false
  ) {
    self.name = name
    self.linkedBy = linkedBy
    self.isAccessible = isAccessible
    self.isInTransition = isInTransition
  }
}

/// Where a link volume stands, as far as rules care.
public struct LinkStanding: Hashable, Sendable {
  public var name: LogicalDiskName
  public var base: LogicalDiskName
  public var state: LinkState
  /// The name of what it shows.
  public var target: LogicalDiskName?
  /// Another operation is changing it.
  public var isInTransition: Bool

  public init(
    name: LogicalDiskName, base: LogicalDiskName, state: LinkState,
    target: LogicalDiskName? = nil, isInTransition: Bool = false
  ) {
    self.name = name
    self.base = base
    self.state = state
    self.target = target
    self.isInTransition = isInTransition
  }

  var arguments: MessageArguments {
    ["lv": .text(name.rawValue), "target": .text(target?.rawValue ?? "-")]
  }
}
