/// A pool and how full it is. All sizes in bytes.
public struct PoolDocument: Codable, Hashable, Sendable {
  public var number: UInt8
  public var name: String
  /// `ready`, `poisoned` or `missing`.
  public var state: String
  public var capacity: UInt64
  /// Bytes of chunks in use.
  public var allocatedBytes: UInt64
  /// Bytes promised to base volumes and other live disks.
  public var promisedBytes: UInt64
  /// Bytes set aside for generations.
  public var reserveBytes: UInt64
  /// Bytes neither promised nor set aside.
  public var freeBytes: UInt64
  /// Files or devices, in the order they were added.
  public var members: [PoolMemberDocument]

  public init(
    number: UInt8, name: String, state: String, capacity: UInt64, allocatedBytes: UInt64,
    promisedBytes: UInt64, reserveBytes: UInt64, freeBytes: UInt64,
    members: [PoolMemberDocument]
  ) {
    self.number = number
    self.name = name
    self.state = state
    self.capacity = capacity
    self.allocatedBytes = allocatedBytes
    self.promisedBytes = promisedBytes
    self.reserveBytes = reserveBytes
    self.freeBytes = freeBytes
    self.members = members
  }
}

/// A file or block device of a pool.
public struct PoolMemberDocument: Codable, Hashable, Sendable {
  public var path: String
  public var size: UInt64
  /// False for a file that takes space from its file system only as it fills.
  public var isAllocatedInFull: Bool

  public init(path: String, size: UInt64, isAllocatedInFull: Bool = true) {
    self.path = path
    self.size = size
    self.isAllocatedInFull = isAllocatedInFull
  }
}

/// A file or block device to be taken into a pool.
public struct PoolMemberRequest: Codable, Hashable, Sendable {
  /// An absolute path on the array, or a name inside its data directory.
  public var path: String
  /// Bytes of a file to be made; nil takes an existing file or device as large as it is.
  public var size: UInt64?
  /// True makes a file that takes its space only as it fills.
  public var isSparse: Bool

  public init(path: String, size: UInt64?, isSparse: Bool = false) {
    self.path = path
    self.size = size
    self.isSparse = isSparse
  }
}

/// Makes a pool, or adds members to one.
public struct PoolCreateRequest: Codable, Hashable, Sendable {
  public var name: String
  /// Nil takes the lowest free one.
  public var number: UInt8?
  public var members: [PoolMemberRequest]

  public init(name: String, number: UInt8? = nil, members: [PoolMemberRequest]) {
    self.name = name
    self.number = number
    self.members = members
  }
}

/// Adds members to a pool.
public struct PoolExpandRequest: Codable, Hashable, Sendable {
  public var members: [PoolMemberRequest]

  public init(members: [PoolMemberRequest]) { self.members = members }
}

/// What happens to generations when the SRA cannot take a write of the base volume.
public enum ReservePolicy: String, Codable, Hashable, Sendable, CaseIterable {
  /// Generations are given up, oldest first, until the write fits.
  case giveUpGenerations = "give-up-generations"
  /// Generations stay; the write fails.
  case keepGenerations = "keep-generations"
}

/// The snapshot reserve area of a pool. Sizes in bytes.
public struct ReserveDocument: Codable, Hashable, Sendable {
  public var pool: String
  /// `normal`, `full` or `failed`.
  public var state: String
  public var capacity: UInt64
  public var usedBytes: UInt64
  /// Bytes that wait to be given back by work under way; part of ``usedBytes``.
  public var awaitingReuseBytes: UInt64
  public var policy: ReservePolicy
  /// Warnings are given when this many per cent are used.
  public var thresholds: [Int]

  public init(
    pool: String, state: String, capacity: UInt64, usedBytes: UInt64,
    awaitingReuseBytes: UInt64 = 0, policy: ReservePolicy, thresholds: [Int]
  ) {
    self.pool = pool
    self.state = state
    self.capacity = capacity
    self.usedBytes = usedBytes
    self.awaitingReuseBytes = awaitingReuseBytes
    self.policy = policy
    self.thresholds = thresholds
  }
}

/// Sets an SRA up.
public struct ReserveCreateRequest: Codable, Hashable, Sendable {
  public var pool: String
  public var capacity: UInt64

  public init(pool: String, capacity: UInt64) {
    self.pool = pool
    self.capacity = capacity
  }
}

/// Changes what is given and leaves the rest.
public struct ReserveChangeRequest: Codable, Hashable, Sendable {
  /// The new total in bytes.
  public var capacity: UInt64?
  public var policy: ReservePolicy?
  /// Two per cents, the lower first.
  public var thresholds: [Int]?

  public init(
    capacity: UInt64? = nil, policy: ReservePolicy? = nil, thresholds: [Int]? = nil
  ) {
    self.capacity = capacity
    self.policy = policy
    self.thresholds = thresholds
  }
}
