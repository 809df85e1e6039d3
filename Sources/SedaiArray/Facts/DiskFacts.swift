public import SedaiModel

/// What a logical disk is and does, at one moment.
public struct DiskFacts: Sendable, Hashable {
  public let id: VolumeID
  /// Nil for a generation that is known by base volume and place only.
  public let number: LogicalDiskNumber?
  public let name: LogicalDiskName
  public let osType: OSType?
  public let roles: VolumeRoles
  /// The pool's number, 0…254.
  public let pool: UInt8
  public let poolName: PoolName
  /// In bytes; a link volume's is that of what it shows, or of its base volume.
  public let capacity: UInt64
  /// A snapshot or link volume's is that of its base volume.
  public let blockSize: LogicalBlockSize
  /// Bytes of chunks that hold data of it: shared ones count too.
  public let allocatedBytes: UInt64
  public let boundAt: Timestamp
  /// Whether its data can be reached: false while its pool is missing.
  public let isAccessible: Bool
  /// For a base volume that is linked: through which link volume.
  public let linkedBy: LogicalDiskName?
  /// Whether the state before the last restore is kept and can be brought back.
  public let canUndoRestore: Bool
  public let limits: IOLimits
  /// LD sets it is assigned to, by name.
  public let ldSets: [LDSetName]

  /// Its name with its type.
  public var fullName: FullName { FullName(osType: osType, name: name) }
}

/// One generation of a base volume.
public struct SnapshotFacts: Sendable, Hashable {
  public let id: VolumeID
  public let number: LogicalDiskNumber?
  public let name: LogicalDiskName
  public let osType: OSType?
  public let base: LogicalDiskName
  /// Its place in the order of building, 1…; never changes.
  public let absoluteGeneration: Int
  /// 1 for the newest snapshot (shown as -1), nil if it holds none.
  public let relativeGeneration: Int?
  public let state: SnapshotState
  public let isGuarded: Bool
  /// In bytes, as of when the snapshot was taken; of the base volume if it holds none.
  public let capacity: UInt64
  /// Bytes of the chunks its map refers to, shared ones too; 0 without snapshot.
  public let allocatedBytes: UInt64
  /// The link volume that shows it.
  public let linkedBy: LogicalDiskName?
  /// The access of that link.
  public let access: AccessMode?
}

/// A base volume with its generations, newest first, then those without a snapshot in the
/// order of building.
public struct SnapshotQuery: Sendable, Hashable {
  public let base: DiskFacts
  public let generations: [SnapshotFacts]
  public let linkVolumes: [LinkFacts]
}

/// A link volume.
public struct LinkFacts: Sendable, Hashable {
  public let id: VolumeID
  public let number: LogicalDiskNumber?
  public let name: LogicalDiskName
  public let osType: OSType?
  public let base: LogicalDiskName
  /// What it shows; nil if it is unlinked.
  public let target: LogicalDiskName?
  public let targetKind: TargetKind?
  public let access: AccessMode

  /// What kind of volume it shows.
  public enum TargetKind: String, Sendable { case snapshot, base }
}

/// What `iSMsc_linkinfo` shows of a volume.
public struct LinkInformation: Sendable, Hashable {
  /// The volume asked for: SV, LV or BV.
  public let volume: DiskFacts
  /// Its own state: of an LV, what it shows; of an SV or BV, what shows it.
  public let isLinked: Bool
  public let counterpart: LogicalDiskName?
  /// `nr` for a snapshot volume: hosts reach it through a link only.
  public let access: AccessMode
  /// Every link volume of the same base volume.
  public let linkVolumes: [LinkFacts]
}
