public import SedaiModel

/// A named group of hosts and the logical disks they see.
///
/// What a target listener may rely on:
/// - A target of ``ISCSIFacts`` keeps its name, and a disk in it its LUN, until the disk leaves
///   the set or the set is deleted; others come and go beside it.
/// - LUN 0 need not be taken: an array that has only link volumes in a set shows none there.
/// - Every change that takes something away (an initiator, a disk) has closed the volumes
///   concerned before it returns, so their sessions answer `.shutDown`; it is told by an event
///   `.ldSetChanged`, a change of ports by `.hostPortChanged`.
/// - An initiator belongs to one set at most.
public struct LDSetFacts: Sendable, Hashable {
  public let name: LDSetName
  public let osType: OSType?
  /// Names in TLS client certificates that stand for this set over NBD.
  public let clients: [String]
  public let connection: Connection
  /// By LUN, in a set of many targets by target.
  public let assignments: [Assignment]

  /// How its hosts are known.
  public enum Connection: Sendable, Hashable {
    /// Recorded only: the array has no Fibre Channel ports.
    case fibreChannel(paths: [FibreChannelPath])
    case iSCSI(ISCSIFacts)
  }

  /// A disk that the group sees.
  public struct Assignment: Sendable, Hashable {
    /// 0…16383; stays with the disk until it is removed from the set.
    public let lun: UInt16
    /// The target it is in; nil in a Fibre Channel set.
    public let target: ISCSIName?
    public let volume: VolumeID
    public let disk: LogicalDiskName
    public let number: LogicalDiskNumber?
    public let blockSize: LogicalBlockSize
  }

  /// What an initiator may log in to: one target, or one for each disk. None while a set of
  /// many targets has no disk.
  public var targets: [ISCSITarget] {
    guard case .iSCSI(let access) = connection else { return [] }
    switch access.mode {
    case .normal:
      return [ISCSITarget(name: access.targetName, units: assignments)]
    case .multiTarget:
      return assignments.compactMap { unit in
        unit.target.map { ISCSITarget(name: $0, units: [unit]) }
      }
    }
  }
}

/// How an iSCSI LD set is reached.
public struct ISCSIFacts: Sendable, Hashable {
  public let initiators: [ISCSIName]
  public let mode: TargetMode
  /// The target; in a set of many targets what their names begin with.
  public let targetName: ISCSIName
  /// Ports of the array that are set up and that the set may be reached at, by port number.
  public let portals: [ISCSIPortal]
  /// Who has to prove what; the secrets are told to no one.
  public let chap: [CHAPFacts]
}

/// What initiators of an LD set prove when they log in.
public struct CHAPFacts: Sendable, Hashable {
  /// Nil: all that have no entry of their own.
  public let initiator: ISCSIName?
  public let user: String
  /// The name that the target proves to have; nil if it cannot.
  public let targetUser: String?
}

/// A target with what an initiator of its set finds behind it.
public struct ISCSITarget: Sendable, Hashable {
  public let name: ISCSIName
  public let units: [LDSetFacts.Assignment]
}

/// An iSCSI host port of the array.
public struct HostPortFacts: Sendable, Hashable {
  public let number: HostPortNumber
  public let name: PortName?
  /// Nil while it is not set up.
  public let portal: ISCSIPortal?
  /// Whether a target listens there.
  public let isLinkUp: Bool
}

/// A set after a disk was assigned, and what the operator has to know about it.
public struct AssignmentOutcome: Sendable, Hashable {
  public let ldSet: LDSetFacts
  public let warnings: [ArrayNotice]
}

/// Something an operator is told about an operation that was done.
public struct ArrayNotice: Sendable, Hashable {
  public let messageID: MessageID
  public let arguments: MessageArguments
}
