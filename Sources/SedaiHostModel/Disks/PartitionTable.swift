/// How a disk is divided.
public struct PartitionTable: Hashable, Sendable {
  public enum Kind: String, Codable, Hashable, Sendable { case mbr, gpt }

  /// One partition with something in it.
  public struct Partition: Hashable, Sendable {
    /// As the kernel numbers it: 1…4 primary, from 5 on logical; in a GPT its place.
    public let number: Int
    /// In bytes of the disk.
    public let range: Range<UInt64>
    public let use: Use
  }

  /// What a partition says of itself.
  public enum Use: String, Hashable, Sendable {
    case volume
    /// Part of a volume that spans disks, or of a dynamic disk.
    case member
  }

  public let kind: Kind
  /// 8 hexadecimal digits of an MBR, or the identifier of a GPT. Nil for an MBR without one.
  public let signature: String?
  public let partitions: [Partition]
  /// Whether Windows treats it as a dynamic disk.
  public let isDynamic: Bool

  /// More partitions of a disk are not looked at.
  public static let maximumPartitions = 128
  /// A chain of logical partitions that is longer goes in circles.
  static let maximumLogical = 60

  /// Nil if the disk has no table. A damaged GPT counts as none, its backup is looked at.
  /// - Source: UEFI 2.10 section 5.
  public init?(_ disk: DiskBytes) {
    guard let first = disk.read(0, 512), first[510] == 0x55, first[511] == 0xAA
    else { return nil }
    let entries = (0..<4).map { MBREntry(first, at: 446 + 16 * $0) }
    if entries.contains(where: { $0.type == MBREntry.protective }) {
      guard let gpt = GPTHeader.readable(on: disk) else { return nil }
      self = gpt.table(on: disk)
      return
    }
    // A file system without table may end its first block alike: its "partitions" make no
    // sense then.
    let used = entries.filter { $0.type != 0 }
    guard !used.isEmpty, entries.allSatisfy({ $0.isPlausible(on: disk) }) else { return nil }
    kind = .mbr
    let mark: UInt32 = first.littleEndian(at: 440) ?? 0
    signature = mark == 0 ? nil : Self.digits(mark)
    partitions = Self.partitions(entries, on: disk)
    isDynamic = used.contains { $0.type == MBREntry.dynamic }
  }

  init(kind: Kind, signature: String?, partitions: [Partition], isDynamic: Bool) {
    self.kind = kind
    self.signature = signature
    self.partitions = partitions
    self.isDynamic = isDynamic
  }

