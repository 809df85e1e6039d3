import SedaiHostModel
import Testing

/// A disk in memory.
struct TestDisk {
  var bytes: [UInt8]

  init(blocks: Int) { bytes = [UInt8](repeating: 0, count: blocks * 512) }

  var disk: DiskBytes {
    let bytes = bytes
    return DiskBytes(size: UInt64(bytes.count), blockSize: 512) { offset, count in
      Array(bytes[Int(offset)..<Int(offset) + count])
    }
  }

  mutating func put(_ new: [UInt8], at offset: Int) {
    bytes.replaceSubrange(offset..<offset + new.count, with: new)
  }

  mutating func put(_ number: UInt32, at offset: Int) {
    put((0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }, at: offset)
  }

  /// An entry of the table in block `block`.
  mutating func putEntry(_ index: Int, type: UInt8, start: UInt32, count: UInt32, in block: Int) {
    let offset = block * 512 + 446 + index * 16
    put([0, 0, 0, 0, type, 0, 0, 0], at: offset)
    put(start, at: offset + 8)
    put(count, at: offset + 12)
    put([0x55, 0xAA], at: block * 512 + 510)
  }
}

@Suite struct PartitionTableTests {
  @Test func `primary and logical partitions of an MBR are found with their numbers`() throws {
    var disk = TestDisk(blocks: 4096)
    disk.put(0xDEAD_BEEF, at: 440)
    disk.putEntry(0, type: 0x83, start: 64, count: 100, in: 0)
    disk.putEntry(1, type: 0x05, start: 1024, count: 2048, in: 0)
    disk.putEntry(0, type: 0x83, start: 8, count: 100, in: 1024)
    disk.putEntry(1, type: 0x05, start: 512, count: 512, in: 1024)
    disk.putEntry(0, type: 0x07, start: 8, count: 100, in: 1536)
    let table = try #require(PartitionTable(disk.disk))
    #expect(table.kind == .mbr)
    #expect(table.signature == "deadbeef")
    #expect(table.partitions.map(\.number) == [1, 5, 6])
    #expect(table.partitions[2].range == (1544 * 512)..<(1644 * 512))
    #expect(!table.isDynamic)
  }

  @Test func `a chain of logical partitions that goes in circles ends`() throws {
    var disk = TestDisk(blocks: 4096)
    disk.putEntry(0, type: 0x05, start: 1024, count: 2048, in: 0)
    disk.putEntry(0, type: 0x83, start: 8, count: 100, in: 1024)
    disk.putEntry(1, type: 0x05, start: 0, count: 512, in: 1024)
    #expect(try #require(PartitionTable(disk.disk)).partitions.map(\.number) == [5])
  }

  @Test func `LVM partitions are members and a dynamic disk is known`() throws {
    var disk = TestDisk(blocks: 4096)
    disk.putEntry(0, type: 0x8E, start: 64, count: 100, in: 0)
    disk.putEntry(1, type: 0x42, start: 200, count: 100, in: 0)
    let table = try #require(PartitionTable(disk.disk))
    #expect(table.partitions.map(\.use) == [.member, .member])
    #expect(table.isDynamic)
  }

  @Test func `the boot sector of a file system is no table`() {
    var disk = TestDisk(blocks: 4096)
    disk.put([UInt8](repeating: 0x6C, count: 64), at: 446)
    disk.put([0x55, 0xAA], at: 510)
    #expect(PartitionTable(disk.disk) == nil)
    #expect(PartitionTable(TestDisk(blocks: 1).disk) == nil)
  }

  @Test func `a GPT is read, from its end if its start is damaged`() throws {
    var disk = TestDisk.withGPT()
    let table = try #require(PartitionTable(disk.disk))
    #expect(table.kind == .gpt)
    #expect(table.signature == "03020100-0504-0706-0809-0a0b0c0d0e0f")
    #expect(table.partitions.map(\.number) == [1, 3])
    #expect(table.partitions[0].range == (64 * 512)..<(164 * 512))
    disk.put([0xFF], at: 512 + 60)
    #expect(PartitionTable(disk.disk) == table)
    disk.put([0xFF], at: 4095 * 512 + 60)
    #expect(PartitionTable(disk.disk) == nil)
  }

  @Test func `partitions that lie outside the disk are left out`() throws {
    var disk = TestDisk(blocks: 256)
    disk.putEntry(0, type: 0x83, start: 64, count: .max, in: 0)
    #expect(try #require(PartitionTable(disk.disk)).partitions[0].range.upperBound == 256 * 512)
    disk.putEntry(0, type: 0x83, start: 300, count: 5, in: 0)
    #expect(PartitionTable(disk.disk) == nil)
  }
}

extension TestDisk {
  /// Two partitions and two headers with right checksums.
  static func withGPT() -> TestDisk {
    var disk = TestDisk(blocks: 4096)
    disk.putEntry(0, type: 0xEE, start: 1, count: 4095, in: 0)
    let linux: [UInt8] = [
      0xAF, 0x3D, 0xC6, 0x0F, 0x83, 0x84, 0x72, 0x47, 0x8E, 0x79, 0x3D, 0x69, 0xD8, 0x47, 0x7D,
      0xE4,
    ]
    for (slot, start) in [(0, UInt32(64)), (2, 300)] {
      disk.put(linux, at: 1024 + slot * 128)
      disk.put(start, at: 1024 + slot * 128 + 32)
      disk.put(start + 99, at: 1024 + slot * 128 + 40)
    }
    var header = [UInt8](repeating: 0, count: 92)
    func set(_ value: UInt32, _ offset: Int) {
      for byte in 0..<4 { header[offset + byte] = UInt8(truncatingIfNeeded: value >> (byte * 8)) }
    }
    header.replaceSubrange(0..<8, with: Array("EFI PART".utf8))
    set(92, 12)
    header.replaceSubrange(56..<72, with: (0..<16).map { UInt8($0) })
    set(2, 72)
    set(128, 80)
    set(128, 84)
    set(crc(header), 16)
    disk.put(header, at: 512)
    disk.put(header, at: 4095 * 512)
    return disk
  }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }
}
