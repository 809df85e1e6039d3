/// Everything that can be asked of the array, and who may. This is the one table of
/// permissions: each operation asks it before it looks at anything else.
///
/// - Source: features.md 1.5-d; what a host may do is further limited to the disks assigned to
///   it and those related to them.
public enum ArrayOperation: String, CaseIterable, Sendable {
  // Questions
  case look = "look"
  case lookAtReserveUsage = "look at the use of a reserve"
  case lookAtAccounts = "look at accounts"
  case readAudit = "read the audit log"

  // Generations and links
  case createSnapshots = "create snapshots"
  case deleteSnapshots = "delete snapshots"
  case restoreSnapshots = "restore"
  case undoRestore = "undo a restore"
  case guardSnapshot = "guard a snapshot"
  case linkVolume = "link"
  case unlinkVolume = "unlink"

  // Pairs
  case pairVolumes = "pair"
  case unpairVolumes = "unpair"
  case changePair = "change a pair"
  case copyPair = "replicate, separate or restore a pair"

  // Logical disks
  case bindDisk = "bind a logical disk"
  case renameDisk = "rename a logical disk"
  case expandDisk = "expand a logical disk"
  case unbindDisk = "unbind a logical disk"
  case limitDisk = "limit a logical disk"
  case addGenerations = "add generations"
  case removeGenerations = "remove generations"
  case bindLinkVolume = "bind a link volume"
  case unbindLinkVolume = "unbind a link volume"
  case startMerge = "start a merge"
  case changeJob = "change a job"

  // What hosts see
  case createLDSet = "create an LD set"
  case deleteLDSet = "delete an LD set"
  case changeLDSetMembers = "change the members of an LD set"
  case assignDisk = "assign a logical disk"
  case unassignDisk = "take a logical disk from an LD set"

  // The array
  case createPool = "create a pool"
  case expandPool = "expand a pool"
  case deletePool = "delete a pool"
  case createReserve = "create a reserve"
  case expandReserve = "expand a reserve"
  case deleteReserve = "delete a reserve"
  case changeReserve = "change a reserve"
  case changeHostPort = "change a host port"
  case renameArray = "rename the array"
  case releaseLicence = "release a licence"
  case changeAccounts = "change accounts"

  /// The least role of an operator that may do it.
  public var leastRole: OperatorRole {
    switch self {
    case .look, .lookAtReserveUsage: .viewer
    case .createSnapshots, .deleteSnapshots, .restoreSnapshots, .undoRestore, .guardSnapshot,
      .linkVolume, .unlinkVolume, .bindDisk, .renameDisk, .expandDisk, .unbindDisk, .limitDisk,
      .addGenerations, .removeGenerations, .bindLinkVolume, .unbindLinkVolume, .startMerge,
      .changeJob, .createLDSet, .deleteLDSet, .changeLDSetMembers, .assignDisk, .unassignDisk,
      .pairVolumes, .unpairVolumes, .changePair, .copyPair:
      .operator
    case .lookAtAccounts, .readAudit, .createPool, .expandPool, .deletePool, .createReserve,
      .expandReserve, .deleteReserve, .changeReserve, .changeHostPort, .renameArray,
      .releaseLicence, .changeAccounts:
      .administrator
    }
  }

  /// Whether a host may do it with the disks that it sees: what is not named here it may not.
  public var isForHosts: Bool {
    switch self {
    case .look, .createSnapshots, .deleteSnapshots, .restoreSnapshots, .undoRestore,
      .guardSnapshot, .linkVolume, .unlinkVolume, .changePair, .copyPair:
      true
    default:
      false
    }
  }
}
