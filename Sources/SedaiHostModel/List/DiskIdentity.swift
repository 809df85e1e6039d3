/// What tells a logical disk from every other one, also from a later one of its name or number.
public struct DiskIdentity: Codable, Hashable, Sendable {
  /// The array's world wide name: 16 hexadecimal digits.
  public let array: String
  /// Never used for another disk of the array.
  public let creation: UInt64

  public init(array: String, creation: UInt64) {
    self.array = array
    self.creation = creation
  }

  private var arrayNumber: UInt64 { UInt64(array, radix: 16) ?? 0 }

  /// As the kernel prints what an iSCSI disk says of itself.
  /// - Source: SPC-4 §7.8.6.6.5, and what the array's target answers.
  public var worldWideIdentifier: String {
    "naa." + Self.digits(0x6020_0000_0000_0000 | arrayNumber & 0x0FCF_FFFF_FFFF_FFFF)
      + Self.digits(creation)
  }

  /// The name of a volume on this disk. It follows from the disk and the partition alone, so it
  /// is the same on every host and after every start.
  /// - Parameter partition: its number, 0 for the whole disk, below 1024.
  /// - Source: RFC 9562 section 5.8.
  public func volumeName(partition: Int) -> VolumeName {
    let array = arrayNumber
    let head = Self.digits(array >> 16).suffix(12)
    let third = Self.digits(0x8000 | array >> 4 & 0xFFF).suffix(4)
    let fourth = Self.digits(0x8000 | (array & 0xF) << 10 | creation >> 38 & 0x3FF).suffix(4)
    let node = Self.digits(creation << 10 | UInt64(partition & 0x3FF)).suffix(12)
    return VolumeName(
      known: "\(head.prefix(8))-\(head.suffix(4))-\(third)-\(fourth)-\(node)")
  }

  private static func digits(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// The name by which commands know a volume: `\\?\Volume{GUID}\`.
/// - Source: seed manual 1.7 step 9.
public struct VolumeName: Hashable, Sendable {
  /// The part in braces.
  public let identifier: String

  init(known identifier: String) { self.identifier = identifier }

  /// What somebody may mean who typed it.
  public enum Reading: Hashable, Sendable {
    case name(VolumeName)
    /// A shell took away its backslashes; this is what was meant.
    case mangled(VolumeName)
    case nothing
  }

  /// Reads `\\?\Volume{GUID}\`, the same without its last backslash, and `Volume{GUID}`.
  public static func reading(_ text: String) -> Reading {
    guard let open = text.firstIndex(of: "{"),
      let close = text[open...].firstIndex(of: "}")
    else { return .nothing }
    let identifier = text[text.index(after: open)..<close].lowercased()
    let before = text[..<open]
    let after = text[text.index(after: close)...]
    let groups = identifier.split(separator: "-", omittingEmptySubsequences: false)
    guard groups.map(\.count) == [8, 4, 4, 4, 12],
      groups.allSatisfy({ $0.allSatisfy(\.isHexDigit) }), before.hasSuffix("Volume")
    else { return .nothing }
    let name = VolumeName(known: identifier)
    let isWhole = before == "\\\\?\\Volume" && (after.isEmpty || after == "\\")
    return isWhole || before == "Volume" && after.isEmpty ? .name(name) : .mangled(name)
  }
}

extension VolumeName: CustomStringConvertible {
  public var description: String { "\\\\?\\Volume{\(identifier)}\\" }
}

extension VolumeName: Codable {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard case .name(let name) = Self.reading(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "\(text) is no volume name"))
    }
    self = name
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// A drive letter: a directory of this host under the name that procedures know it by.
public struct DriveLetter: Hashable, Comparable, Sendable {
  /// `A`…`Z`.
  public let letter: String

  /// Reads `G:`, in either case.
  public init?(_ text: String) {
    let upper = text.uppercased()
    guard upper.utf8.count == 2, upper.hasSuffix(":"), let first = upper.utf8.first,
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first)
    else { return nil }
    letter = String(upper.prefix(1))
  }

  public static func < (left: Self, right: Self) -> Bool { left.letter < right.letter }
}

extension DriveLetter: CustomStringConvertible {
  public var description: String { letter + ":" }
}

extension DriveLetter: Codable {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let letter = Self(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "\(text) is no drive letter"))
    }
    self = letter
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
