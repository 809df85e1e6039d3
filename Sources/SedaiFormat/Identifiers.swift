/// One content of one volume. Never reused in the life of an array.
public struct ImageID: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ value: UInt64) { rawValue = value }
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A pool of the array, 0…254.
public struct PoolID: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public init(_ value: UInt8) { rawValue = value }
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A 4 KiB page of the system area: its segment times the blocks of a segment, plus its
/// block in the segment. 0 is no page, since block 0 of a segment holds counts.
public struct PageNumber: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ value: UInt64) { rawValue = value }
  public static let none = PageNumber(0)
}

/// A position in the journal: bytes since the array was made, were it not a ring.
public struct LogPosition: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ value: UInt64) { rawValue = value }
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What an image is for; it decides whose capacity it counts against.
public enum ImageRole: UInt8, Sendable {
  /// A volume that hosts write: each index of it is promised a chunk.
  case live = 1
  /// A snapshot; what it holds alone counts against the snapshot reserve area.
  case generation = 2
  /// What a volume was before a restore, hidden, given up first.
  case undo = 3
}

/// Records of the catalogue that hold secrets.
public enum SecretRecord {
  /// What their keys begin with. A program that shows records shows of these the keys alone.
  public static let prefix = "secret/"
}
