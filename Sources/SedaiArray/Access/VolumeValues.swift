public import SedaiModel

/// Why an access to an open volume failed.
public enum VolumeError: Error, Hashable, Sendable {
  case inputOutput
  case noSpace
  case readOnly
  case outOfRange
  /// A link volume that shows nothing, or whose link allows no access.
  case notReady
  /// What was opened is no longer what this name shows, or the array stops: open it again.
  case shutDown
  case invalid
}

/// A range of a volume that is allocated or not, in bytes.
public struct VolumeExtent: Hashable, Sendable {
  public let offset: UInt64
  public let count: UInt64
  /// False: it reads as zeroes and holds nothing.
  public let isAllocated: Bool

  public init(offset: UInt64, count: UInt64, isAllocated: Bool) {
    self.offset = offset
    self.count = count
    self.isAllocated = isAllocated
  }
}

/// A range of a volume that is, or is not, as in a generation, in bytes.
public struct VolumeChange: Hashable, Sendable {
  public let offset: UInt64
  public let count: UInt64
  public let isChanged: Bool

  public init(offset: UInt64, count: UInt64, isChanged: Bool) {
    self.offset = offset
    self.count = count
    self.isChanged = isChanged
  }
}

/// From where a data client came; decides what it sees.
public enum Peer: Hashable, Sendable {
  /// By iSCSI, as this initiator.
  case initiator(ISCSIName)
  /// By the Unix socket of this LD set.
  case ldSet(String)
  /// Over TLS with a client certificate of this name.
  case certificate(String)
  /// By the array's own local socket.
  case localAdministrator
}

/// A volume that a peer may open.
public struct ExportFacts: Hashable, Sendable {
  public let name: String
  /// In bytes.
  public let size: UInt64
  public let isReadOnly: Bool
  /// For people: kind, number, type.
  public let description: String

  public init(name: String, size: UInt64, isReadOnly: Bool, description: String) {
    self.name = name
    self.size = size
    self.isReadOnly = isReadOnly
    self.description = description
  }
}
