/// How a request names a volume: one word, so that it fits a path segment, a query item and a
/// JSON string alike.
///
/// Names hold letters, digits and `_` only, so the full stop is free to separate a base volume
/// from one of its generations:
///
///     bv001        the logical disk of that name
///     bv001.-2     the second newest generation of bv001
///     bv001.7      generation 7 of bv001, counted from the first one ever built
public enum VolumeReference: Hashable, Sendable {
  case name(String)
  /// `age` 1 is the newest generation that holds a snapshot.
  case relativeGeneration(baseVolume: String, age: UInt32)
  /// `number` is fixed for the life of the generation.
  case absoluteGeneration(baseVolume: String, number: UInt64)

  /// Longest text that is looked at; longer ones name nothing.
  public static let maximumLength = 64

  /// Nil if `text` is in none of the three forms. The name itself is checked by the array.
  public init?(_ text: String) {
    guard text.utf8.count <= Self.maximumLength else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let name = parts.first, Self.isName(name) else { return nil }
    switch parts.count {
    case 1:
      self = .name(String(name))
    case 2 where parts[1].hasPrefix("-"):
      guard let age = Self.number(parts[1].dropFirst()), let small = UInt32(exactly: age)
      else { return nil }
      self = .relativeGeneration(baseVolume: String(name), age: small)
    case 2:
      guard let number = Self.number(parts[1]) else { return nil }
      self = .absoluteGeneration(baseVolume: String(name), number: number)
    default:
      return nil
    }
  }

  /// The word that ``init(_:)`` reads back.
  public var text: String {
    switch self {
    case .name(let name): name
    case .relativeGeneration(let baseVolume, let age): "\(baseVolume).-\(age)"
    case .absoluteGeneration(let baseVolume, let number): "\(baseVolume).\(number)"
    }
  }

  /// True for one or more letters, digits and `_`.
  public static func isName(_ text: some StringProtocol) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }

  /// A number from 1 up in decimal digits; no sign, no leading zero.
  private static func number(_ digits: some StringProtocol) -> UInt64? {
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      !digits.hasPrefix("0")
    else { return nil }
    return UInt64(digits)
  }
}

extension VolumeReference: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let reference = Self(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\"\(text)\" does not name a volume")
    }
    self = reference
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
