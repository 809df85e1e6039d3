public import SedaiAPI

/// What of an array's configuration matters to a host.
public struct ArrayPicture: Codable, Hashable, Sendable {
  public var name: String
  /// 16 hexadecimal digits.
  public var worldWideName: String
  /// Of the array when it answered; the same number means the same configuration.
  public var configurationNumber: UInt64?
  /// By number, then by name.
  public var disks: [Disk]
  /// By name.
  public var ldSets: [Access]

  public struct Disk: Codable, Hashable, Sendable {
    public var creation: UInt64
    public var number: UInt32?
    public var name: String
    public var osType: String?
    public var kind: LogicalDiskKind
    public var capacity: UInt64
  }

  /// Who sees what through one LD set.
  public struct Access: Codable, Hashable, Sendable {
    public var name: String
    /// Names of disks with their places.
    public var disks: [String]
    /// Those who are let in, however they are known.
    public var hosts: [String]
    public var portals: [String]
  }

  /// - Returns: nil if a disk does not say which it is, as those of older arrays.
  public init?(_ configuration: ConfigurationDocument) {
    name = configuration.status.name
    worldWideName = configuration.status.worldWideName
    configurationNumber = configuration.status.configurationNumber
    var disks: [Disk] = []
    for disk in configuration.logicalDisks {
      guard let creation = disk.creation else { return nil }
      disks.append(
        Disk(
          creation: creation, number: disk.number, name: disk.name, osType: disk.osType,
          kind: disk.kind, capacity: disk.capacity))
    }
    self.disks = disks
    ldSets = configuration.ldSets.map { set in
      Access(
        name: set.name, disks: set.disks.map { "\($0.name) \($0.lun)" }.sorted(),
        hosts: (set.initiators + set.clients + set.paths).sorted(),
        portals: set.portals.sorted())
    }
  }

  /// What tells a disk of this picture from every other one.
  public func identity(of disk: Disk) -> DiskIdentity {
    DiskIdentity(array: worldWideName.lowercased(), creation: disk.creation)
  }
}