  static func digits(_ mark: UInt32) -> String {
    let digits = String(mark, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  private static func partitions(_ entries: [MBREntry], on disk: DiskBytes) -> [Partition] {
    var found: [Partition] = []
    for (index, entry) in entries.enumerated() where entry.type != 0 {
      if entry.isExtended {
        found += logical(from: entry, on: disk)
      } else if let range = entry.range(on: disk, from: 0) {
        found.append(Partition(number: index + 1, range: range, use: entry.use))
      }
    }
    return found.sorted { $0.number < $1.number }
  }

  /// Follows the chain of tables in an extended partition.
  private static func logical(from extended: MBREntry, on disk: DiskBytes) -> [Partition] {
    let base = UInt64(extended.start) * UInt64(disk.blockSize)
    var place = base
    var found: [Partition] = []
    var seen: Set<UInt64> = []
    while found.count < maximumLogical, seen.insert(place).inserted,
      let table = disk.read(place, 512), table[510] == 0x55, table[511] == 0xAA
    {
      let entry = MBREntry(table, at: 446)
      if entry.type != 0, let range = entry.range(on: disk, from: place) {
        found.append(Partition(number: 5 + found.count, range: range, use: entry.use))
      }
      let link = MBREntry(table, at: 462)
      guard link.isExtended else { break }
      place = base + UInt64(link.start) * UInt64(disk.blockSize)
    }
    return found
  }
}

/// One of the four entries of an MBR.
private struct MBREntry {
  static let protective: UInt8 = 0xEE
  static let dynamic: UInt8 = 0x42
  static let members: Set<UInt8> = [0x42, 0x8E, 0xFD]
  static let extended: Set<UInt8> = [0x05, 0x0F, 0x85]

  let status: UInt8
  let type: UInt8
  /// In blocks.
  let start: UInt32
  let length: UInt32

  init(_ table: [UInt8], at offset: Int) {
    status = table[offset]
    type = table[offset + 4]
    start = table.littleEndian(at: offset + 8) ?? 0
    length = table.littleEndian(at: offset + 12) ?? 0
  }

  var isExtended: Bool { Self.extended.contains(type) }
  var use: PartitionTable.Use { Self.members.contains(type) ? .member : .volume }

  func isPlausible(on disk: DiskBytes) -> Bool {
    if type == 0 { return status == 0 || status == 0x80 }
    return (status == 0 || status == 0x80) && range(on: disk, from: 0) != nil
  }

  /// In bytes; nil if it is empty or begins outside the disk.
  func range(on disk: DiskBytes, from base: UInt64) -> Range<UInt64>? {
    let begin = base + UInt64(start) * UInt64(disk.blockSize)
    let end = begin + UInt64(length) * UInt64(disk.blockSize)
    guard start > 0, length > 0, begin < disk.size else { return nil }
    return begin..<min(end, disk.size)
  }
}

/// The header of a GUID partition table.
private struct GPTHeader {
  let disk: String
  let entriesAt: UInt64
  let count: Int
  let entrySize: Int

  /// Types of partitions that belong to something that spans disks: LVM, Linux RAID, and both
  /// of a dynamic disk.
  static let members: Set<String> = [
    "e6d6d379-f507-44c2-a23c-238f2a3df928", "a19d880f-05fc-4d3b-a006-743f0f84911e",
    "af9b60a0-1431-4f62-bc68-3311714a69ad",
  ]
  static let dynamicMetadata = "5808c8aa-7e8f-42e0-85d2-e1e90434cfb3"
  /// Reserved for Windows; no volume.
  static let reserved = "e3c9e316-0b5c-4db8-817d-f92df00215ae"

  /// The first header, else the one at the end of the disk.
  static func readable(on disk: DiskBytes) -> GPTHeader? {
    let block = UInt64(disk.blockSize)
    return GPTHeader(disk, at: block)
      ?? (disk.size > block ? GPTHeader(disk, at: disk.size / block * block - block) : nil)
  }

  init?(_ disk: DiskBytes, at offset: UInt64) {
    guard let header = disk.read(offset, 92), header.has("EFI PART", at: 0),
      let size: UInt32 = header.littleEndian(at: 12), size == 92,
      let sum: UInt32 = header.littleEndian(at: 16),
      let place: UInt64 = header.littleEndian(at: 72),
      let count: UInt32 = header.littleEndian(at: 80),
      let entrySize: UInt32 = header.littleEndian(at: 84),
      (128...1024).contains(entrySize), entrySize % 8 == 0
    else { return nil }
    var blank = header
    blank.replaceSubrange(16..<20, with: [0, 0, 0, 0])
    guard Checksum32.of(blank) == sum else { return nil }
    let (bytes, overflow) = place.multipliedReportingOverflow(by: UInt64(disk.blockSize))
    guard !overflow else { return nil }
    self.disk = Self.identifier(header, at: 56)
    entriesAt = bytes
    self.count = min(Int(count), PartitionTable.maximumPartitions)
    self.entrySize = Int(entrySize)
  }

  func table(on disk: DiskBytes) -> PartitionTable {
    var found: [PartitionTable.Partition] = []
    var isDynamic = false
    let block = UInt64(disk.blockSize)
    for index in 0..<count {
      let (place, overflow) = entriesAt.addingReportingOverflow(UInt64(index * entrySize))
      guard !overflow, let entry = disk.read(place, 128) else { break }
      let type = Self.identifier(entry, at: 0)
      guard entry[0..<16].contains(where: { $0 != 0 }), type != Self.reserved else { continue }
      if type == Self.dynamicMetadata { isDynamic = true }
      guard let first: UInt64 = entry.littleEndian(at: 32),
        let last: UInt64 = entry.littleEndian(at: 40), last >= first, last < disk.size / block
      else { continue }
      found.append(
        PartitionTable.Partition(
          number: index + 1, range: first * block..<(last + 1) * block,
          use: Self.members.contains(type) || type == Self.dynamicMetadata ? .member : .volume))
    }
    return PartitionTable(
      kind: .gpt, signature: self.disk, partitions: found, isDynamic: isDynamic)
  }

  /// The first three parts of an identifier stand least byte first.
  private static func identifier(_ bytes: [UInt8], at offset: Int) -> String {
    let raw = Array(bytes[offset..<offset + 16])
    let turned =
      Array(raw[0..<4].reversed()) + Array(raw[4..<6].reversed()) + Array(raw[6..<8].reversed())
    return (turned + Array(raw[8...])).dashedIdentifier ?? ""
  }
}

/// CRC-32 as GUID partition tables carry it.
/// - Source: UEFI 2.10 section 5.3.2, ISO 3309.
enum Checksum32 {
  static func of(_ bytes: [UInt8]) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }
}
