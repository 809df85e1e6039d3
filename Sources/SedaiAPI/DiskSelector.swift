/// How a request of the configuration names a logical disk: one word, so that it fits a path
/// segment and a JSON string alike.
///
///     bv001        the disk of that name
///     LX:bv001     the same, and its type must be LX
///     :bv001       the same, and it must have no type
///     number:31    the disk of that number, decimal
public enum DiskSelector: Hashable, Sendable {
  case name(String)
  case fullName(osType: String?, name: String)
  case number(UInt32)

  /// Longest text that is looked at; longer ones name nothing.
  public static let maximumLength = 64

  /// Nil if `text` has none of the forms. Name and type are checked by the array.
  public init?(_ text: String) {
    guard text.utf8.count <= Self.maximumLength else { return nil }
    if text.hasPrefix(APIPath.numberPrefix) {
      let digits = text.dropFirst(APIPath.numberPrefix.count)
      guard digits.allSatisfy({ "0"..."9" ~= $0 }), let number = UInt32(digits) else { return nil }
      self = .number(number)
      return
    }
    guard let colon = text.firstIndex(of: ":") else {
      guard VolumeReference.isName(text) else { return nil }
      self = .name(text)
      return
    }
    let name = text[text.index(after: colon)...]
    let type = text[..<colon]
    guard VolumeReference.isName(name), type.isEmpty || VolumeReference.isName(type)
    else { return nil }
    self = .fullName(osType: type.isEmpty ? nil : String(type), name: String(name))
  }

  /// The word that ``init(_:)`` reads back.
  public var text: String {
    switch self {
    case .name(let name): name
    case .fullName(let osType, let name): (osType ?? "") + ":" + name
    case .number(let number): APIPath.numbered(UInt64(number))
    }
  }
}

extension DiskSelector: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let selector = Self(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\"\(text)\" does not name a logical disk")
    }
    self = selector
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
