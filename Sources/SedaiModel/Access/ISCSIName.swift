/// The name of an iSCSI node, an initiator or a target. Kept as it was typed; upper and lower
/// case mean the same.
/// - Source: RFC 7143 section 4.2.7.
public struct ISCSIName: RawRepresentable, Sendable {
  public let rawValue: String

  /// Longest name, in bytes.
  public static let maximumLength = 223

  public init?(rawValue: String) {
    guard rawValue.utf8.count <= Self.maximumLength, rawValue.utf8.allSatisfy(Self.isAllowed)
    else { return nil }
    let lowered = rawValue.lowercased()
    let rest = lowered.dropFirst(4)
    switch lowered.prefix(4) {
    case "iqn.": guard !rest.isEmpty else { return nil }
    case "eui.": guard rest.count == 16, rest.allSatisfy(\.isHexDigit) else { return nil }
    case "naa.":
      guard rest.count == 16 || rest.count == 32, rest.allSatisfy(\.isHexDigit)
      else { return nil }
    default: return nil
    }
    self.rawValue = rawValue
  }
  public init?(_ text: String) { self.init(rawValue: text) }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: ":"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

extension ISCSIName: Hashable, CustomStringConvertible {
  public static func == (left: Self, right: Self) -> Bool {
    left.rawValue.lowercased() == right.rawValue.lowercased()
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue.lowercased()) }
  public var description: String { rawValue }
}
