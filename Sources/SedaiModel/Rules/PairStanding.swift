/// A volume of a pair, as far as rules care.
public struct PairMember: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// IV or BV, also with other roles.
    case disk
    case snapshot(of: LogicalDiskName, SnapshotState)
  }

  public var name: LogicalDiskName
  public var kind: Kind
  /// Bytes.
  public var capacity: UInt64
  public var osType: OSType?
  /// The link volume that shows it.
  public var linkedBy: LogicalDiskName?
  /// Of the pair in which it is the replication volume.
  public var masterName: LogicalDiskName?
  /// False while its pool is missing or refuses writes.
  public var isAccessible: Bool
  /// Another operation is changing it.
  public var isInTransition: Bool

  public init(
    name: LogicalDiskName, kind: Kind = .disk, capacity: UInt64, osType: OSType? = nil,
    linkedBy: LogicalDiskName? = nil, masterName: LogicalDiskName? = nil,
    isAccessible: Bool = true, isInTransition: Bool = false
  ) {
    self.name = name
    self.kind = kind
    self.capacity = capacity
    self.osType = osType
    self.linkedBy = linkedBy
    self.masterName = masterName
    self.isAccessible = isAccessible
    self.isInTransition = isInTransition
  }

  var isSnapshot: Bool {
    if case .snapshot = kind { return true }
    return false
  }
}

/// That two volumes are a pair, and in which state.
public struct PairConnection: Hashable, Sendable {
  public var master: LogicalDiskName
  public var replica: LogicalDiskName
  public var state: PairState

  public init(master: LogicalDiskName, replica: LogicalDiskName, state: PairState) {
    self.master = master
    self.replica = replica
    self.state = state
  }

  var arguments: MessageArguments {
    [
      "mv": .text(master.rawValue), "rv": .text(replica.rawValue),
      "state": .text(state.rawValue),
    ]
  }
}

/// Where a pair stands, as far as rules care.
public struct PairStanding: Hashable, Sendable {
  public var master: PairMember
  public var replica: PairMember
  public var state: PairState
  /// Every other pair that either volume belongs to.
  public var others: [PairConnection]

  public init(
    master: PairMember, replica: PairMember, state: PairState, others: [PairConnection] = []
  ) {
    self.master = master
    self.replica = replica
    self.state = state
    self.others = others
  }

  var arguments: MessageArguments {
    PairConnection(master: master.name, replica: replica.name, state: state).arguments
  }
}
