public import SedaiModel
public import SedaiSCSI

/// A volume that the iSCSI target shows as a disk.
public protocol ISCSIVolume: SCSIMedium {
  /// Whether there is anything to be read; fixed while it is open.
  var isReady: Bool { get }
  /// Runs `body` when what this volume shows is no longer what its name stands for.
  func whenClosed(_ body: @escaping @Sendable () -> Void)
}

/// A disk of a target.
public struct ISCSIUnitFacts: Hashable, Sendable {
  public let number: UInt16
  public let identity: UnitIdentity

  public init(number: UInt16, identity: UnitIdentity) {
    self.number = number
    self.identity = identity
  }
}

/// A target that some initiators may log in to.
public struct ISCSITargetFacts: Hashable, Sendable {
  public let name: String
  public let initiators: [String]
  /// Where initiators are sent: addresses with ports. None: to where they ask.
  public let portals: [String]
  /// Where it cannot be reached although there is a portal.
  public let closedPortals: Set<String>
  /// The LD set behind it.
  public let ldSet: String
  public let units: [ISCSIUnitFacts]

  public init(
    name: String, initiators: [String], portals: [String] = [],
    closedPortals: Set<String> = [], ldSet: String, units: [ISCSIUnitFacts]
  ) {
    self.name = name
    self.initiators = initiators
    self.portals = portals
    self.closedPortals = closedPortals
    self.ldSet = ldSet
    self.units = units
  }

  /// Whether an initiator may log in there. Names of iSCSI nodes differ in more than case.
  func admits(_ initiator: String, at portal: String) -> Bool {
    !closedPortals.contains(portal)
      && initiators.contains { $0.lowercased() == initiator.lowercased() }
  }
}

/// Where the iSCSI target finds targets and volumes. Every call may block.
public protocol ISCSITargetDirectory: Sendable {
  func targets() -> [ISCSITargetFacts]
  /// Nil if there is no such volume, or hosts of the set may not see it now.
  func openVolume(_ unit: ISCSIUnitFacts, ofLDSet name: String) -> (any ISCSIVolume)?
  /// What an initiator has to prove before it may log in; nil for nothing.
  func credentials(ofInitiator name: String) -> CHAPCredentials?
  /// What of a unit's reservations has survived.
  func reservations(of unit: UnitIdentity) -> UnitReservations?
  /// Keeps a unit's reservations over a power cut; durable on return. Nil keeps nothing.
  func keep(_ reservations: UnitReservations?, of unit: UnitIdentity) throws(MediumError)
  /// Calls `body`, from any thread, when the space that units need runs short, with the numbers
  /// of their creation.
  func whenSpaceRunsShort(_ body: @escaping @Sendable (Set<UInt64>) -> Void)
  /// Calls `body` after every change of what ``targets()`` answers, from any thread.
  func whenTargetsChange(_ body: @escaping @Sendable () -> Void)
}
