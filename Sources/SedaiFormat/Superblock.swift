import SedaiBytes

/// The first two blocks of a system area, A and B, written in turn: the newer valid one
/// rules.
///
///     0    magic            8 bytes "SEDAISYS"
///     8    version          u32  1
///     12   checksum         u32  CRC-32C of the block with this field zero
///     16   array            16 bytes, the array's identity
///     32   turn             u64  rises by one with each write of a superblock
///     40   journal offset   u64  bytes
///     48   journal length   u64  bytes, a multiple of 4096
///     56   segments offset  u64  bytes
///     64   segment blocks   u32  4 KiB blocks of a segment
///     68   clean            u32  1 after a clean stop
///     72   boot             16 bytes, the kernel's boot identity at the last opening
///     88   checkpoint       u64  number of the last complete checkpoint
///     96   position         u64  journal position at which that checkpoint began
///     104  chain            u32  checksum of the journal group before that position
///     108  state checksum   u32  CRC-32C of the state
///     112  state length     u64  bytes
///     120  state page       u64  first page of the state's page list
public struct Superblock: Equatable, Sendable {
  public static let magic: [UInt8] = Array("SEDAISYS".utf8)
  public static let version: UInt32 = 1
  public static let bytes = 4096
  /// Copies A and B, at the first two blocks.
  public static let copies = 2

  public var array: [UInt8]
  public var turn: UInt64
  public var journalOffset: UInt64
  public var journalLength: UInt64
  public var segmentsOffset: UInt64
  public var segmentBlocks: UInt32
  public var isClean: Bool
  public var boot: [UInt8]
  public var checkpoint: UInt64
  public var position: LogPosition
  public var chain: UInt32
  public var stateChecksum: UInt32
  public var stateLength: UInt64
  public var statePage: PageNumber

  public init(
    array: [UInt8], journalOffset: UInt64, journalLength: UInt64, segmentsOffset: UInt64,
    segmentBlocks: UInt32
  ) {
    self.array = array
    self.journalOffset = journalOffset
    self.journalLength = journalLength
    self.segmentsOffset = segmentsOffset
    self.segmentBlocks = segmentBlocks
    turn = 0
    isClean = true
    boot = [UInt8](repeating: 0, count: 16)
    checkpoint = 0
    position = LogPosition(0)
    chain = 0
    stateChecksum = 0
    stateLength = 0
    statePage = .none
  }

  public func encoded() -> [UInt8] {
    var out = Self.magic
    out.reserveCapacity(Self.bytes)
    out.append32(Self.version)
    out.append32(0)
    out += array
    for field in [turn, journalOffset, journalLength, segmentsOffset] { out.append64(field) }
    out.append32(segmentBlocks)
    out.append32(isClean ? 1 : 0)
    out += boot
    out.append64(checkpoint)
    out.append64(position.rawValue)
    out.append32(chain)
    out.append32(stateChecksum)
    out.append64(stateLength)
    out.append64(statePage.rawValue)
    out.pad(to: Self.bytes)
    out.store32(out.crc32c(0..<out.count), at: 12)
    return out
  }

  /// - Throws: `foreign` without the magic, `unsupportedVersion`, or `damaged` by checksum
  ///   or impossible geometry.
  public init(decoding block: [UInt8]) throws(FormatError) {
    guard block.count == Self.bytes, Array(block[0..<8]) == Self.magic else {
      throw .foreign("not a Sedai system area")
    }
    let version = block.load32(at: 8)
    guard version == Self.version else {
      throw .unsupportedVersion(what: "system area", found: version, supported: Self.version)
    }
    var unsigned = block
    unsigned.store32(0, at: 12)
    guard unsigned.crc32c(0..<unsigned.count) == block.load32(at: 12) else {
      throw .damaged("superblock checksum")
    }
    array = Array(block[16..<32])
    turn = block.load64(at: 32)
    journalOffset = block.load64(at: 40)
    journalLength = block.load64(at: 48)
    segmentsOffset = block.load64(at: 56)
    segmentBlocks = block.load32(at: 64)
    isClean = block.load32(at: 68) == 1
    boot = Array(block[72..<88])
    checkpoint = block.load64(at: 88)
    position = LogPosition(block.load64(at: 96))
    chain = block.load32(at: 104)
    stateChecksum = block.load32(at: 108)
    stateLength = block.load64(at: 112)
    statePage = PageNumber(block.load64(at: 120))
    guard journalOffset >= UInt64(Self.bytes * Self.copies), journalLength >= 8192,
      journalLength % 4096 == 0, journalLength < 1 << 40, segmentBlocks >= 4,
      segmentBlocks <= 65536, segmentsOffset >= journalOffset,
      segmentsOffset - journalOffset >= journalLength
    else { throw .damaged("superblock geometry") }
  }
}
