/// A group of hosts and the logical disks they may see.
public struct LDSetDocument: Codable, Hashable, Sendable {
  public var name: String
  public var osType: String?
  public var kind: LDSetKindName
  public var disks: [LDSetDiskDocument]
  /// Names that TLS client certificates of its hosts carry.
  public var clients: [String]
  /// Names of its hosts' iSCSI initiators.
  public var initiators: [String]
  /// Nil for a Fibre Channel set.
  public var targetMode: TargetModeName?
  /// The target, or what the names of its targets begin with; nil for a Fibre Channel set.
  public var targetName: String?
  /// `address:port` each.
  public var portals: [String]
  /// Of a Fibre Channel set: adapters (`1000-0090-FA00-0001`) and ports of the array (`00-01`).
  public var paths: [String]
  /// What initiators prove when they log in.
  public var chap: [CHAPDocument]?
  /// What an operator has to know about the request that this answers.
  public var warnings: [Problem]?

  public init(
    name: String, osType: String? = nil, kind: LDSetKindName = .iSCSI,
    disks: [LDSetDiskDocument] = [], clients: [String] = [], initiators: [String] = [],
    targetMode: TargetModeName? = nil, targetName: String? = nil, portals: [String] = [],
    paths: [String] = []
  ) {
    self.name = name
    self.osType = osType
    self.kind = kind
    self.disks = disks
    self.clients = clients
    self.initiators = initiators
    self.targetMode = targetMode
    self.targetName = targetName
    self.portals = portals
    self.paths = paths
  }
}

/// What the hosts of an LD set connect with.
public enum LDSetKindName: String, Codable, Hashable, Sendable, CaseIterable {
  case iSCSI = "iscsi"
  case fibreChannel = "fc"
}

/// Whether an iSCSI set is one target, or one for each disk.
public enum TargetModeName: String, Codable, Hashable, Sendable, CaseIterable {
  case normal
  case multiTarget = "multi-target"
}

/// A logical disk in an LD set.
public struct LDSetDiskDocument: Codable, Hashable, Sendable {
  public var name: String
  /// Nil for a disk that has none.
  public var number: UInt32?
  public var lun: UInt16
  /// The target it is in; nil in a Fibre Channel set.
  public var target: String?

  public init(name: String, number: UInt32? = nil, lun: UInt16, target: String? = nil) {
    self.name = name
    self.number = number
    self.lun = lun
    self.target = target
  }
}

/// Makes an LD set.
public struct LDSetCreateRequest: Codable, Hashable, Sendable {
  public var name: String
  public var osType: String?
  /// Nil makes an iSCSI set.
  public var kind: LDSetKindName?
  /// Nil makes one of one target. Not for a Fibre Channel set.
  public var targetMode: TargetModeName?

  public init(
    name: String, osType: String? = nil, kind: LDSetKindName? = nil,
    targetMode: TargetModeName? = nil
  ) {
    self.name = name
    self.osType = osType
    self.kind = kind
    self.targetMode = targetMode
  }
}

/// Adds an initiator, a path or a port of the array to an LD set.
public struct LDSetMemberRequest: Codable, Hashable, Sendable {
  public var member: String

  public init(member: String) { self.member = member }
}

/// What initiators of an LD set prove when they log in. Secrets are not told.
public struct CHAPDocument: Codable, Hashable, Sendable {
  /// Nil: all that have no entry of their own.
  public var initiator: String?
  public var user: String
  /// The name that the target proves to have; nil if it cannot.
  public var targetUser: String?

  public init(initiator: String? = nil, user: String, targetUser: String? = nil) {
    self.initiator = initiator
    self.user = user
    self.targetUser = targetUser
  }
}

/// Has initiators of an LD set prove who they are. It holds secrets: show it nowhere.
public struct CHAPRequest: Codable, Hashable, Sendable {
  /// One of the set; nil for all that have no entry of their own.
  public var initiator: String?
  public var user: String
  public var secret: String
  /// Both or neither: what the target proves if an initiator asks for it.
  public var targetUser: String?
  public var targetSecret: String?

  public init(
    initiator: String? = nil, user: String, secret: String, targetUser: String? = nil,
    targetSecret: String? = nil
  ) {
    self.initiator = initiator
    self.user = user
    self.secret = secret
    self.targetUser = targetUser
    self.targetSecret = targetSecret
  }
}

/// An iSCSI host port of the array.
public struct HostPortDocument: Codable, Hashable, Sendable {
  /// Director and port, two hexadecimal digits each: `00-01`.
  public var number: String
  public var name: String?
  /// Nil while it is not set up.
  public var address: String?
  public var tcpPort: UInt16?
  /// Whether a target listens there.
  public var isLinkUp: Bool

  public init(
    number: String, name: String? = nil, address: String? = nil, tcpPort: UInt16? = nil,
    isLinkUp: Bool = false
  ) {
    self.number = number
    self.name = name
    self.address = address
    self.tcpPort = tcpPort
    self.isLinkUp = isLinkUp
  }
}

/// Sets a host port up, or names it: one of the two in a request.
public struct HostPortChangeRequest: Codable, Hashable, Sendable {
  /// `0.0.0.0` takes the address away.
  public var address: String?
  /// Nil takes 3260.
  public var tcpPort: UInt16?
  /// An empty text takes the name away.
  public var name: String?

  public init(address: String, tcpPort: UInt16? = nil) {
    self.address = address
    self.tcpPort = tcpPort
  }

  public init(name: String) { self.name = name }
}

/// Assigns a logical disk.
public struct LDSetDiskRequest: Codable, Hashable, Sendable {
  public var disk: DiskSelector
  /// Nil takes the lowest free one, never 0 for a link volume.
  public var lun: UInt16?

  public init(disk: DiskSelector, lun: UInt16? = nil) {
    self.disk = disk
    self.lun = lun
  }
}

/// Lets the bearer of a TLS client certificate in.
public struct LDSetClientRequest: Codable, Hashable, Sendable {
  public var client: String

  public init(client: String) { self.client = client }
}
