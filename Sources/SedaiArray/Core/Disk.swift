import SedaiFormat
import SedaiModel

/// A logical disk as the catalogue keeps it.
struct Disk: Hashable, Sendable {
  let id: VolumeID
  var number: LogicalDiskNumber?
  var name: LogicalDiskName
  var osType: OSType?
  var pool: PoolID
  var boundAt: Timestamp
  var limits = IOLimits()
  var body: Body

  enum Body: Hashable, Sendable {
    case volume(DataVolume)
    case snapshot(SnapshotVolume)
    case link(LinkVolume)
  }

  var volume: DataVolume? {
    if case .volume(let volume) = body { return volume }
    return nil
  }
  var snapshot: SnapshotVolume? {
    if case .snapshot(let snapshot) = body { return snapshot }
    return nil
  }
  var link: LinkVolume? {
    if case .link(let link) = body { return link }
    return nil
  }

  /// The base volume of a snapshot or link volume; itself for any other.
  var baseID: VolumeID {
    switch body {
    case .volume: id
    case .snapshot(let snapshot): snapshot.base
    case .link(let link): link.base
    }
  }
}

/// A disk with contents of its own: IV, BV, CV.
struct DataVolume: Hashable, Sendable {
  var image: ImageID
  /// Bytes.
  var capacity: UInt64
  /// Never changes: hosts have laid out what they store by it.
  var blockSize = LogicalBlockSize.bytes512
  /// Laid over block 0 after a restore; nil: block 0 is as the image has it.
  var signature: DiskSignature?
  /// What it was before its last restore.
  var undo: ImageID?
  /// The generation in another pool that it was restored from last: it may not be back yet.
  var returning: Returning?
  var isControl: Bool
  /// The number of the generation built last; such numbers are not used again.
  var lastGeneration: Int
  /// The pair in which it is the copy.
  var pair: ReplicaPair?
}

/// A restore from a generation of another pool.
struct Returning: Hashable, Sendable {
  var snapshot: VolumeID
  var since: Timestamp
}

/// A generation's place, and what it holds.
struct SnapshotVolume: Hashable, Sendable {
  var base: VolumeID
  /// Its place in the order of building, 1…
  var generation: Int
  var content: Content

  enum Content: Hashable, Sendable {
    case empty
    case deleted(at: Timestamp)
    case active(ActiveSnapshot)
  }

  var active: ActiveSnapshot? {
    if case .active(let active) = content { return active }
    return nil
  }
}

/// A snapshot. The number of its image tells its age: images are numbered as they are made.
struct ActiveSnapshot: Hashable, Sendable {
  var image: ImageID
  var since: Timestamp
  /// Bytes, of the base volume when it was taken.
  var capacity: UInt64
  var isGuarded: Bool
  /// What the base volume laid over its block 0 then.
  var signature: DiskSignature?
}

/// A window to a generation or to the base volume.
struct LinkVolume: Hashable, Sendable {
  var base: VolumeID
  /// Shown instead of the target's; nil for types that do not keep signatures apart.
  var signature: DiskSignature?
  var state: LinkState
}

/// A pool as the catalogue keeps it; its space is the engine's.
struct Pool: Hashable, Sendable {
  let id: PoolID
  var name: PoolName
  var kind: PoolKind
  var members: [String]
  var reserve: Reserve?
}

/// A snapshot reserve area as the catalogue keeps it.
struct Reserve: Hashable, Sendable {
  var chunks: UInt64
  var policy: ReservePolicy
  var thresholds: ReserveThresholds
}

/// What the array knows of itself.
struct ArrayIdentity: Hashable, Sendable {
  var name: String
  /// 16 hexadecimal digits.
  var worldWideName: String
  /// The number of the next volume to be made.
  var nextVolume: UInt64
}
