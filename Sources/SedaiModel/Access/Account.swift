/// The name of an operator or a host as the array knows them: 1–32 letters, digits, `_`, `-`
/// and `.`, beginning with a letter or digit. Unique among both.
public struct AccountName: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: String

  /// Longest name, in characters.
  public static let maximumLength = 32

  public init?(rawValue: String) {
    guard let first = rawValue.utf8.first, Self.isAlphanumeric(first),
      rawValue.utf8.count <= Self.maximumLength,
      rawValue.utf8.allSatisfy({ Self.isAlphanumeric($0) || Self.marks.contains($0) })
    else { return nil }
    self.rawValue = rawValue
  }
  public init?(_ text: String) { self.init(rawValue: text) }

  private static let marks = Set("_-.".utf8)

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: false
    }
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension AccountName: CustomStringConvertible {
  public var description: String { rawValue }
}

/// What an operator may do; each role may do what the ones before it may.
public enum OperatorRole: String, CaseIterable, Comparable, Sendable {
  /// Looks.
  case viewer
  /// Works with volumes, generations and what hosts see of them.
  case `operator`
  /// Does everything.
  case administrator

  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .viewer: 0
    case .operator: 1
    case .administrator: 2
    }
  }
}
