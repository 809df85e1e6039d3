import SedaiArray
import SedaiModel
import SedaiMonitor
import Testing

@Suite struct LinkTests {
  @Test func `what a link volume allows follows its link`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 1)
    try rig.fill("bv", 1)
    try rig.create()
    #expect(throws: VolumeError.notReady) { try rig.byte("lv") }
    #expect(throws: VolumeError.notReady) { try rig.fill("lv", 5) }
    try rig.link(to: ".-1", access: .readOnly)
    #expect(try rig.byte("lv") == 1)
    #expect(throws: VolumeError.readOnly) { try rig.fill("lv", 5) }
    try rig.unlink()
    try rig.link(to: ".-1", access: .notReady)
    #expect(throws: VolumeError.notReady) { try rig.byte("lv") }
    try rig.unlink()
    try rig.link(to: ".-1", access: .notAvailable)
    #expect(rig.array.open(export: "lv", for: .localAdministrator) == nil)
    #expect(!rig.array.exports(for: .localAdministrator).contains { $0.name == "lv" })
    try rig.unlink()
    #expect(rig.array.exports(for: .localAdministrator).map(\.name) == ["bv", "lv"])
  }

  @Test func `what is written through a link stays in the snapshot, and only there`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 2)
    try rig.fill("bv", 1)
    try rig.create()
    try rig.link(to: "sv_01")
    try rig.fill("lv", 7)
    try rig.unlink()
    #expect(try rig.byte("bv") == 1)
    try rig.link(to: "sv_01")
    #expect(try rig.byte("lv") == 7)
    try rig.unlink()
    try rig.restore("sv_01")
    #expect(try rig.byte("bv") == 7)
  }

  @Test func `a base volume that is linked is reached through the link volume only`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 1)
    try rig.fill("bv", 1)
    try rig.create()
    let own = try rig.open("bv")
    let link = LinkRequestTarget.base(try rig.disk("bv"))
    _ = try rig.array.link(try rig.disk("lv"), to: link, by: Rig.administrator)
    #expect(throws: VolumeError.shutDown) { try own.bytes(at: 0, count: 1) }
    #expect(throws: VolumeError.notReady) { try rig.byte("bv") }
    try rig.fill("lv", 3)
    #expect(refusal { try rig.restore("sv_01") } == .baseLinked)
    #expect(try rig.array.linkInformation(of: try rig.disk("bv")).isLinked)
    _ = try rig.array.unlink(try rig.disk("lv"), from: link, by: Rig.administrator)
    #expect(try rig.byte("bv") == 3)
    #expect(throws: VolumeError.notReady) { try rig.byte("lv") }
  }

  @Test func `links, restores and expansion close what is open, and say so`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 1)
    try rig.create()
    let told = Monitor<[String]>([])
    func watch(_ name: String) throws -> Volume {
      let volume = try rig.open(name)
      volume.whenClosed { told.withLock { $0.append(name) } }
      return volume
    }
    let unlinked = try watch("lv")
    try rig.link(to: ".-1")
    #expect(throws: VolumeError.shutDown) { try unlinked.bytes(at: 0, count: 1) }
    let linked = try watch("lv")
    try rig.unlink()
    #expect(throws: VolumeError.shutDown) { try linked.fill(1) }
    let base = try watch("bv")
    try rig.restore(".-1")
    #expect(throws: VolumeError.shutDown) { try base.fill(1) }
    let grown = try watch("bv")
    _ = try rig.array.expand(try rig.disk("bv"), to: 4 << 20, by: Rig.administrator)
    #expect(throws: VolumeError.shutDown) { try grown.fill(1) }
    #expect(told.withLock { $0 } == ["lv", "lv", "bv", "bv"])
    let late = try rig.open("bv")
    try rig.array.stop()
    #expect(throws: VolumeError.shutDown) { try late.bytes(at: 0, count: 1) }
    late.whenClosed { told.withLock { $0.append("late") } }
    #expect(told.withLock { $0.last } == "late")
  }

  @Test func `a released volume is not told any more`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 1)
    let told = Monitor(0)
    do {
      let volume = try rig.open("lv")
      volume.whenClosed { told.withLock { $0 += 1 } }
    }
    let kept = try rig.open("lv")
    kept.whenClosed { told.withLock { $0 += 1 } }
    try rig.create()
    try rig.link(to: ".-1")
    #expect(told.withLock { $0 } == 1)
    #expect(kept.size > 0)
  }

  @Test func `a refused operation closes nothing`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 1)
    try rig.create()
    let open = try rig.open("bv")
    #expect(refusal { try rig.restore("sv_09") } == .unknownVolume)
    #expect(refusal { try rig.unlink() } == .linkVolumeNotLinked)
    try open.fill(1)
  }

  @Test func `link information names the counterpart from every side`() throws {
    let rig = try Rig()
    try rig.makeFamily()
    try rig.create()
    try rig.link(to: ".-1", access: .readOnly)
    let sv = try rig.array.linkInformation(of: try rig.disk("sv_01"))
    #expect(sv.isLinked && sv.counterpart?.rawValue == "lv" && sv.access == .notReady)
    let lv = try rig.array.linkInformation(of: try rig.disk("lv"))
    #expect(lv.counterpart?.rawValue == "sv_01" && lv.access == .readOnly)
    #expect(lv.linkVolumes.map(\.target?.rawValue) == ["sv_01"])
    let other = try rig.array.linkInformation(of: try rig.disk("sv_02"))
    #expect(!other.isLinked && other.linkVolumes.count == 1)
  }

  @Test func `a peer sees what its LD set holds and nothing else`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 1)
    let name = try #require(LDSetName("hostA"))
    _ = try rig.array.createLDSet(name, by: Rig.administrator)
    _ = try rig.array.addClient("a.example", to: name, by: Rig.administrator)
    #expect(rig.array.exports(for: .ldSet("hostA")).isEmpty)
    #expect(rig.array.open(export: "bv", for: .ldSet("hostA")) == nil)
    _ = try rig.array.assign(try rig.disk("bv"), to: name, by: Rig.administrator)
    for peer in [Peer.ldSet("hostA"), .certificate("a.example")] {
      #expect(rig.array.exports(for: peer).map(\.name) == ["bv"])
      #expect(rig.array.open(export: "bv", for: peer) != nil)
      #expect(rig.array.open(export: "lv", for: peer) == nil)
    }
    for peer in [Peer.ldSet("hostB"), .certificate("b.example"), .ldSet("")] {
      #expect(rig.array.exports(for: peer).isEmpty)
      #expect(rig.array.open(export: "bv", for: peer) == nil)
    }
    #expect(rig.array.open(export: "sv_01", for: .localAdministrator) == nil)
    let open = try #require(rig.array.open(export: "bv", for: .ldSet("hostA")))
    _ = try rig.array.unassign(try rig.disk("bv"), from: name, by: Rig.administrator)
    #expect(throws: VolumeError.shutDown) { try open.bytes(at: 0, count: 1) }
  }
}

