import SedaiHostModel
import Testing

@Suite struct MountTableTests {
  private static let text = """
    27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
    60 27 7:3 / /srv/a\\040b\\134c rw,nosuid shared:1 master:2 - xfs /dev/loop3 rw,nouuid
    61 27 0:45 /sub /mnt/btrfs rw - btrfs /dev/loop4 rw,subvol=/sub
    62 27 7:5 / /mnt/broken rw
    nonsense
    63 27 x:y / /mnt/x rw - ext4 /dev/x rw
    """

  @Test func `a mount has its device, its place with blanks, and what it is`() throws {
    let entry = try #require(
      MountTable(mountinfo: Self.text).entries.first { $0.fileSystem == "xfs" })
    #expect(entry.device == DeviceNumber(major: 7, minor: 3))
    #expect(entry.mountPoint == "/srv/a b\\c")
    #expect(entry.source == "/dev/loop3")
    #expect(entry.options == "rw,nosuid")
    #expect(entry.mountOptions == "rw,nosuid,nouuid")
  }

  @Test func `lines of another form are left out`() {
    #expect(MountTable(mountinfo: Self.text).entries.count == 3)
    #expect(MountTable(mountinfo: "").entries.isEmpty)
    #expect(MountTable(mountinfo: "- - - - - - - -").entries.isEmpty)
  }

  @Test func `btrfs is found by the path of its device`() {
    let found = MountTable(mountinfo: Self.text).entries(
      on: DeviceNumber(major: 7, minor: 4), path: "/dev/loop4")
    #expect(found.map(\.mountPoint) == ["/mnt/btrfs"])
  }

  @Test func `a packed device number is what the kernel prints`() {
    #expect(DeviceNumber(packed: 0x703).description == "7:3")
    #expect(DeviceNumber(packed: 0x1_0000_0801).description == "8:1048577")
    #expect(DeviceNumber("7:0:1") == nil)
  }
}
