/// Long work of the array.
public struct JobDocument: Codable, Hashable, Sendable {
  public var id: UInt64
  /// What it does: `reclaim`, `merge`.
  public var kind: String
  /// The volume it works on; nil for work on the whole array.
  public var volume: String?
  public var state: JobState
  /// Steps done, and how many there will be as far as that is known.
  public var done: UInt64
  public var estimatedTotal: UInt64
  /// Seconds; nil while it cannot be told.
  public var secondsLeft: UInt64?
  /// Steps a second it may do at most; nil for no limit.
  public var rateLimit: UInt64?
  /// Seconds since 1970 UTC.
  public var startedAt: Int64
  /// Seconds since 1970 UTC; nil while it is not over.
  public var endedAt: Int64?
  /// Why it failed.
  public var failure: Problem?

  public init(
    id: UInt64, kind: String, volume: String? = nil, state: JobState, done: UInt64,
    estimatedTotal: UInt64, secondsLeft: UInt64? = nil, rateLimit: UInt64? = nil,
    startedAt: Int64, endedAt: Int64? = nil, failure: Problem? = nil
  ) {
    self.id = id
    self.kind = kind
    self.volume = volume
    self.state = state
    self.done = done
    self.estimatedTotal = estimatedTotal
    self.secondsLeft = secondsLeft
    self.rateLimit = rateLimit
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.failure = failure
  }
}

/// Where a job stands.
public enum JobState: String, Codable, Hashable, Sendable, CaseIterable {
  case running, paused, ended, failed

  /// True if nothing of it will change any more.
  public var isOver: Bool { self == .ended || self == .failed }
}

/// Starts a job that merges the second chunks of partly overwritten ones of a volume.
public struct MergeRequest: Codable, Hashable, Sendable {
  public var merge: VolumeReference

  public init(merge: VolumeReference) { self.merge = merge }
}

/// Changes what is given and leaves the rest.
public struct JobChangeRequest: Codable, Hashable, Sendable {
  public var isPaused: Bool?
  /// Steps a second; 0 lifts the limit.
  public var rateLimit: UInt64?

  public init(isPaused: Bool? = nil, rateLimit: UInt64? = nil) {
    self.isPaused = isPaused
    self.rateLimit = rateLimit
  }
}

/// Something that happened, told with a message of the catalogue.
public struct EventDocument: Codable, Hashable, Sendable {
  /// Rises by one; never reused.
  public var number: UInt64
  /// Seconds since 1970 UTC.
  public var time: Int64
  public var messageID: String
  public var messageClass: MessageClassName
  public var text: String
  /// Who asked for it; nil if the array did it by itself.
  public var requester: String?

  public init(
    number: UInt64, time: Int64, messageID: String, messageClass: MessageClassName,
    text: String, requester: String? = nil
  ) {
    self.requester = requester
    self.number = number
    self.time = time
    self.messageID = messageID
    self.messageClass = messageClass
    self.text = text
  }
}

/// The array as a whole.
public struct StatusDocument: Codable, Hashable, Sendable {
  public var product: String
  public var version: String
  public var name: String
  /// 16 hexadecimal digits, chosen when the array was made.
  public var worldWideName: String
  /// Seconds since 1970 UTC.
  public var startedAt: Int64
  public var pools: Int
  public var logicalDisks: Int
  /// Generations that hold a snapshot.
  public var snapshots: Int
  public var linkVolumes: Int
  public var runningJobs: Int
  public var newestEvent: UInt64
  /// The directory of the LD sets' NBD sockets.
  public var nbdSocketDirectory: String?
  /// `host:port` where NBD is served over TCP.
  public var nbdAddress: String?
  /// Bytes of metadata held in memory.
  public var cacheBytes: UInt64?
  /// The same number means the same configuration: disks, generations, LD sets, ports, names.
  public var configurationNumber: UInt64?
  /// How many replication volumes a volume may have.
  public var replicasPerMaster: Int?

  public init(
    product: String, version: String, name: String, worldWideName: String, startedAt: Int64,
    pools: Int, logicalDisks: Int, snapshots: Int, linkVolumes: Int, runningJobs: Int,
    newestEvent: UInt64, nbdSocketDirectory: String? = nil, nbdAddress: String? = nil,
    cacheBytes: UInt64? = nil, configurationNumber: UInt64? = nil,
    replicasPerMaster: Int? = nil
  ) {
    self.configurationNumber = configurationNumber
    self.cacheBytes = cacheBytes
    self.replicasPerMaster = replicasPerMaster
    self.product = product
    self.version = version
    self.name = name
    self.worldWideName = worldWideName
    self.startedAt = startedAt
    self.pools = pools
    self.logicalDisks = logicalDisks
    self.snapshots = snapshots
    self.linkVolumes = linkVolumes
    self.runningJobs = runningJobs
    self.newestEvent = newestEvent
    self.nbdSocketDirectory = nbdSocketDirectory
    self.nbdAddress = nbdAddress
  }
}

/// Names the array.
public struct StatusChangeRequest: Codable, Hashable, Sendable {
  public var name: String

  public init(name: String) { self.name = name }
}

/// A list, wrapped so that it can grow further members.
public struct Listing<Item: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
  public var items: [Item]

  public init(items: [Item]) { self.items = items }
}
