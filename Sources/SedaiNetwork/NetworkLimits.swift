/// Every bound on what network clients can make this process hold or do, and every size that
/// was chosen by measurement.
public enum NetworkLimits {
  /// Connections one listener serves at once; further ones are closed at once.
  public static let maximumConnections = 1024

  /// Connections that wait in the kernel to be accepted.
  static let acceptBacklog: Int32 = 256

  /// How long an iSCSI initiator may be silent before it is pinged, and again before it is
  /// given up.
  static let heartbeatSeconds: Int64 = 30

  /// From the first byte to the end of negotiation or login, TLS handshake included.
  static let negotiationSeconds: Int64 = 30

  /// iSCSI logins from one address that may fail to prove who they are, until
  /// ``failedProofSeconds`` after the first of them; further ones are not heard till then.
  static let maximumFailedProofs = 10
  static let failedProofSeconds: Int64 = 60

  /// Addresses whose failed logins are counted; of more, the oldest are forgotten.
  static let rememberedAddresses = 1024

  /// How long an iSCSI initiator has to log out when its portal closes.
  static let logoutSeconds: Int64 = 2

  /// Grace for requests under way when the server stops; then connections are cut.
  static let stopSeconds: Int64 = 10

  /// What one read from a socket can take: more than a Unix socket queues by default.
  static let receiveBufferBytes = 256 << 10

  /// Replies gathered before they are sent although more requests have already arrived.
  static let replyBatchBytes = 256 << 10

  /// Room for replies that a connection keeps between batches.
  static let retainedReplyBytes = 4 << 20

  /// Replies waiting for the peer to read: above the high mark no request is looked at and
  /// nothing is received until they fall below the low mark.
  static let writeLowWaterBytes = 256 << 10
  static let writeHighWaterBytes = 1 << 20

  /// Requests of one connection that worker threads have; more stay in the socket.
  static let maximumRequestsUnderWay = 128

  /// Payload, to or from the peer, of the requests that worker threads have. One request
  /// is always let through, so this may be exceeded by one maximum payload.
  static let maximumBytesUnderWay = 32 << 20

  /// Replies to reads of more than ``maximumInlineBytes`` that a whole server holds; a read
  /// beyond that is refused with ENOMEM.
  static let largeReplyBytes = 512 << 20

  /// Reads, writes and trims up to this size are tried on the event loop.
  static let maximumInlineBytes: UInt32 = 1 << 20

  /// Bytes that CACHE reads ahead at most; the rest of the range is ignored.
  static let maximumReadAheadBytes: UInt32 = 32 << 20

  /// Bytes that CACHE reads at a time.
  static let readAheadStepBytes: UInt32 = 256 << 10

  /// Extents asked of the volume for one block status reply.
  static let maximumStatusExtents = 4096

  /// Send buffer asked of the kernel for each connection by a Unix socket; it grants what
  /// `net.core.wmem_max` allows. Measured: 256 KiB reads at depth 8 are 1.6 times as fast as
  /// with the kernel's default.
  static let sendBufferBytes: Int32 = 4 << 20
}
