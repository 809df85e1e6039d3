import SedaiAPI
import SedaiHostModel
import Testing

@Suite struct LayoutRulesTests {
  private func refusal(
    _ disk: TestDisk, _ osType: String?, _ options: CommandOptions = CommandOptions(),
    partition: Int = 1
  ) -> String? {
    do throws(Problem) {
      _ = try options.permittedTable(
        of: disk.disk, named: "bv001", osType: osType, partition: partition)
      return nil
    } catch {
      return error.messageID
    }
  }

  private func mbr(_ types: UInt8...) -> TestDisk {
    var disk = TestDisk(blocks: 2048)
    for (index, type) in types.enumerated() {
      disk.putEntry(index, type: type, start: UInt32(64 + index * 100), count: 100, in: 0)
    }
    return disk
  }

  @Test func `one partition and no partition are as recommended`() {
    #expect(refusal(mbr(0x83), "LX") == nil)
    #expect(refusal(mbr(0x07), "WN") == nil)
    #expect(refusal(TestDisk(blocks: 64), "LX", partition: 0) == nil)
  }

  @Test func `several partitions need permission`() {
    var options = CommandOptions()
    #expect(refusal(mbr(0x83, 0x83), "LX") == "iSM13612")
    options.permitsPartitions = true
    #expect(refusal(mbr(0x83, 0x83), "LX", options) == nil)
  }

  @Test func `a GUID partition table needs type WG and permission, or Linux`() {
    var options = CommandOptions()
    let disk = TestDisk.withGPT()
    options.permitsPartitions = true
    #expect(refusal(disk, "LX", options) == nil)
    #expect(refusal(disk, "WG", options) == "iSM13613")
    options.permitsGPT = true
    #expect(refusal(disk, "WG", options) == nil)
    #expect(refusal(disk, "WN", options) == "iSM13613")
    #expect(refusal(disk, nil, options) == "iSM13613")
  }

  @Test func `members of LVM and RAID need permission, a dynamic disk has none`() {
    var options = CommandOptions()
    var physical = TestDisk(blocks: 64)
    physical.put(Array("LABELONE".utf8), at: 512)
    physical.put(Array("LVM2 001".utf8), at: 512 + 24)
    #expect(refusal(physical, "LX", partition: 0) == "iSM13614")
    #expect(refusal(mbr(0x8E), "LX") == "iSM13614")
    options.permitsMembers = true
    #expect(refusal(physical, "LX", options, partition: 0) == nil)
    #expect(refusal(mbr(0x8E), "LX", options) == nil)
    #expect(refusal(mbr(0x42), "WN", options) == "iSM13614")
  }
}
