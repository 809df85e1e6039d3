/// What tells a logical unit from every other one, for all its life.
public struct UnitIdentity: Hashable, Sendable {
  /// 16 hexadecimal digits that no other array has.
  public let array: UInt64
  /// Never used for another unit of the array.
  public let creation: UInt64
  /// The number that operators see; it may be used again for another unit.
  public let number: UInt32?
  /// What operators call it.
  public let name: String
  /// Bytes of a logical block: 512 or 4096.
  public let blockBytes: UInt64

  public init(
    array: UInt64, creation: UInt64, number: UInt32?, name: String, blockBytes: UInt64 = 512
  ) {
    self.array = array
    self.creation = creation
    self.number = number
    self.name = name
    self.blockBytes = blockBytes
  }

  static let vendor = "SEDAI"
  static let product = "Virtual Disk"
  static let revision = "0001"

  /// Letters and digits, the same for all its life.
  public var serialNumber: String {
    Self.hexadecimal(array) + Self.hexadecimal(creation)
  }

  /// An NAA identifier of 16 bytes. Its company part has the bit set that marks it as given
  /// out locally, so it equals none of a registered company.
  /// - Source: SPC-4 §7.8.6.6.5.
  var extendedIdentifier: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: 0x6020_0000_0000_0000 | array & 0x0FCF_FFFF_FFFF_FFFF)
    bytes.append(bigEndian: creation)
    return bytes
  }

  /// An NAA identifier of 8 bytes, given out locally, of the array and the unit's number.
  /// - Source: SPC-4 §7.8.6.6.4.
  var numberIdentifier: [UInt8]? {
    guard let number else { return nil }
    var bytes: [UInt8] = []
    bytes.append(
      bigEndian: 0x3 << 60 | (array & 0xFFF_FFFF) << 32 | UInt64(number))
    return bytes
  }

  private static func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// The two ends of a path to a logical unit; what is agreed with an initiator is agreed with
/// this pair.
public struct SCSINexus: Hashable, Sendable {
  /// The initiator port's name, with its session's qualifier.
  public let initiator: String
  /// The target port's name, with its portal group.
  public let target: String

  public init(initiator: String, target: String) {
    self.initiator = initiator
    self.target = target
  }
}

/// One session's place at one unit.
public struct AttachmentID: Hashable, Sendable { let rawValue: UInt64 }
