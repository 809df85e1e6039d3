/// How a logical disk was connected to this host, so that it can be found, checked, connected
/// again and taken down.
public struct AttachmentRecord: Codable, Hashable, Sendable {
  public var identity: DiskIdentity
  /// The logical disk number.
  public var number: UInt32?
  public var name: String
  public var ldSet: String
  public var transport: DiskTransport
  /// As in `/dev/loop3`; nil while it is not connected.
  public var device: String?
  public var isReadOnly: Bool
  /// Whether it is connected again after a start of the host.
  public var isPersistent: Bool
  /// Where the array serves it: a URI of NBD, or portals of iSCSI.
  public var sources: [String]
  /// The target of iSCSI.
  public var target: String?
  /// Of FUSE: the directory in which a process holds the connection.
  public var connection: String?
  /// Whether a command made it unusable until it is mounted again.
  public var isNotReady: Bool

  public init(
    identity: DiskIdentity, number: UInt32?, name: String, ldSet: String,
    transport: DiskTransport, isReadOnly: Bool = false, isPersistent: Bool = false,
    sources: [String] = [], target: String? = nil
  ) {
    self.identity = identity
    self.number = number
    self.name = name
    self.ldSet = ldSet
    self.transport = transport
    device = nil
    self.isReadOnly = isReadOnly
    self.isPersistent = isPersistent
    self.sources = sources
    self.target = target
    connection = nil
    isNotReady = false
  }
}
