import SedaiHostModel
import Testing

@Suite struct VolumeContentTests {
  @Test func `ext4 in use tells its identifier, its label and that its journal is not replayed`() {
    var disk = TestDisk(blocks: 1024)
    disk.put([0x53, 0xEF], at: 1024 + 56)
    disk.put(0x4, at: 1024 + 92)
    disk.put(0x44, at: 1024 + 96)
    disk.put((1...16).map { UInt8($0) }, at: 1024 + 104)
    disk.put(Array("business".utf8), at: 1024 + 120)
    let content = VolumeContent(disk.disk)
    #expect(content.kind == .ext4)
    #expect(content.identifier == "01020304-0506-0708-090a-0b0c0d0e0f10")
    #expect(content.label == "business")
    #expect(content.needsRecovery)
  }

  @Test(arguments: [
    ("XFSB", 0, VolumeContent.Kind.xfs), ("_BHRfS_M", 65536 + 64, .btrfs),
    ("SWAPSPACE2", 4086, .swap),
  ])
  func `a mark in its place says what it is`(
    mark: String, place: Int, kind: VolumeContent.Kind
  ) {
    var disk = TestDisk(blocks: 1024)
    disk.put(Array(mark.utf8), at: place)
    #expect(VolumeContent(disk.disk).kind == kind)
    disk.put([0], at: place)
    #expect(VolumeContent(disk.disk).kind == .unknown)
  }

  @Test func `members of LVM and RAID are known before what they hold`() {
    var disk = TestDisk(blocks: 1024)
    disk.put([0x53, 0xEF], at: 1024 + 56)
    disk.put(Array("LABELONE".utf8), at: 512)
    disk.put(Array("LVM2 001".utf8), at: 512 + 24)
    #expect(VolumeContent(disk.disk).kind == .lvm)
    disk.put([0], at: 512)
    #expect(VolumeContent(disk.disk).kind == .ext2)
    disk.put([0xFC, 0x4E, 0x2B, 0xA9], at: 4096)
    #expect(VolumeContent(disk.disk).kind == .raid)
  }

  @Test func `NTFS and FAT tell their serial numbers as Windows shows them`() {
    var disk = TestDisk(blocks: 64)
    disk.put([0x55, 0xAA], at: 510)
    disk.put(Array("NTFS    ".utf8), at: 3)
    disk.put(0x9ABC_DEF0, at: 72)
    #expect(VolumeContent(disk.disk).identifier == "000000009ABCDEF0")
    disk.put(Array("FAT32   ".utf8), at: 82)
    disk.put([0], at: 3)
    disk.put(0x1234_5678, at: 67)
    #expect(VolumeContent(disk.disk).identifier == "1234-5678")
    #expect(VolumeContent(disk.disk).kind == .vfat)
  }

  @Test func `an empty or tiny disk holds nothing that is known`() {
    #expect(VolumeContent(TestDisk(blocks: 0).disk).kind == .unknown)
    #expect(VolumeContent(TestDisk(blocks: 1).disk).kind == .unknown)
  }
}