@Suite struct SignatureTests {
  private func signature(_ rig: Rig, _ name: String) throws -> [UInt8] {
    try rig.open(name).bytes(at: DiskSignature.offset, count: 4)
  }
  private func sign(_ rig: Rig, _ name: String, _ bytes: [UInt8]) throws {
    try rig.open(name).write(bytes, at: DiskSignature.offset)
  }

  @Test func `a link volume shows its own signature and the snapshot keeps its own`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 2, type: .windows)
    try sign(rig, "bv", [1, 1, 1, 1])
    try rig.create()
    try rig.link(to: "sv_01")
    let own = try signature(rig, "lv")
    #expect(own != [1, 1, 1, 1] && own != [0, 0, 0, 0])
    let sector = try rig.open("lv").bytes(at: 0, count: 512)
    #expect(Array(sector[440..<444]) == own)
    try rig.open("lv").write(Array(repeating: 5, count: 512), at: 0)
    #expect(try rig.open("lv").bytes(at: 0, count: 512) == Array(repeating: 5, count: 512))
    try rig.unlink()
    try rig.create("sv_02")
    try rig.link(to: "sv_02")
    #expect(try signature(rig, "lv") == [5, 5, 5, 5])
    try rig.unlink()
    try rig.reopen()
    try rig.link(to: "sv_02")
    #expect(try signature(rig, "lv") == [5, 5, 5, 5])
    try rig.unlink()
    // What was written around the signature is in the snapshot; its own signature is there too.
    try rig.restore("sv_01")
    #expect(try rig.byte("bv") == 5)
    #expect(try signature(rig, "bv") == [1, 1, 1, 1])
  }

  @Test func `a restored base volume keeps the signature it had, for WN only`() throws {
    for (type, expected) in [
      (OSType.windows, [UInt8](repeating: 2, count: 4)), (.linux, [1, 1, 1, 1]),
    ] {
      let rig = try Rig()
      try rig.makeFamily(generations: 2, type: type)
      try sign(rig, "bv", [1, 1, 1, 1])
      try rig.create("sv_01")
      try sign(rig, "bv", [2, 2, 2, 2])
      try rig.restore("sv_01")
      #expect(try signature(rig, "bv") == expected)
      try rig.reopen()
      #expect(try signature(rig, "bv") == expected)
      try rig.create("sv_02")
      try rig.restore("sv_02")
      #expect(try signature(rig, "bv") == expected)
    }
  }

  @Test func `a trim of the first block zeroes the signature that is shown`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 1, type: .windows)
    try rig.fill("bv", 1)
    try rig.create()
    try rig.link(to: "sv_01")
    let volume = try rig.open("lv")
    #expect(try volume.tryTrim(at: 0, count: 4096) == false)
    try volume.trim(at: 0, count: 4096)
    #expect(try volume.bytes(at: 0, count: 4096).allSatisfy { $0 == 0 })
  }

  @Test func `other types show the snapshot as it is`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 1, type: .windowsGPT)
    try sign(rig, "bv", [1, 1, 1, 1])
    try rig.create()
    try rig.link(to: "sv_01")
    #expect(try signature(rig, "lv") == [1, 1, 1, 1])
  }
}
