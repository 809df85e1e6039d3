/// Every bound that the iSCSI target puts on what a peer may send or make it hold.
public enum ISCSILimits {
  /// Bytes of data in one PDU that an initiator may send; told to it when it logs in.
  public static let maximumReceivedBytes = 256 << 10

  /// Bytes of data in one PDU of the login phase.
  /// - Source: RFC 7143 §13.12.
  public static let loginDataBytes = 8192

  /// Bytes of data that come in answer to one R2T, or go in one sequence of Data-In.
  public static let maximumBurstBytes = 1 << 20

  /// Bytes of data that an initiator may send with a command without being asked.
  public static let firstBurstBytes = 128 << 10

  /// R2Ts of one command that may wait for their data.
  public static let maximumOutstandingR2Ts = 8

  /// Commands that an initiator may have sent and that are not answered.
  public static let commandWindow = 128

  /// Bytes of data of one command; of more, no more is asked for.
  public static let maximumWriteBytes = 33 << 20

  /// Bytes of the unfinished writes of a session whose data is being asked for; others wait,
  /// unless there is none. What comes unasked is bounded by the command window.
  public static let maximumPendingBytes = 32 << 20

  /// Bytes of keys and values in one negotiation or request.
  public static let maximumTextBytes = 64 << 10

  /// Bytes of a key.
  /// - Source: RFC 7143 §6.1.
  public static let maximumKeyBytes = 63

  /// Bytes of a name of an initiator or a target.
  /// - Source: RFC 7143 §4.2.7.1.
  public static let maximumNameBytes = 223

  /// Requests in one login.
  public static let maximumLoginRequests = 32

  /// Bytes of a peer's ping that are sent back.
  public static let maximumPingBytes = 8192
}
