/// A group of hosts and the logical disks they may see.
public struct LDSetDocument: Codable, Hashable, Sendable {
  public var name: String
  public var osType: String?
  public var disks: [LDSetDiskDocument]
  /// Names that TLS client certificates of its hosts carry.
  public var clients: [String]

  public init(
    name: String, osType: String? = nil, disks: [LDSetDiskDocument] = [], clients: [String] = []
  ) {
    self.name = name
    self.osType = osType
    self.disks = disks
    self.clients = clients
  }
}

/// A logical disk in an LD set.
public struct LDSetDiskDocument: Codable, Hashable, Sendable {
  public var name: String
  public var lun: UInt16

  public init(name: String, lun: UInt16) {
    self.name = name
    self.lun = lun
  }
}

/// Makes an LD set.
public struct LDSetCreateRequest: Codable, Hashable, Sendable {
  public var name: String
  public var osType: String?

  public init(name: String, osType: String? = nil) {
    self.name = name
    self.osType = osType
  }
}

/// Assigns a logical disk.
public struct LDSetDiskRequest: Codable, Hashable, Sendable {
  public var disk: String
  /// Nil takes the lowest free one, never 0 for a link volume.
  public var lun: UInt16?

  public init(disk: String, lun: UInt16? = nil) {
    self.disk = disk
    self.lun = lun
  }
}

/// Lets the bearer of a TLS client certificate in.
public struct LDSetClientRequest: Codable, Hashable, Sendable {
  public var client: String

  public init(client: String) { self.client = client }
}
