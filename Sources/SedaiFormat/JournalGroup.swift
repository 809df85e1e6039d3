import SedaiBytes

/// Records that were written together, all or none of which count.
///
///     0   magic     u32  "SJG1"
///     4   checksum  u32  CRC-32C of bytes 8…length−1
///     8   length    u32  bytes, a multiple of 8
///     12  chain     u32  checksum of the group before; see also ``chain(reopening:turn:)``
///     16  position  u64  journal position of byte 0
///     24  pools     u32  how many positions follow
///     28  records   u32  how many records follow them
///     32  for each pool: u64 pool, u64 journal position up to which its data is durable
///         records, padded with zeroes
///
/// A group begins where the one before ended, or, after a flush, at the next multiple of
/// 4096: what has been made durable is never written again.
public struct JournalGroup: Equatable, Sendable {
  public static let magic: UInt32 = 0x3147_4A53
  public static let headerBytes = 32
  public static let alignment: UInt64 = 4096
  /// No group is longer.
  public static let lengthLimit = 64 << 20

  public var position: LogPosition
  public var chain: UInt32
  public var checksum: UInt32
  public var length: Int
  /// Up to where each pool's data was durable when the group was made.
  public var durable: [PoolID: LogPosition]
  public var recordCount: UInt32

  /// The bytes of a group of `recordCount` records, which are already encoded.
  public static func encode(
    records: [UInt8], recordCount: UInt32, position: LogPosition, chain: UInt32,
    durable: [(pool: PoolID, position: LogPosition)]
  ) -> (bytes: [UInt8], checksum: UInt32) {
    var out: [UInt8] = []
    out.reserveCapacity(headerBytes + durable.count * 16 + records.count + 8)
    out.append32(magic)
    out.append32(0)
    out.append32(0)
    out.append32(chain)
    out.append64(position.rawValue)
    out.append32(UInt32(durable.count))
    out.append32(recordCount)
    for (pool, position) in durable {
      out.append64(UInt64(pool.rawValue))
      out.append64(position.rawValue)
    }
    out += records
    out.pad(to: 8)
    out.store32(UInt32(out.count), at: 8)
    let checksum = out.crc32c(8..<out.count)
    out.store32(checksum, at: 4)
    return (out, checksum)
  }

  /// What the first group chains to after the journal was found to end at `chain` under
  /// the superblock of `turn`.
  ///
  /// A power cut may lose a group and keep those behind it. A group written anew in its
  /// place may be the same to the last byte, and those behind would follow it: so what an
  /// opening writes never chains to what was written before it.
  public static func chain(reopening chain: UInt32, turn: UInt64) -> UInt32 {
    var bytes: [UInt8] = []
    bytes.append64(turn)
    return bytes.crc32c(0..<bytes.count, seed: chain)
  }

  /// The length that a header promises, nil if it is no header of a group at `position`
  /// after `chain`.
  public static func length(header: [UInt8], position: LogPosition, chain: UInt32) -> Int? {
    guard header.count >= headerBytes, header.load32(at: 0) == magic,
      header.load32(at: 12) == chain, header.load64(at: 16) == position.rawValue
    else { return nil }
    let length = Int(header.load32(at: 8))
    guard length >= headerBytes, length <= lengthLimit, length % 8 == 0 else { return nil }
    return length
  }

  /// Reads a whole group and its records.
  /// - Throws: `damaged` if the checksum or a record is wrong.
  public static func decode(_ bytes: [UInt8]) throws(FormatError) -> (Self, [JournalRecord]) {
    guard bytes.count >= headerBytes, bytes.load32(at: 0) == magic,
      Int(bytes.load32(at: 8)) == bytes.count,
      bytes.crc32c(8..<bytes.count) == bytes.load32(at: 4)
    else { throw .damaged("journal group checksum") }
    var reader = ByteReader(bytes, from: 24)
    var group = JournalGroup(
      position: LogPosition(bytes.load64(at: 16)), chain: bytes.load32(at: 12),
      checksum: bytes.load32(at: 4), length: bytes.count, durable: [:], recordCount: 0)
    var records: [JournalRecord] = []
    do {
      let pools = try reader.u32()
      group.recordCount = try reader.u32()
      for _ in 0..<pools {
        let pool = PoolID(UInt8(truncatingIfNeeded: try reader.u64()))
        group.durable[pool] = LogPosition(try reader.u64())
      }
    } catch { throw .damaged("journal group cut short") }
    for _ in 0..<group.recordCount { records.append(try JournalRecord(&reader)) }
    return (group, records)
  }

  private init(
    position: LogPosition, chain: UInt32, checksum: UInt32, length: Int,
    durable: [PoolID: LogPosition], recordCount: UInt32
  ) {
    self.position = position
    self.chain = chain
    self.checksum = checksum
    self.length = length
    self.durable = durable
    self.recordCount = recordCount
  }
}
