/// Where the resources are. Both sides build their paths from here.
public enum APIPath {
  /// Below a link volume: PUT a ``LinkRequest``, or DELETE.
  public static let link = "/link"
  /// Below a pool: POST a ``PoolExpandRequest``.
  public static let members = "/members"
  /// Below a reserve: GET a ``ReserveUsageDocument``.
  public static let usage = "/usage"
  /// Below an LD set: POST an ``LDSetDiskRequest``; DELETE below it the disk's name.
  public static let disks = "/disks"
  /// Below an LD set: POST an ``LDSetClientRequest``; DELETE one with the query item `client`.
  public static let clients = "/clients"
  /// Below an LD set: POST an ``LDSetMemberRequest``; DELETE one with the query item `member`.
  public static let initiators = "/initiators"
  public static let paths = "/paths"
  /// Below an LD set: PUT a ``CHAPRequest``; DELETE, with the query item `member` for one
  /// initiator's own.
  public static let chap = "/chap"
  /// Below an LD set, as ``initiators``: the ports of the array that serve it.
  public static let servingPorts = "/ports"
  /// Below a logical disk: GET a ``DifferencesDocument``.
  public static let differences = "/differences"
  /// Below a logical disk: POST nothing; brings back the state before the last restore.
  public static let undoRestore = "/undo-restore"
  /// Below an account: POST nothing for an ``AccountTokenDocument``; DELETE.
  public static let token = "/token"
  public static let prefix = "/api/v1"

  public static let status = prefix + "/status"
  /// GET a ``ConfigurationDocument``.
  public static let configuration = prefix + "/configuration"
  public static let pools = prefix + "/pools"
  public static let reserves = prefix + "/reserves"
  public static let logicalDisks = prefix + "/logical-disks"
  public static let families = prefix + "/families"
  public static let generations = prefix + "/generations"
  public static let linkVolumes = prefix + "/link-volumes"
  /// GET all or those of one ``APIQuery/master``; POST a ``PairRequest``. Below it GET or DELETE
  /// one by the name of its replication volume.
  public static let pairs = prefix + "/pairs"
  public static let ldSets = prefix + "/ld-sets"
  /// GET all; POST a ``LicenceRequest``.
  public static let licences = prefix + "/licences"
  /// GET all; PUT a ``HostPortChangeRequest`` below it.
  public static let hostPorts = prefix + "/ports"
  /// GET all; POST an ``AccountCreateRequest``; PATCH an ``AccountChangeRequest`` below it.
  public static let accounts = prefix + "/accounts"
  /// GET the newest ``AuditDocument`` entries.
  public static let audit = prefix + "/audit"
  public static let jobs = prefix + "/jobs"
  public static let events = prefix + "/events"

  // MARK: Operations on sets of volumes, below `generations`

  /// POST a ``GenerationSetRequest``: takes snapshots.
  public static let createSnapshots = generations + "/actions/create"
  /// POST a ``GenerationSetRequest``: deletes snapshots.
  public static let deleteSnapshots = generations + "/actions/delete"
  /// POST a ``RestoreSetRequest``.
  public static let restoreSnapshots = generations + "/actions/restore"
  /// POST a ``GuardRequest``.
  public static let guardSnapshot = generations + "/actions/guard"
  /// POST a ``GenerationBuildRequest``.
  public static let buildGenerations = generations + "/actions/build"
  /// POST a ``GenerationRemoveRequest``.
  public static let removeGenerations = generations + "/actions/remove"
  /// POST a ``SpaceRequest``.
  public static let space = generations + "/actions/space"

  // MARK: Operations on pairs

  /// POST a ``PairReplicateRequest``.
  public static let replicatePair = pairs + "/actions/replicate"
  /// POST a ``PairSeparateRequest``.
  public static let separatePair = pairs + "/actions/separate"
  /// POST a ``PairRestoreRequest``.
  public static let restorePair = pairs + "/actions/restore"
  /// POST a ``PairChangeRequest``.
  public static let changePair = pairs + "/actions/change"

  /// How a member of a collection is named by its number alone.
  public static func numbered(_ number: UInt64) -> String { numberPrefix + String(number) }
  /// What stands before the number of something that is not meant by name.
  public static let numberPrefix = "number:"

  /// The path of one member of a collection. `name` is one path segment of letters, digits and
  /// `_.-:`, as every name of the array is.
  public static func member(_ collection: String, _ name: String) -> String {
    collection + "/" + name
  }
}

/// Names of query items.
public enum APIQuery {
  /// `wait=active` or `wait=deleted`: the answer comes when the generation has got there or
  /// cannot any more, at the latest after `seconds`.
  public static let wait = "wait"
  /// 0…``maximumWaitSeconds``.
  public static let seconds = "seconds"
  /// `sizes=true`: with sizes that take a walk to find out.
  public static let sizes = "sizes"
  /// Events with a higher number than this.
  public static let after = "after"
  public static let limit = "limit"
  /// The other volume of a comparison.
  public static let other = "to"
  /// The byte a listing starts at.
  public static let offset = "offset"
  /// The generation that a link is expected to show.
  public static let source = "source"
  /// Disks with a lower number than this only.
  public static let below = "below"
  /// The master volume of a pair.
  public static let master = "master"
  /// `force=true`: also in a state that would be refused.
  public static let force = "force"
  public static let client = "client"
  public static let member = "member"

  /// A request is never held longer.
  public static let maximumWaitSeconds = 25
  /// More entries than this are never sent at once.
  public static let maximumEntries = 1000
}

/// What a request may wait for.
public enum WaitCondition: String, Codable, Hashable, Sendable, CaseIterable {
  case active, deleted

  /// True once there is nothing left to wait for.
  public func isMet(by state: GenerationState) -> Bool {
    switch (self, state) {
    case (.active, .active), (.deleted, .deleted), (.deleted, .empty): true
    case (.active, _), (.deleted, _): false
    }
  }
}
