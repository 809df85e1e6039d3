/// Request types.
/// - Source: NBD protocol, "Request types".
enum NBDCommandCode: UInt16 {
  case read = 0
  case write = 1
  case disconnect = 2
  case flush = 3
  case trim = 4
  case cache = 5
  case writeZeroes = 6
  case blockStatus = 7
}

/// Flags that come with a request.
/// - Source: NBD protocol, "Command flags".
public struct NBDCommandFlags: OptionSet, Sendable {
  public let rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The answer waits until what the request changed is durable.
  public static let forceUnitAccess = Self(rawValue: 1 << 0)
  /// WRITE_ZEROES only: space may not be given back.
  public static let noHole = Self(rawValue: 1 << 1)
  /// READ only: one piece of content in the answer.
  public static let doNotFragment = Self(rawValue: 1 << 2)
  /// BLOCK_STATUS only: one descriptor per context.
  public static let requestOne = Self(rawValue: 1 << 3)
  /// WRITE_ZEROES only: fail rather than write zeroes one by one.
  public static let fastZero = Self(rawValue: 1 << 4)
}

/// The error numbers that the protocol allows in answers.
/// - Source: NBD protocol, "Error values".
public enum NBDErrorNumber: UInt32, Sendable, CaseIterable {
  /// EPERM: the export is read-only.
  case notPermitted = 1
  /// EIO: the volume cannot be read or written now.
  case inputOutput = 5
  /// ENOMEM.
  case noMemory = 12
  /// EINVAL: unknown command or flag, or out of range.
  case invalid = 22
  /// ENOSPC: no space left, or a write beyond the end.
  case noSpace = 28
  /// EOVERFLOW: more than fits into one unfragmented answer.
  case overflow = 75
  /// ENOTSUP: fast zeroing is not possible here.
  case notSupported = 95
  /// ESHUTDOWN: the server or the volume is going away.
  case shutDown = 108
}

/// Types of the chunks of a structured reply.
/// - Source: NBD protocol, "Structured reply types".
enum NBDReplyChunkCode: UInt16 {
  case none = 0
  case offsetData = 1
  case blockStatus = 5
  case error = 0x8001
}

/// Flags of a chunk of a structured reply.
enum NBDReplyChunkFlag {
  static let done: UInt16 = 1
}

/// Status flags of a block status descriptor.
public enum NBDStatusFlag {
  /// `base:allocation`: nothing is allocated there.
  public static let hole: UInt32 = 1 << 0
  /// `base:allocation`: it reads as zeroes.
  public static let zero: UInt32 = 1 << 1
  /// `sedai:changed-since/…`: it may differ from that generation.
  public static let changed: UInt32 = 1 << 0
}
