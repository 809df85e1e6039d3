/// A moment: nanoseconds since 1970-01-01 00:00 UTC. How it is shown, and in which time zone,
/// is the business of the program that shows it.
public struct Timestamp: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(nanoseconds: UInt64) { rawValue = nanoseconds }

  /// Whole seconds since 1970-01-01 00:00 UTC.
  public var seconds: UInt64 { rawValue / 1_000_000_000 }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
