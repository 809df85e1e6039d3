import SedaiAPI
import SedaiHostModel
import Testing

@Suite struct StaleCauseTests {
  private static func configuration(number: UInt64 = 1) -> ConfigurationDocument {
    ConfigurationDocument(
      status: StatusDocument(
        product: "Sedai", version: "1", name: "array", worldWideName: "2a3b4c5d6e7f8091",
        startedAt: 0, pools: 1, logicalDisks: 2, snapshots: 0, linkVolumes: 0, runningJobs: 0,
        newestEvent: number, configurationNumber: number),
      logicalDisks: [
        disk("bv001", .base, creation: 1), disk("sv001", .snapshot, creation: 2),
      ],
      ldSets: [
        LDSetDocument(
          name: "hostA", disks: [LDSetDiskDocument(name: "bv001", lun: 0)], clients: ["a"])
      ])
  }

  private static func disk(
    _ name: String, _ kind: LogicalDiskKind, creation: UInt64
  ) -> LogicalDiskDocument {
    LogicalDiskDocument(
      name: name, number: UInt32(creation), kind: kind, osType: "LX", pool: "pool0",
      capacity: 1 << 20, state: "normal", creation: creation)
  }

  private func causes(
    _ change: (inout ConfigurationDocument) -> Void
  ) throws -> [StaleCause] {
    let before = try #require(ArrayPicture(Self.configuration()))
    var document = Self.configuration(number: 2)
    change(&document)
    return before.changes(to: try #require(ArrayPicture(document)))
  }

  @Test func `nothing changed, nothing is stale`() throws {
    #expect(try causes { _ in }.isEmpty)
    // As long as the number is the same nobody looks further.
    #expect(
      try causes {
        $0.status.configurationNumber = 1
        $0.status.name = "x"
      }.isEmpty)
  }

  @Test func `changes of the array are named one by one`() throws {
    #expect(try causes { $0.status.name = "b" } == [.arrayName(now: "b")])
    #expect(
      try causes { $0.logicalDisks[0].osType = "WN" } == [.diskType(name: "bv001")])
    #expect(
      try causes { $0.logicalDisks[0].capacity = 2 << 20 } == [.diskResized(name: "bv001")])
    #expect(
      try causes { $0.logicalDisks.append(Self.disk("iv", .individual, creation: 9)) }
        == [.diskAdded(name: "iv")])
    #expect(
      try causes { $0.logicalDisks.append(Self.disk("lv", .link, creation: 9)) }
        == [.generationOrLinkVolume(name: "lv", isNew: true)])
    #expect(
      try causes { $0.logicalDisks.removeLast() }
        == [.generationOrLinkVolume(name: "sv001", isNew: false)])
    #expect(try causes { $0.ldSets[0].clients = [] } == [.access(ldSet: "hostA")])
    #expect(try causes { $0.status.worldWideName = "1" } == [.otherArray(name: "array")])
  }

  @Test func `a new name is one cause, not also one of access`() throws {
    let found = try causes {
      $0.logicalDisks[0].name = "new"
      $0.ldSets[0].disks[0].name = "new"
    }
    #expect(found == [.diskName(was: "bv001", now: "new")])
  }

  @Test func `a disk made again under its old name is another one`() throws {
    let found = try causes { $0.logicalDisks[0] = Self.disk("bv001", .individual, creation: 9) }
    #expect(found == [.diskRemoved(name: "bv001"), .diskAdded(name: "bv001")])
  }

  private func list(_ change: (inout ListedDisk) -> Void = { _ in }) throws -> VolumeList {
    let identity = DiskIdentity(array: "2a3b4c5d6e7f8091", creation: 1)
    var disk = ListedDisk(
      identity: identity, number: 1, name: "bv001", osType: "LX", kind: .base,
      paths: [DevicePath(device: "/dev/sda", transport: .iSCSI)],
      volumes: [
        ListedVolume(
          name: identity.volumeName(partition: 0), partition: 0,
          content: VolumeContent(kind: .ext4), mountPoints: ["/srv"])
      ])
    change(&disk)
    return VolumeList(
      updatedAt: 0, array: try #require(ArrayPicture(Self.configuration())), disks: [disk])
  }

  @Test func `changes of the host are named one by one`() throws {
    let before = try list()
    func causes(_ change: (inout ListedDisk) -> Void) throws -> [StaleCause] {
      before.changes(toHost: try list(change).disks, controlVolume: nil)
    }
    #expect(try causes { _ in }.isEmpty)
    #expect(try causes { $0.volumes[0].partition = 1 } == [.partitions(name: "bv001")])
    #expect(
      try causes { $0.volumes[0].mountPoints = ["/x"] } == [.mountPoint(name: "bv001", now: "/x")])
    #expect(try causes { $0.volumes[0].mountPoints = [] }.isEmpty)
    #expect(try causes { $0.paths[0].device = "/dev/sdb" } == [.paths(name: "bv001")])
    #expect(
      try causes {
        $0.keptBecause = "it is not linked"
        $0.volumes[0].partition = 1
      }.isEmpty)
    #expect(before.changes(toHost: before.disks, controlVolume: "cv") == [.controlVolume])
    #expect(
      try list().changes(toHost: before.disks, controlVolume: nil).isEmpty
        && VolumeList(updatedAt: 0, array: before.array)
          .changes(toHost: before.disks, controlVolume: nil) == [.paths(name: "bv001")]
    )
  }
}
