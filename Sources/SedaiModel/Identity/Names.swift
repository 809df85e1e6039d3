/// The rule that names of the array share: letters, digits, `_` and perhaps one more.
private func isName(_ text: String, longest: Int, and other: Unicode.Scalar? = nil) -> Bool {
  guard !text.isEmpty, text.utf8.count <= longest else { return false }
  return text.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
      return true
    default: return Unicode.Scalar(byte) == other
    }
  }
}

/// The name of a logical disk: 1–24 letters, digits and `_`. Case is kept and significant;
/// names are unique on an array.
/// - Source: management-cli.md 1.3.
public struct LogicalDiskName: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: String

  /// Longest name, in characters: what a query's column holds.
  public static let maximumLength = 24

  public init?(rawValue: String) {
    guard isName(rawValue, longest: Self.maximumLength) else { return nil }
    self.rawValue = rawValue
  }
  public init?(_ text: String) { self.init(rawValue: text) }

  /// `NAME_01`, `NAME_02`, …: what generations built together are called. Nil if the result
  /// would be too long.
  public func numbered(_ number: Int) -> LogicalDiskName? {
    let digits = String(number)
    return LogicalDiskName(rawValue + "_" + (digits.count < 2 ? "0" + digits : digits))
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension LogicalDiskName: CustomStringConvertible {
  public var description: String { rawValue }
}

/// The name of an LD set: 1–16 letters, digits, `_` and `-`, which is found in the initiator
/// names that management software cuts such names from.
/// - Source: commands.md 5.2, addldset; management-cli.md 6.
public struct LDSetName: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: String

  /// Longest name, in characters.
  public static let maximumLength = 16

  public init?(rawValue: String) {
    guard isName(rawValue, longest: Self.maximumLength, and: "-") else { return nil }
    self.rawValue = rawValue
  }
  public init?(_ text: String) { self.init(rawValue: text) }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension LDSetName: CustomStringConvertible {
  public var description: String { rawValue }
}

/// The name of a pool: 1–32 letters, digits and `_`.
public struct PoolName: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: String

  /// Longest name, in characters.
  public static let maximumLength = 32

  public init?(rawValue: String) {
    guard isName(rawValue, longest: Self.maximumLength) else { return nil }
    self.rawValue = rawValue
  }
  public init?(_ text: String) { self.init(rawValue: text) }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension PoolName: CustomStringConvertible {
  public var description: String { rawValue }
}

/// The name of a host port of the array: 1–32 letters, digits and `_`.
public struct PortName: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: String

  /// Longest name, in characters.
  public static let maximumLength = 32

  public init?(rawValue: String) {
    guard isName(rawValue, longest: Self.maximumLength) else { return nil }
    self.rawValue = rawValue
  }
  public init?(_ text: String) { self.init(rawValue: text) }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension PortName: CustomStringConvertible {
  public var description: String { rawValue }
}

/// The name of an array: 1–32 letters, digits and `_`, one word in every list.
public struct ArrayName: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: String

  /// Longest name, in characters.
  public static let maximumLength = 32

  public init?(rawValue: String) {
    guard isName(rawValue, longest: Self.maximumLength) else { return nil }
    self.rawValue = rawValue
  }
  public init?(_ text: String) { self.init(rawValue: text) }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension ArrayName: CustomStringConvertible {
  public var description: String { rawValue }
}
