public import SedaiModel

/// A logical disk to bind.
public struct DiskSpecification: Hashable, Sendable {
  /// The pool's number.
  public var pool: UInt8
  /// In bytes, 1 MiB…64 TiB, a multiple of 4 KiB.
  public var capacity: UInt64
  /// Nil: the lowest free number.
  public var number: LogicalDiskNumber?
  /// Nil: a name made from the array's world wide name and the number.
  public var name: LogicalDiskName?
  public var osType: OSType?
  /// Bind a control volume; its capacity is fixed.
  public var isControlVolume: Bool
  public var blockSize: LogicalBlockSize

  public init(
    pool: UInt8, capacity: UInt64, number: LogicalDiskNumber? = nil,
    name: LogicalDiskName? = nil, osType: OSType? = nil, isControlVolume: Bool = false,
    blockSize: LogicalBlockSize = .bytes512
  ) {
    self.pool = pool
    self.capacity = capacity
    self.number = number
    self.name = name
    self.osType = osType
    self.isControlVolume = isControlVolume
    self.blockSize = blockSize
  }
}

/// A file or device for a pool.
public struct PoolMemberSpecification: Hashable, Sendable {
  public var path: String
  /// In bytes: a file is made this long; nil for a block device, taken whole.
  public var size: UInt64?
  /// Do not allocate the file's space now: a full host disk is a write error then.
  public var isSparse: Bool

  public init(path: String, size: UInt64? = nil, isSparse: Bool = false) {
    self.path = path
    self.size = size
    self.isSparse = isSparse
  }
}

/// A snapshot to take.
public struct CreateRequest: Hashable, Sendable {
  /// Where it goes.
  public enum Target: Hashable, Sendable {
    /// This snapshot volume; what it holds is replaced.
    case snapshot(SnapshotReference)
    /// An empty generation, else the oldest.
    case cyclic
  }
  public var base: DiskReference
  public var target: Target

  public init(base: DiskReference, target: Target) {
    self.base = base
    self.target = target
  }
}

/// A snapshot to delete.
public struct DeleteRequest: Hashable, Sendable {
  /// Which one.
  public enum Target: Hashable, Sendable {
    case snapshot(SnapshotReference)
    /// The one that the next cyclic create would replace; nothing if an empty one exists.
    case nextCyclic
  }
  /// Nil only with a `.snapshot` that says by itself which one it is.
  public var base: DiskReference?
  public var target: Target

  public init(base: DiskReference?, target: Target) {
    self.base = base
    self.target = target
  }
}

/// A base volume to bring back to a generation.
public struct RestoreRequest: Hashable, Sendable {
  public var base: DiskReference
  public var snapshot: SnapshotReference
  /// What becomes of newer generations.
  public var derived: DerivedGenerations
  /// Keep the state before, if the reserve has room for it.
  public var keepsUndo: Bool

  public init(
    base: DiskReference, snapshot: SnapshotReference, derived: DerivedGenerations = .keep,
    keepsUndo: Bool = true
  ) {
    self.base = base
    self.snapshot = snapshot
    self.derived = derived
    self.keepsUndo = keepsUndo
  }
}

/// What a link volume is to show.
public enum LinkRequestTarget: Hashable, Sendable {
  case snapshot(SnapshotReference)
  case base(DiskReference)
}

/// The two volumes of a pair.
public struct PairSelection: Hashable, Sendable {
  public var master: DiskReference
  public var replica: DiskReference

  public init(master: DiskReference, replica: DiskReference) {
    self.master = master
    self.replica = replica
  }
}
