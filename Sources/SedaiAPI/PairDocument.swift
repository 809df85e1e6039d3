public import SedaiModel

// The words of the model are the words that travel.
extension PairState: Codable {}
extension PairActivity: Codable {}
extension PairCondition: Codable {}
extension PairRestoreMode: Codable {}
extension CopyMode: Codable {}
extension CopyRange: Codable {}
extension ReplicaUse: Codable {}

/// A master volume and one of its replication volumes.
public struct PairDocument: Codable, Hashable, Sendable {
  /// One of the two volumes.
  public struct Member: Codable, Hashable, Sendable {
    public var name: String
    public var number: UInt32?
    public var osType: String?
    /// The pool's name.
    public var pool: String

    public init(name: String, number: UInt32? = nil, osType: String? = nil, pool: String) {
      self.name = name
      self.number = number
      self.osType = osType
      self.pool = pool
    }
  }

  public var master: Member
  public var replica: Member
  public var state: PairState
  public var activity: PairActivity
  public var previousActivity: PairActivity?
  public var copyMode: CopyMode
  /// What hosts may do with the replication volume once it is separated.
  public var access: AccessModeName
  /// When hosts may: at once, or after everything was copied.
  public var use: ReplicaUse
  /// Seconds since 1970 UTC: when the activity began, and when it ended.
  public var startedAt: Int64
  public var endedAt: Int64?
  /// Bytes in which the two differ; present if it was asked for.
  public var differenceBytes: UInt64?
  /// Bytes that are still to be copied.
  public var remainingBytes: UInt64

  public init(
    master: Member, replica: Member, state: PairState = .separated,
    activity: PairActivity = .separate, previousActivity: PairActivity? = nil,
    copyMode: CopyMode = .background, access: AccessModeName = .readWrite,
    use: ReplicaUse = .complete, startedAt: Int64 = 0, endedAt: Int64? = nil,
    differenceBytes: UInt64? = nil, remainingBytes: UInt64 = 0
  ) {
    self.master = master
    self.replica = replica
    self.state = state
    self.activity = activity
    self.previousActivity = previousActivity
    self.copyMode = copyMode
    self.access = access
    self.use = use
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.differenceBytes = differenceBytes
    self.remainingBytes = remainingBytes
  }
}

/// Makes two volumes a pair.
public struct PairRequest: Codable, Hashable, Sendable {
  public var master: VolumeReference
  public var replica: VolumeReference

  public init(master: VolumeReference, replica: VolumeReference) {
    self.master = master
    self.replica = replica
  }
}

/// Makes a replication volume what its master volume is.
public struct PairReplicateRequest: Codable, Hashable, Sendable {
  public var pair: PairRequest
  public var range: CopyRange
  /// Nil leaves it as it is.
  public var mode: CopyMode?

  public init(pair: PairRequest, range: CopyRange = .differences, mode: CopyMode? = nil) {
    self.pair = pair
    self.range = range
    self.mode = mode
  }
}

/// Ends the copying of a pair.
public struct PairSeparateRequest: Codable, Hashable, Sendable {
  public var pair: PairRequest
  public var access: AccessModeName
  public var use: ReplicaUse
  /// Stop where the copying is; the replication volume is of no use then.
  public var isForced: Bool

  public init(
    pair: PairRequest, access: AccessModeName = .readWrite, use: ReplicaUse = .complete,
    isForced: Bool = false
  ) {
    self.pair = pair
    self.access = access
    self.use = use
    self.isForced = isForced
  }
}

/// Brings a master volume back to what its replication volume is.
public struct PairRestoreRequest: Codable, Hashable, Sendable {
  public var pair: PairRequest
  public var mode: PairRestoreMode
  public var range: CopyRange

  public init(
    pair: PairRequest, mode: PairRestoreMode = .update, range: CopyRange = .differences
  ) {
    self.pair = pair
    self.mode = mode
    self.range = range
  }
}

/// Changes what is given and leaves the rest.
public struct PairChangeRequest: Codable, Hashable, Sendable {
  public var pair: PairRequest
  public var mode: CopyMode?
  public var access: AccessModeName?

  public init(pair: PairRequest, mode: CopyMode? = nil, access: AccessModeName? = nil) {
    self.pair = pair
    self.mode = mode
    self.access = access
  }
}
