internal import SedaiBytes

/// Headers of the answers, stored where the caller has room for them.
/// - Source: NBD protocol, "Simple reply message", "Structured reply chunk message".
public enum NBDReply {
  /// Bytes of a simple reply; data of an unstructured READ follows it.
  public static let simpleBytes = 16
  /// Bytes before the data in the one chunk that answers a structured READ.
  public static let dataChunkBytes = chunkHeaderBytes + 8
  /// Bytes of a chunk that says an error, without a text.
  public static let errorChunkBytes = chunkHeaderBytes + 6
  static let chunkHeaderBytes = 20

  /// The most bytes that ``storeOutcome(_:of:structured:into:)`` needs.
  public static let maximumOutcomeBytes = errorChunkBytes

  /// Where the error stands in a simple reply, big-endian: answers to everything but READ are
  /// simple while they say success, and can be turned into a failure there.
  public static let errorFieldOffset = 4

  /// Bytes before the data of a successful READ.
  public static func readHeaderBytes(structured: Bool) -> Int {
    structured ? dataChunkBytes : simpleBytes
  }

  /// Stores what precedes the data of a successful READ.
  ///
  /// - Precondition: there is room for ``readHeaderBytes(structured:)`` bytes.
  @_lifetime(bytes: copy bytes)
  public static func storeReadHeader(
    of request: NBDRequest, structured: Bool, into bytes: inout MutableRawSpan
  ) {
    guard structured else { return storeSimple(error: 0, request.cookie, into: &bytes) }
    storeChunk(.offsetData, request.cookie, payloadBytes: 8 + request.length, into: &bytes)
    bytes.store(bigEndian: request.offset, at: chunkHeaderBytes)
  }

  /// Stores the answer to a request without content and returns its length: nil is success,
  /// else the error. Errors are chunks where structured replies were agreed, as READ demands.
  ///
  /// - Precondition: there is room for ``maximumOutcomeBytes``.
  @_lifetime(bytes: copy bytes)
  public static func storeOutcome(
    _ error: NBDErrorNumber?, of request: NBDRequest, structured: Bool,
    into bytes: inout MutableRawSpan
  ) -> Int {
    guard structured, let error else {
      storeSimple(error: error?.rawValue ?? 0, request.cookie, into: &bytes)
      return simpleBytes
    }
    storeChunk(.error, request.cookie, payloadBytes: 6, into: &bytes)
    bytes.store(bigEndian: error.rawValue, at: chunkHeaderBytes)
    bytes.store(bigEndian: UInt16(0), at: chunkHeaderBytes + 4)
    return errorChunkBytes
  }

  @_lifetime(bytes: copy bytes)
  private static func storeSimple(
    error: UInt32, _ cookie: UInt64, into bytes: inout MutableRawSpan
  ) {
    bytes.store(bigEndian: NBDMagic.simpleReply, at: 0)
    bytes.store(bigEndian: error, at: 4)
    bytes.store(bigEndian: cookie, at: 8)
  }

  @_lifetime(bytes: copy bytes)
  private static func storeChunk(
    _ code: NBDReplyChunkCode, _ cookie: UInt64, payloadBytes: UInt32,
    into bytes: inout MutableRawSpan
  ) {
    bytes.store(bigEndian: NBDMagic.structuredReply, at: 0)
    bytes.store(bigEndian: NBDReplyChunkFlag.done, at: 4)
    bytes.store(bigEndian: code.rawValue, at: 6)
    bytes.store(bigEndian: cookie, at: 8)
    bytes.store(bigEndian: payloadBytes, at: 16)
  }
}
