/// Every bound that the NBD server puts on what a peer may send or make it hold.
public enum NBDLimits {
  /// Bytes in an export name, a context query or any other string.
  /// - Source: NBD protocol, "Values", strings of at most 4096 bytes.
  public static let maximumNameBytes = 4096

  /// Bytes in the data of one option that is looked at. A longer one is skipped unread and
  /// answered with "too big".
  public static let maximumOptionBytes = 65_536

  /// Bytes in the data of one option that is still skipped; beyond it the peer is cut off.
  public static let maximumSkippedOptionBytes = 1 << 20

  /// Options in one negotiation. Listing every export and asking about each fits easily.
  public static let maximumOptions = 1024

  /// Queries in one request to list or set metadata contexts.
  public static let maximumContextQueries = 64

  /// Metadata contexts selected at once.
  public static let maximumContexts = 16

  /// Bytes one READ or WRITE may carry, told to clients as the maximum block size.
  public static let maximumPayloadBytes: UInt32 = 32 << 20

  /// Payload of an oversized or refused WRITE that is still skipped so that the connection
  /// survives; beyond it the peer is cut off.
  public static let maximumSkippedPayloadBytes: UInt32 = 64 << 20

  /// The smallest request that works; any offset and length do.
  public static let minimumBlockBytes: UInt32 = 1

  /// The request size and alignment that never costs reading around it.
  public static let preferredBlockBytes: UInt32 = 4096

  /// WRITE payloads up to this size are handed on whole; of a larger one, pieces are handed
  /// on as they arrive, so no connection holds more than this of an unfinished request.
  public static let wholeWriteBytes: UInt32 = 128 << 10

  /// Where the pieces of a large WRITE are cut, counted in the volume's offsets, so that no
  /// cut makes a partial block.
  public static let pieceAlignment: UInt64 = 64 << 10

  /// Descriptors in one context's part of a block status reply.
  public static let maximumStatusDescriptors = 4096
}
