public import SedaiAPI

/// The host's table that ties logical disks of an array to disks, volumes and mount points.
/// - Source: seed manual 1.6; commands.md 1.
public struct VolumeList: Codable, Hashable, Sendable {
  /// Of the form; another one is not read.
  public static let currentVersion = 1

  public var version = currentVersion
  /// Seconds since 1970 UTC.
  public var updatedAt: Int64
  /// The array as it was then, to find out later what changed.
  public var array: ArrayPicture
  /// The definition of the control volume on this host then; nil for none.
  public var controlVolume: String?
  /// By number, then by name.
  public var disks: [ListedDisk]

  public init(
    updatedAt: Int64, array: ArrayPicture, controlVolume: String? = nil, disks: [ListedDisk] = []
  ) {
    self.updatedAt = updatedAt
    self.array = array
    self.controlVolume = controlVolume
    self.disks = disks
  }

  /// The disk of a name.
  public func disk(named name: String) -> ListedDisk? { disks.first { $0.name == name } }

  /// Devices of logical disks by name.
  public var devices: [String: String] {
    Dictionary(
      disks.compactMap { disk in disk.device.map { (disk.name, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  /// Where a volume stands in the list.
  public struct Place: Hashable, Sendable {
    public let disk: Int
    public let volume: Int
  }

  /// Every volume that fits.
  public func places(where isMeant: (ListedDisk, ListedVolume) -> Bool) -> [Place] {
    disks.indices.flatMap { disk in
      disks[disk].volumes.indices.filter { isMeant(disks[disk], disks[disk].volumes[$0]) }
        .map { Place(disk: disk, volume: $0) }
    }
  }

  /// Changes the entry of a volume, if there is one.
  public mutating func update(_ name: VolumeName, _ body: (inout ListedVolume) -> Void) {
    for place in places(where: { $1.name == name }) { body(&self[place]) }
  }

  /// Notes that a volume is mounted; a drive letter belongs to one volume.
  public mutating func assign(_ drive: DriveLetter?, to name: VolumeName, at directory: String) {
    if let drive {
      for place in places(where: { $1.drive == drive && $1.name != name }) {
        self[place].drive = nil
      }
    }
    update(name) { entry in
      entry.drive = drive
      entry.isReleased = false
      entry.mountPoints = [directory]
    }
  }

  /// Notes the device of a disk that was connected again.
  public mutating func setDevice(_ device: String, of identity: DiskIdentity) {
    for index in disks.indices where disks[index].identity == identity {
      guard !disks[index].paths.contains(where: { $0.device == device }) else { continue }
      if let path = disks[index].paths.firstIndex(where: { $0.transport != .iSCSI }) {
        disks[index].paths[path].device = device
      } else {
        disks[index].paths.append(DevicePath(device: device, transport: .fuse))
      }
    }
  }

  public subscript(_ place: Place) -> ListedVolume {
    get { disks[place.disk].volumes[place.volume] }
    set { disks[place.disk].volumes[place.volume] = newValue }
  }
}

/// A logical disk that this host has as a disk.
public struct ListedDisk: Codable, Hashable, Sendable {
  public var identity: DiskIdentity
  /// The logical disk number.
  public var number: UInt32?
  public var name: String
  public var osType: String?
  public var kind: LogicalDiskKind
  public var paths: [DevicePath]
  /// Why the entry is that of an earlier list; nil if it was read anew.
  public var keptBecause: String?
  public var table: PartitionTable.Kind?
  public var volumes: [ListedVolume]

  public init(
    identity: DiskIdentity, number: UInt32?, name: String, osType: String?,
    kind: LogicalDiskKind, paths: [DevicePath], keptBecause: String? = nil,
    table: PartitionTable.Kind? = nil, volumes: [ListedVolume] = []
  ) {
    self.identity = identity
    self.number = number
    self.name = name
    self.osType = osType
    self.kind = kind
    self.paths = paths
    self.keptBecause = keptBecause
    self.table = table
    self.volumes = volumes
  }

  /// The first path that works, else the first.
  public var device: String? { (paths.first { !$0.isBlocked } ?? paths.first)?.device }
}

/// A device through which a logical disk is reached.
public struct DevicePath: Codable, Hashable, Sendable {
  /// As in `/dev/sdb`.
  public var device: String
  public var transport: DiskTransport
  /// Whether the last access through it failed.
  public var isBlocked: Bool

  public init(device: String, transport: DiskTransport, isBlocked: Bool = false) {
    self.device = device
    self.transport = transport
    self.isBlocked = isBlocked
  }
}

/// How a logical disk comes to the host.
public enum DiskTransport: String, Codable, Hashable, Sendable, CaseIterable {
  case iSCSI = "iscsi"
  /// The kernel's NBD client.
  case nbd
  /// An NBD client in a process, and a loop device on it.
  case fuse
}

/// A partition, or a disk without partitions.
public struct ListedVolume: Codable, Hashable, Sendable {
  public var name: VolumeName
  /// 0 for the whole disk.
  public var partition: Int
  public var content: VolumeContent
  public var drive: DriveLetter?
  /// Whether an unmount took the drive away; the list still shows which it was.
  public var isReleased: Bool
  /// Where it is mounted or was last; several if it is mounted several times.
  public var mountPoints: [String]

  public init(
    name: VolumeName, partition: Int, content: VolumeContent, drive: DriveLetter? = nil,
    isReleased: Bool = false, mountPoints: [String] = []
  ) {
    self.isReleased = isReleased
    self.name = name
    self.partition = partition
    self.content = content
    self.drive = drive
    self.mountPoints = mountPoints
  }
}
