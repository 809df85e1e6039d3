/// The fixed numbers that open messages.
/// - Source: NBD protocol, "Protocol phases".
enum NBDMagic {
  /// "NBDMAGIC", first thing a server says.
  static let greeting: UInt64 = 0x4e42_444d_4147_4943
  /// "IHAVEOPT", before the handshake flags and before every option.
  static let option: UInt64 = 0x4948_4156_454f_5054
  static let optionReply: UInt64 = 0x0003_e889_0455_65a9
  static let request: UInt32 = 0x2560_9513
  static let simpleReply: UInt32 = 0x6744_6698
  static let structuredReply: UInt32 = 0x668e_33ef
}

/// Flags of the greeting; the client answers with the same bits.
struct NBDHandshakeFlags: OptionSet {
  let rawValue: UInt16
  static let fixedNewstyle = Self(rawValue: 1 << 0)
  static let noZeroes = Self(rawValue: 1 << 1)
}

/// What a client may ask for during negotiation.
/// - Source: NBD protocol, "Option types".
enum NBDOptionCode: UInt32 {
  case exportName = 1
  case abort = 2
  case list = 3
  case startTLS = 5
  case information = 6
  case go = 7
  case structuredReply = 8
  case listMetaContext = 9
  case setMetaContext = 10
}

/// How a server answers an option.
/// - Source: NBD protocol, "Option reply types".
enum NBDOptionReplyCode: UInt32 {
  case acknowledged = 1
  case server = 2
  case information = 3
  case metaContext = 4
  case unsupported = 0x8000_0001
  case policy = 0x8000_0002
  case invalid = 0x8000_0003
  case tlsRequired = 0x8000_0005
  case unknown = 0x8000_0006
  case tooBig = 0x8000_0009
}

/// Pieces of information about an export.
enum NBDInformationCode: UInt16 {
  case export = 0
  case name = 1
  case description = 2
  case blockSize = 3
}

/// What an export can do, told when transmission is about to begin.
/// - Source: NBD protocol, "Transmission flags".
struct NBDTransmissionFlags: OptionSet {
  let rawValue: UInt16
  static let hasFlags = Self(rawValue: 1 << 0)
  static let readOnly = Self(rawValue: 1 << 1)
  static let sendFlush = Self(rawValue: 1 << 2)
  static let sendFUA = Self(rawValue: 1 << 3)
  static let sendTrim = Self(rawValue: 1 << 5)
  static let sendWriteZeroes = Self(rawValue: 1 << 6)
  static let sendDF = Self(rawValue: 1 << 7)
  static let canMultiConn = Self(rawValue: 1 << 8)
  static let sendCache = Self(rawValue: 1 << 10)
  static let sendFastZero = Self(rawValue: 1 << 11)
}
