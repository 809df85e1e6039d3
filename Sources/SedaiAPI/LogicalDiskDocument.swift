/// What a logical disk is used for.
public enum LogicalDiskKind: String, Codable, Hashable, Sendable, CaseIterable {
  case individual = "IV"
  case base = "BV"
  case snapshot = "SV"
  case link = "LV"
  case reserve = "SDV"
  case control = "CV"
  case master = "MV"
  case replica = "RV"
}

/// One logical disk.
public struct LogicalDiskDocument: Codable, Hashable, Sendable {
  /// Unique on the array while the disk exists.
  public var name: String
  /// The logical disk number; nil for a generation that has none.
  public var number: UInt32?
  public var kind: LogicalDiskKind
  /// The two letters of the host's system; nil if none is set.
  public var osType: String?
  /// The pool's name.
  public var pool: String
  /// Bytes a host sees.
  public var capacity: UInt64
  /// What iSCSI hosts address it by; nil: 512 bytes.
  public var blockBytes: Int?
  /// `normal`, or what is wrong with it.
  public var state: String
  /// Bytes of allocated chunks that its own image maps; nil for a disk without an image.
  public var allocatedBytes: UInt64?
  /// The base volume that a snapshot or link volume belongs to.
  public var baseVolume: String?
  /// LD sets it is assigned to.
  public var ldSets: [String]
  /// Whether the state before the last restore is kept and can be brought back.
  public var canUndoRestore: Bool
  /// Nil: none.
  public var limits: LimitsDocument?
  /// Never used for another disk of the array.
  public var creation: UInt64?
  /// All its roles, as in `RV/BV`; nil: what ``kind`` says.
  public var roles: String?

  public init(
    name: String, number: UInt32?, kind: LogicalDiskKind, osType: String?, pool: String,
    capacity: UInt64, state: String, allocatedBytes: UInt64? = nil, baseVolume: String? = nil,
    ldSets: [String] = [],
    canUndoRestore: Bool = false, limits: LimitsDocument? = nil, creation: UInt64? = nil,
    roles: String? = nil
  ) {
    self.creation = creation
    self.name = name
    self.number = number
    self.kind = kind
    self.osType = osType
    self.pool = pool
    self.capacity = capacity
    self.state = state
    self.allocatedBytes = allocatedBytes
    self.baseVolume = baseVolume
    self.ldSets = ldSets
    self.canUndoRestore = canUndoRestore
    self.limits = limits
    self.roles = roles
  }
}

/// The I/O limits of a logical disk, in requests of hosts a second.
public struct LimitsDocument: Codable, Hashable, Sendable {
  /// Its hosts get no more; nil: what there is.
  public var upper: UInt32?
  /// Below this other disks make way; nil: for nobody.
  public var lower: UInt32?
  /// Whether reaching the upper limit is told as an event.
  public var reportsUpper: Bool

  public init(upper: UInt32?, lower: UInt32?, reportsUpper: Bool) {
    self.upper = upper
    self.lower = lower
    self.reportsUpper = reportsUpper
  }
}

/// Changes what is given of a disk's I/O limits: 10…1000000 requests a second, 0 for no limit.
public struct LimitsChangeRequest: Codable, Hashable, Sendable {
  public var upper: UInt32?
  public var lower: UInt32?
  public var reportsUpper: Bool?

  public init(upper: UInt32? = nil, lower: UInt32? = nil, reportsUpper: Bool? = nil) {
    self.upper = upper
    self.lower = lower
    self.reportsUpper = reportsUpper
  }
}

/// Binds a new logical disk.
public struct LogicalDiskCreateRequest: Codable, Hashable, Sendable {
  /// Nil leaves the choice to the array.
  public var name: String?
  public var pool: String
  /// Bytes, 1 MiB…64 TiB, a multiple of 512. Not looked at for a control volume.
  public var capacity: UInt64
  /// Nil leaves the choice to the array: the lowest free number.
  public var number: UInt32?
  public var osType: String?
  /// ``LogicalDiskKind/individual`` or ``LogicalDiskKind/control``.
  public var kind: LogicalDiskKind
  /// What iSCSI hosts address it by, 512 or 4096 bytes; nil: 512.
  public var blockBytes: Int?

  public init(
    name: String?, pool: String, capacity: UInt64, number: UInt32? = nil, osType: String? = nil,
    kind: LogicalDiskKind = .individual, blockBytes: Int? = nil
  ) {
    self.name = name
    self.pool = pool
    self.capacity = capacity
    self.number = number
    self.osType = osType
    self.kind = kind
    self.blockBytes = blockBytes
  }
}

/// Changes what is given and leaves the rest.
public struct LogicalDiskChangeRequest: Codable, Hashable, Sendable {
  public var name: String?
  /// An empty text takes the type away.
  public var osType: String?
  /// The new total in bytes; a disk only ever grows.
  public var capacity: UInt64?
  public var limits: LimitsChangeRequest?

  public init(
    name: String? = nil, osType: String? = nil, capacity: UInt64? = nil,
    limits: LimitsChangeRequest? = nil
  ) {
    self.name = name
    self.osType = osType
    self.capacity = capacity
    self.limits = limits
  }
}

/// A range of bytes of a volume.
public struct ByteRangeDocument: Codable, Hashable, Sendable {
  public var offset: UInt64
  public var length: UInt64

  public init(offset: UInt64, length: UInt64) {
    self.offset = offset
    self.length = length
  }
}

/// Part of the answer to "what differs between these two?".
public struct DifferencesDocument: Codable, Hashable, Sendable {
  public var from: String
  public var to: String
  public var ranges: [ByteRangeDocument]
  /// Where the next request has to start; nil when the end was reached.
  public var next: UInt64?

  public init(from: String, to: String, ranges: [ByteRangeDocument], next: UInt64?) {
    self.from = from
    self.to = to
    self.ranges = ranges
    self.next = next
  }
}

/// What deleting a set of generations would free, exact for one moment.
public struct SpaceDocument: Codable, Hashable, Sendable {
  public var volumes: [String]
  /// Bytes of chunks that nothing else uses.
  public var allocatedBytes: UInt64
  /// Bytes of blocks in those chunks that hold contents.
  public var validBytes: UInt64

  public init(volumes: [String], allocatedBytes: UInt64, validBytes: UInt64) {
    self.volumes = volumes
    self.allocatedBytes = allocatedBytes
    self.validBytes = validBytes
  }
}

/// Asks for a ``SpaceDocument``.
public struct SpaceRequest: Codable, Hashable, Sendable {
  public var volumes: [VolumeReference]

  public init(volumes: [VolumeReference]) { self.volumes = volumes }
}
