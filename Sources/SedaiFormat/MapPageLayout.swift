/// A map page, byte by byte.
///
///     0   checksum   u32  CRC-32C of bytes 4…4095, written when the page goes home
///     4   kind       u8   1 map page, 2 count page
///     5   level      u8   0 leaf, its parent 1, …
///     6   version    u16  1
///     8   sequence   u64  map page: 0; count page: the checkpoint that wrote it
///     16  epoch      u64  map page: owner epoch; count page: its key
///     24  index      u64  map page: which page of its level, counted from the image's start
///     32  254 entries of 16 bytes (leaf: MapEntry; above: child page u64, zero u64)
///         or 1016 counts of 4 bytes
public enum MapPageLayout {
  public static let mapKind: UInt8 = 1
  public static let countKind: UInt8 = 2
  public static let version: UInt16 = 1
  public static let headerBytes = 32
  public static let entryBytes = 16
  /// Entries of a map page, chunks of a leaf.
  public static let entries = 254
  /// Counts of a count page.
  public static let counts = 1016

  public static let sequenceOffset = 8
  public static let epochOffset = 16
  public static let indexOffset = 24

  /// The first eight bytes, checksum left zero.
  public static func head(kind: UInt8, level: UInt8) -> UInt64 {
    UInt64(kind) << 32 | UInt64(level) << 40 | UInt64(version) << 48
  }

  @inlinable public static func entryOffset(_ slot: Int) -> Int { headerBytes + slot * entryBytes }
  @inlinable public static func countOffset(_ slot: Int) -> Int { headerBytes + slot * 4 }

  /// How many levels an image of `chunks` chunks needs; 1 for up to 254.
  public static func height(chunks: UInt64) -> Int {
    var height = 1
    var span = UInt64(entries)
    while span < chunks {
      span *= UInt64(entries)
      height += 1
    }
    return height
  }

  /// Chunks that one page of `level` covers.
  public static func span(level: Int) -> UInt64 {
    (0...level).reduce(1) { span, _ in span * UInt64(entries) }
  }

  /// Pages of a full tree over `chunks` chunks: the worst case that binding reserves.
  public static func pages(chunks: UInt64) -> UInt64 {
    var total: UInt64 = 0
    var level = max(chunks, 1)
    repeat {
      level = (level + UInt64(entries) - 1) / UInt64(entries)
      total += level
    } while level > 1
    return total
  }
}
