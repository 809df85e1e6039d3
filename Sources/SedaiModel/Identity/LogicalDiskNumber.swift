/// The number of a logical disk, 0…2³²−1; operators see it as `002ah`.
///
/// The views of the management command line show numbers below ``legacyLimit`` only.
public struct LogicalDiskNumber: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }
  public init(_ number: UInt32) { rawValue = number }

  /// The first number that a view with four hexadecimal digits cannot hold for the largest
  /// model.
  /// - Source: commands.md 5.1, LD count limits per model.
  public static let legacyLimit: UInt32 = 8192

  /// Reads `42`, or `002ah` with the `h` that marks hexadecimal.
  public init?(parsing text: String) {
    if text.hasSuffix("h") {
      guard let number = UInt32(text.dropLast(), radix: 16), text.first != "+" else { return nil }
      rawValue = number
    } else {
      guard let number = UInt32(text), text.first != "+" else { return nil }
      rawValue = number
    }
  }

  /// At least four lower-case hexadecimal digits, as in views whose label ends in `(h)`.
  public var hexadecimal: String {
    let digits = String(rawValue, radix: 16)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension LogicalDiskNumber: CustomStringConvertible {
  public var description: String { hexadecimal + "h" }
}

/// What the array calls a volume inside: the number of its creation, never used again, not
/// even after the volume is gone.
public struct VolumeID: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ number: UInt64) { rawValue = number }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
