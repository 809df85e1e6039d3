import SedaiBytes

/// The first 64 KiB of each file or device of a pool (only the first block is used).
///
///     0   magic     8 bytes "SEDAIPOL"
///     8   version   u32  1
///     12  checksum  u32  CRC-32C of the block with this field zero
///     16  array     16 bytes, the identity of the array it belongs to
///     32  member    16 bytes, the identity of this file or device
///     48  pool      u32
///     52  position  u32  which member of its pool
///     56  chunks    u64  data chunks, from byte 65536 on
public struct PoolLabel: Equatable, Sendable {
  public static let magic: [UInt8] = Array("SEDAIPOL".utf8)
  public static let version: UInt32 = 1
  public static let bytes = 4096
  /// Where data begins.
  public static let dataOffset: UInt64 = 65536

  public var array: [UInt8]
  public var member: [UInt8]
  public var pool: PoolID
  public var position: UInt32
  public var chunks: UInt64

  public init(array: [UInt8], member: [UInt8], pool: PoolID, position: UInt32, chunks: UInt64) {
    self.array = array
    self.member = member
    self.pool = pool
    self.position = position
    self.chunks = chunks
  }

  public func encoded() -> [UInt8] {
    var out = Self.magic
    out.append32(Self.version)
    out.append32(0)
    out += array
    out += member
    out.append32(UInt32(pool.rawValue))
    out.append32(position)
    out.append64(chunks)
    out.pad(to: Self.bytes)
    out.store32(out.crc32c(0..<out.count), at: 12)
    return out
  }

  public init(decoding block: [UInt8]) throws(FormatError) {
    guard block.count == Self.bytes, Array(block[0..<8]) == Self.magic else {
      throw .foreign("no Sedai pool label")
    }
    let version = block.load32(at: 8)
    guard version == Self.version else {
      throw .unsupportedVersion(what: "pool label", found: version, supported: Self.version)
    }
    var unsigned = block
    unsigned.store32(0, at: 12)
    guard unsigned.crc32c(0..<unsigned.count) == block.load32(at: 12) else {
      throw .damaged("pool label checksum")
    }
    array = Array(block[16..<32])
    member = Array(block[32..<48])
    pool = PoolID(UInt8(truncatingIfNeeded: block.load32(at: 48)))
    position = block.load32(at: 52)
    chunks = block.load64(at: 56)
  }
}
