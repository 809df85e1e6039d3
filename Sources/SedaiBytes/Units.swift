/// A number of bytes, 0…2⁶⁴−1.
public struct ByteCount: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ bytes: UInt64) { rawValue = bytes }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  public static func kibibytes(_ count: UInt64) -> Self { Self(count << 10) }
  public static func mebibytes(_ count: UInt64) -> Self { Self(count << 20) }
  public static func gibibytes(_ count: UInt64) -> Self { Self(count << 30) }
  public static func tebibytes(_ count: UInt64) -> Self { Self(count << 40) }
}

/// Which 64 KiB piece of a volume: chunk 0 holds its first bytes.
public struct ChunkIndex: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ index: UInt64) { rawValue = index }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// How volumes and pools are cut up. A chunk is what is allocated and shared, a block is
/// what a chunk's mask speaks of.
public enum ChunkGeometry {
  public static let blockBytes: UInt64 = 4096
  public static let blocksPerChunk: UInt64 = 16
  public static let chunkBytes: UInt64 = blockBytes * blocksPerChunk

  /// Chunks that `length` bytes need, the last one perhaps in part.
  public static func chunks(covering length: ByteCount) -> UInt64 {
    length.rawValue / chunkBytes + (length.rawValue % chunkBytes == 0 ? 0 : 1)
  }
}
