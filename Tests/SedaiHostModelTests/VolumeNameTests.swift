import SedaiHostModel
import Testing

@Suite struct VolumeNameTests {
  private let disk = DiskIdentity(array: "2a3b4c5d6e7f8091", creation: 7)

  @Test func `an iSCSI disk says the identity that the list expects`() {
    #expect(disk.worldWideIdentifier == "naa.6a2b4c5d6e7f80910000000000000007")
  }

  @Test func `every volume of every disk has a name of its own, always the same`() {
    var names: Set<String> = []
    for array in ["2a3b4c5d6e7f8091", "2a3b4c5d6e7f8092", "1a3b4c5d6e7f8091"] {
      for creation in [UInt64(1), 2, 1 << 30, 1 << 40] {
        for partition in [0, 1, 128] {
          let identity = DiskIdentity(array: array, creation: creation)
          let name = identity.volumeName(partition: partition)
          #expect(name == identity.volumeName(partition: partition))
          names.insert(name.description)
        }
      }
    }
    #expect(names.count == 3 * 4 * 3)
    #expect(
      disk.volumeName(partition: 1).description.hasPrefix("\\\\?\\Volume{2a3b4c5d-6e7f-8809-"))
  }

  @Test func `a name is read as the manual and as a shell leaves it`() {
    let name = disk.volumeName(partition: 0)
    let bare = "Volume{\(name.identifier)}"
    for text in ["\\\\?\\\(bare)\\", "\\\\?\\\(bare)", bare, bare.replacing("a", with: "A")] {
      #expect(VolumeName.reading(text) == .name(name), "\(text)")
    }
    for text in ["\\?\(bare)", "\\?\\\(bare)\\", "\\?\(bare) -drv", "?\(bare)"] {
      #expect(VolumeName.reading(text) == .mangled(name), "\(text)")
    }
    for text in ["", "Volume{}", "Volume{1}", "G:", "{\(name.identifier)}"] {
      #expect(VolumeName.reading(text) == .nothing, "\(text)")
    }
  }

  @Test(arguments: ["G:", "g:"]) func `a drive is a letter with a colon`(text: String) {
    #expect(DriveLetter(text)?.description == "G:")
  }

  @Test(arguments: ["G", ":", "GG:", "1:", "é:", ""])
  func `nothing else is a drive`(text: String) { #expect(DriveLetter(text) == nil) }
}
