/// What a PDU is.
/// - Source: RFC 7143 §11.2.1.2.
enum ISCSIOpcode {
  static let nopOut: UInt8 = 0x00
  static let command: UInt8 = 0x01
  static let taskManagement: UInt8 = 0x02
  static let login: UInt8 = 0x03
  static let text: UInt8 = 0x04
  static let dataOut: UInt8 = 0x05
  static let logout: UInt8 = 0x06

  static let nopIn: UInt8 = 0x20
  static let response: UInt8 = 0x21
  static let taskManagementResponse: UInt8 = 0x22
  static let loginResponse: UInt8 = 0x23
  static let textResponse: UInt8 = 0x24
  static let dataIn: UInt8 = 0x25
  static let logoutResponse: UInt8 = 0x26
  static let readyToTransfer: UInt8 = 0x31
  static let asynchronousMessage: UInt8 = 0x32
  static let reject: UInt8 = 0x3F
}

/// Flags of byte 1.
enum ISCSIFlag {
  static let final: UInt8 = 0x80
  static let continues: UInt8 = 0x40
  static let read: UInt8 = 0x40
  static let write: UInt8 = 0x20
  static let status: UInt8 = 0x01
  static let overflow: UInt8 = 0x04
  static let underflow: UInt8 = 0x02
}

/// Why a PDU is rejected.
/// - Source: RFC 7143 §11.17.1.
enum ISCSIRejectReason: UInt8 {
  case protocolError = 0x04
  case notSupported = 0x05
  case invalidField = 0x09
}

/// A tag that names nothing.
enum ISCSITag {
  static let none: UInt32 = 0xFFFF_FFFF
}
