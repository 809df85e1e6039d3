/// A pool and how full it is. All sizes in bytes of whole chunks.
public struct PoolDocument: Codable, Hashable, Sendable {
  public var number: UInt8
  public var name: String
  public var kind: PoolKind
  public var state: PoolState
  public var capacity: UInt64
  /// Promised to volumes and to the reserve.
  public var promisedBytes: UInt64
  /// Promised to nothing.
  public var freeBytes: UInt64
  /// Chunks that hold data, of volumes and generations.
  public var allocatedBytes: UInt64
  /// Freed and not yet usable; counts as used.
  public var awaitingReuseBytes: UInt64
  /// Paths of its files and devices, in order.
  public var members: [String]

  public init(
    number: UInt8, name: String, kind: PoolKind = .dynamic, state: PoolState, capacity: UInt64,
    promisedBytes: UInt64, freeBytes: UInt64, allocatedBytes: UInt64,
    awaitingReuseBytes: UInt64, members: [String]
  ) {
    self.kind = kind
    self.number = number
    self.name = name
    self.state = state
    self.capacity = capacity
    self.promisedBytes = promisedBytes
    self.freeBytes = freeBytes
    self.allocatedBytes = allocatedBytes
    self.awaitingReuseBytes = awaitingReuseBytes
    self.members = members
  }
}

/// What a pool may hold.
public enum PoolKind: String, Codable, Hashable, Sendable, CaseIterable {
  /// No reserve and no generations.
  case basic
  case dynamic
}

/// Whether a pool works.
public enum PoolState: String, Codable, Hashable, Sendable, CaseIterable {
  case ready
  /// It works, but accesses to it failed in the last ten minutes.
  case failing
  /// A flush failed, or a file of it was removed or cut short: it refuses writes until the
  /// array is restarted.
  case poisoned
  /// A file or device of it is not there.
  case missing
}

/// A file or block device to be taken into a pool.
public struct PoolMemberRequest: Codable, Hashable, Sendable {
  /// An absolute path on the array, or a name inside its data directory.
  public var path: String
  /// Bytes of a file to be made; nil takes a block device whole.
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
  /// Nil makes a dynamic one.
  public var kind: PoolKind?

  public init(
    name: String, number: UInt8? = nil, members: [PoolMemberRequest], kind: PoolKind? = nil
  ) {
    self.kind = kind
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

/// How full a reserve is, in the steps that events tell.
public enum ReserveLevel: String, Codable, Hashable, Sendable, CaseIterable {
  case normal, warning, critical, full
}

/// The snapshot reserve area of a pool. Sizes in bytes of whole chunks.
public struct ReserveDocument: Codable, Hashable, Sendable {
  public var pool: String
  public var level: ReserveLevel
  public var capacity: UInt64
  public var usedBytes: UInt64
  public var policy: ReservePolicy
  /// Per cent of use at which the array warns.
  public var warningThreshold: Int
  /// Per cent of use at which the array warns again.
  public var criticalThreshold: Int

  public init(
    pool: String, level: ReserveLevel, capacity: UInt64, usedBytes: UInt64,
    policy: ReservePolicy, warningThreshold: Int, criticalThreshold: Int
  ) {
    self.pool = pool
    self.level = level
    self.capacity = capacity
    self.usedBytes = usedBytes
    self.policy = policy
    self.warningThreshold = warningThreshold
    self.criticalThreshold = criticalThreshold
  }
}

/// Who uses a reserve, of one moment. Allocated sizes in bytes of whole chunks.
public struct ReserveUsageDocument: Codable, Hashable, Sendable {
  public var pool: String
  public var capacity: UInt64
  /// What the families have allocated and what is being reclaimed.
  public var usedBytes: UInt64
  /// Of the families' blocks.
  public var validBytes: UInt64
  /// Held by deleted generations that have not given it back yet, or by writes under way.
  public var beingReclaimedBytes: UInt64
  /// By name of the base volume; those that hold something, or could.
  public var families: [FamilyUsageDocument]

  public init(
    pool: String, capacity: UInt64, usedBytes: UInt64, validBytes: UInt64,
    beingReclaimedBytes: UInt64, families: [FamilyUsageDocument]
  ) {
    self.pool = pool
    self.capacity = capacity
    self.usedBytes = usedBytes
    self.validBytes = validBytes
    self.beingReclaimedBytes = beingReclaimedBytes
    self.families = families
  }
}

/// What the generations of one base volume hold of a reserve.
public struct FamilyUsageDocument: Codable, Hashable, Sendable {
  public var baseVolume: String
  /// Those that hold a snapshot.
  public var generations: Int
  /// The base volume's last restore can be undone: what that needs counts.
  public var hasUndo: Bool
  /// Of chunks beyond the one that each written index of the base volume is promised.
  public var allocatedBytes: UInt64
  /// Of blocks that only generations hold.
  public var validBytes: UInt64

  public init(
    baseVolume: String, generations: Int, hasUndo: Bool, allocatedBytes: UInt64,
    validBytes: UInt64
  ) {
    self.baseVolume = baseVolume
    self.generations = generations
    self.hasUndo = hasUndo
    self.allocatedBytes = allocatedBytes
    self.validBytes = validBytes
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
  /// The new total in bytes; a reserve only ever grows.
  public var capacity: UInt64?
  public var policy: ReservePolicy?
  /// 1…``criticalThreshold``.
  public var warningThreshold: Int?
  /// ``warningThreshold``…100.
  public var criticalThreshold: Int?

  public init(
    capacity: UInt64? = nil, policy: ReservePolicy? = nil, warningThreshold: Int? = nil,
    criticalThreshold: Int? = nil
  ) {
    self.capacity = capacity
    self.policy = policy
    self.warningThreshold = warningThreshold
    self.criticalThreshold = criticalThreshold
  }
}
