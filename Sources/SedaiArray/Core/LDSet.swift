import SedaiModel

/// A group of hosts and what they see.
struct LDSet: Hashable, Sendable {
  let name: LDSetName
  var osType: OSType?
  /// Names in TLS client certificates of NBD.
  var clients: [String]
  var connection: HostConnection
  /// By place: the LUN, or in a set of many targets the number of the disk's target, 1….
  var assignments: [UInt16: VolumeID]

  /// The LUN and the target of a disk at a place of the set. Neither depends on the other
  /// disks of the set, so that none is renumbered when one leaves.
  func address(of disk: Disk, at place: UInt16) -> (lun: UInt16, target: ISCSIName?) {
    switch connection {
    case .fibreChannel: (place, nil)
    case .iSCSI(let access):
      switch access.mode {
      case .normal: (place, access.targetName)
      case .multiTarget:
        (Self.lowestPlace(for: disk), access.targetName.numbered(place))
      }
    }
  }

  /// Whether its hosts connect through a port of the array.
  func isReached(at port: HostPortNumber) -> Bool {
    guard case .iSCSI(let access) = connection else { return false }
    return access.ports?.contains(port) ?? true
  }

  /// LUN 0 must always be accessible, which a link volume is not.
  static func lowestPlace(for disk: Disk) -> UInt16 { disk.link == nil ? 0 : 1 }
}

/// How the hosts of an LD set are known, and what they connect to.
enum HostConnection: Hashable, Sendable {
  /// Recorded only: this array has no Fibre Channel ports.
  case fibreChannel(paths: [FibreChannelPath])
  case iSCSI(ISCSIAccess)
}

struct ISCSIAccess: Hashable, Sendable {
  var initiators: [ISCSIName]
  var mode: TargetMode
  /// The target; in a set of many targets what their names begin with.
  var targetName: ISCSIName
  /// The ports it may be reached at; nil for all of the array, also later ones.
  var ports: [HostPortNumber]?
  /// What initiators have to prove; an initiator's own entry counts before that of all.
  var chap: [CHAPEntry] = []

  func credentials(for initiator: ISCSIName) -> CHAPCredentials? {
    let entry = chap.first { $0.initiator == initiator } ?? chap.first { $0.initiator == nil }
    return entry?.credentials
  }
}

/// What an initiator of an LD set has to prove.
struct CHAPEntry: Hashable, Sendable {
  /// Nil: every initiator that has no entry of its own.
  let initiator: ISCSIName?
  let credentials: CHAPCredentials
}

/// An iSCSI host port as the catalogue keeps it.
struct HostPort: Hashable, Sendable {
  let number: HostPortNumber
  var name: PortName?
  /// Nil: not set up.
  var portal: ISCSIPortal?
}

extension ISCSIName {
  /// The name of one of several targets.
  func numbered(_ number: UInt16) -> ISCSIName {
    // A target name the array made is far shorter than the longest one, and stays a name.
    ISCSIName(rawValue + ".t\(number)") ?? self
  }
}
