import SedaiAPI
import SedaiHostModel
import Testing

@Suite struct AttachmentPlanTests {
  private func plan(
    sets: [LDSetDocument], host: String? = nil, settings: HostSettings = HostSettings()
  ) -> AttachmentPlan {
    AttachmentPlan(
      configuration: ConfigurationDocument(
        status: StatusDocument(
          product: "Sedai", version: "1", name: "array", worldWideName: "2A3B4C5D6E7F8091",
          startedAt: 0, pools: 1, logicalDisks: 1, snapshots: 0, linkVolumes: 0, runningJobs: 0,
          newestEvent: 1, nbdSocketDirectory: "/var/lib/se dai/nbd", nbdAddress: "0.0.0.0:10809"),
        logicalDisks: [
          LogicalDiskDocument(
            name: "bv001", number: 1, kind: .base, osType: nil, pool: "p", capacity: 1,
            state: "normal", creation: 5)
        ], ldSets: sets),
      settings: settings, arrayHost: host)
  }

  private func set(_ name: String) -> LDSetDocument {
    LDSetDocument(
      name: name,
      disks: [LDSetDiskDocument(name: "bv001", lun: 0, target: "iqn.2026-01.x:" + name)],
      portals: ["192.0.2.1:3260"])
  }

  private func refusal(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch let problem as Problem {
      return problem.messageID
    } catch {
      return "\(error)"
    }
  }

  @Test func `on the array's machine the LD set's socket is used`() throws {
    let record = try plan(sets: [set("hostA")]).record(of: "bv001", by: .fuse)
    #expect(record.sources == ["nbd+unix:///bv001?socket=/var/lib/se%20dai/nbd/hostA.sock"])
    #expect(record.identity == DiskIdentity(array: "2a3b4c5d6e7f8091", creation: 5))
    let source = try #require(NBDSource(record.sources[0]))
    #expect(source.export == "bv001")
    #expect(source.server == .socket(path: "/var/lib/se dai/nbd/hostA.sock"))
  }

  @Test func `from elsewhere NBD goes over TLS to where the array was found`() throws {
    var settings = HostSettings()
    #expect(
      refusal { _ = try plan(sets: [set("a")], host: "192.0.2.7").record(of: "bv001", by: .nbd) }
        == "iSM13604")
    settings.tlsDirectory = "/etc/sedai/tls"
    let record = try plan(sets: [set("a")], host: "192.0.2.7", settings: settings)
      .record(of: "bv001", by: .nbd)
    let source = try #require(NBDSource(record.sources[0]))
    #expect(
      source.server
        == .network(host: "192.0.2.7", port: "10809", certificates: "/etc/sedai/tls"))
  }

  @Test func `iSCSI needs a target and a portal`() throws {
    let record = try plan(sets: [set("a")]).record(of: "bv001", by: .iSCSI)
    #expect(record.target == "iqn.2026-01.x:a")
    #expect(record.sources == ["192.0.2.1:3260"])
    var bare = set("a")
    bare.portals = []
    #expect(refusal { _ = try plan(sets: [bare]).record(of: "bv001", by: .iSCSI) } == "iSM13604")
  }

  @Test func `of several LD sets one has to be named, and it has to have the disk`() throws {
    let plan = plan(sets: [set("a"), set("b")])
    #expect(refusal { _ = try plan.record(of: "bv001", by: .fuse) } == "iSM13604")
    #expect(try plan.record(of: "bv001", by: .fuse, as: "b").ldSet == "b")
    #expect(refusal { _ = try plan.record(of: "bv001", by: .fuse, as: "c") } == "iSM31065")
    #expect(refusal { _ = try plan.record(of: "nosuch", by: .fuse) } == "iSM19408")
  }

  @Test(arguments: ["", "nbd+unix:///", "nbds://h/x", "nbds://h:1/x", "nbd+unix:///x?socket"])
  func `what is no source is none`(text: String) { #expect(NBDSource(text) == nil) }
}
