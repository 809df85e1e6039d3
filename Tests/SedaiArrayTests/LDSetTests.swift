import SedaiArray
import SedaiModel
import Testing

@Suite struct LDSetTests {
  private func set(_ name: String) throws -> LDSetName { try #require(LDSetName(name)) }
  private func initiator(_ name: String) throws -> ISCSIName { try #require(ISCSIName(name)) }

  private func access(_ facts: LDSetFacts) throws -> ISCSIFacts {
    guard case .iSCSI(let access) = facts.connection else {
      throw DiskArrayError(.failure, .internalFailure)
    }
    return access
  }

  /// Carries out `body`, which must be refused, and compares everything before and after.
  private func refused(
    _ rig: Rig, _ expected: MessageID, _ body: () throws -> Void
  ) throws {
    let before = (rig.array.ldSets(), rig.array.hostPorts(), rig.array.status().newestEvent)
    #expect(refusal(body) == expected)
    let after = (rig.array.ldSets(), rig.array.hostPorts(), rig.array.status().newestEvent)
    #expect(before == after, "\(expected) changed something")
  }

  @Test func `a new iSCSI set has a target and every portal of the array, also later ones`()
    throws
  {
    let rig = try Rig()
    let first = try #require(HostPortNumber(parsing: "00-00"))
    let second = try #require(HostPortNumber(parsing: "01-0a"))
    let address = try #require(IPv4Address("192.0.2.10"))
    let other = try #require(IPv4Address("192.0.2.11"))
    _ = try rig.array.setPort(
      first, portal: ISCSIPortal(address: address), by: Rig.administrator)
    let made = try rig.array.createLDSet(
      try set("host_A"), osType: .linux, by: Rig.administrator)
    #expect(try access(made).portals.map(\.description) == ["192.0.2.10:3260"])
    #expect(try access(made).mode == .normal)
    let wwn = rig.array.status().worldWideName
    #expect(
      try access(made).targetName.rawValue == "iqn.2026-11.local.sedai:\(wwn).host-a")
    _ = try rig.array.setPort(
      second, portal: ISCSIPortal(address: other, tcpPort: 3261), by: Rig.administrator)
    let now = try access(try rig.array.ldSet(made.name))
    #expect(now.portals.map(\.description) == ["192.0.2.10:3260", "192.0.2.11:3261"])
    try refused(rig, .portalInUse) {
      _ = try rig.array.setPort(
        second, portal: ISCSIPortal(address: address), by: Rig.administrator)
    }
    let restricted = try rig.array.addPort(second, to: made.name, by: Rig.administrator)
    #expect(try access(restricted).portals.map(\.description) == ["192.0.2.11:3261"])
    let none = try rig.array.removePort(second, from: made.name, by: Rig.administrator)
    #expect(try access(none).portals.isEmpty)
  }

  @Test func `targets of sets whose names differ in case only are told apart, over restarts too`()
    throws
  {
    let rig = try Rig()
    var names: [ISCSIName] = []
    for name in ["hostA", "hosta", "host_a", "host-a"] {
      names.append(
        try access(try rig.array.createLDSet(try set(name), by: Rig.administrator)).targetName)
    }
    #expect(Set(names).count == 4)
    try rig.reopen()
    #expect(try access(try rig.array.ldSet(try set("hostA"))).targetName == names[0])
    #expect(try access(try rig.array.ldSet(try set("host-a"))).targetName == names[3])
  }

  @Test func `an initiator sees what its set holds and nothing else, whatever case it writes`()
    throws
  {
    let rig = try Rig()
    try rig.makeFamily(generations: 1)
    let one = try initiator("iqn.2026-01.example:One")
    let name = try set("hostA")
    _ = try rig.array.createLDSet(name, by: Rig.administrator)
    #expect(rig.array.ldSet(ofInitiator: one) == nil)
    _ = try rig.array.addInitiator(one, to: name, by: Rig.administrator)
    _ = try rig.array.assign(try rig.disk("bv"), to: name, by: Rig.administrator)
    let same = try initiator("iqn.2026-01.EXAMPLE:one")
    #expect(rig.array.exports(for: .initiator(same)).map(\.name) == ["bv"])
    let found = try #require(rig.array.ldSet(ofInitiator: same))
    #expect(found.targets.map { $0.units.map(\.lun) } == [[0]])
    let open = try #require(rig.array.open(export: "bv", for: .initiator(one)))
    #expect(rig.array.open(export: "lv", for: .initiator(one)) == nil)
    let stranger = try initiator("iqn.2026-01.example:two")
    #expect(rig.array.open(export: "bv", for: .initiator(stranger)) == nil)
    #expect(rig.array.exports(for: .initiator(stranger)).isEmpty)
    _ = try rig.array.createLDSet(try set("hostB"), by: Rig.administrator)
    try refused(rig, .initiatorExists) {
      _ = try rig.array.addInitiator(same, to: try set("hostB"), by: Rig.administrator)
    }
    try refused(rig, .unknownInitiator) {
      _ = try rig.array.removeInitiator(stranger, from: name, by: Rig.administrator)
    }
    _ = try rig.array.removeInitiator(same, from: name, by: Rig.administrator)
    #expect(rig.array.open(export: "bv", for: .initiator(one)) == nil)
    #expect(throws: VolumeError.shutDown) { _ = try open.bytes(at: 0, count: 4096) }
  }

  @Test func `in multi-target mode each disk has a target that it keeps when another one leaves`()
    throws
  {
    let rig = try Rig()
    try rig.makeFamily(generations: 1)
    try rig.bind("iv")
    let name = try set("hostM")
    _ = try rig.array.createLDSet(name, kind: .iSCSI(.multiTarget), by: Rig.administrator)
    #expect(try rig.array.ldSet(name).targets.isEmpty)
    func assign(_ disk: String) throws -> LDSetFacts {
      try rig.array.assign(try rig.disk(disk), to: name, by: Rig.administrator).ldSet
    }
    try refused(rig, .lunChosenByArray) {
      _ = try rig.array.assign(
        try rig.disk("iv"), to: name, lun: 0, by: Rig.administrator)
    }
    _ = try assign("iv")
    _ = try assign("lv")
    let full = try assign("bv")
    let base = try access(full).targetName.rawValue
    #expect(full.targets.map(\.name.rawValue) == ["\(base).t1", "\(base).t2", "\(base).t3"])
    #expect(full.assignments.map(\.lun) == [0, 1, 0])
    let less = try rig.array.unassign(
      try rig.disk("iv"), from: name, by: Rig.administrator)
    #expect(less.targets.map(\.name.rawValue) == ["\(base).t2", "\(base).t3"])
    #expect(less.assignments.map(\.disk.rawValue) == ["lv", "bv"])
    #expect(try assign("iv").targets.map(\.name.rawValue).first == "\(base).t1")
  }

  @Test func `a host that would see a disk twice is warned of, and refused for type WG`() throws {
    for type in [OSType.linux, .windows, .windowsGPT] {
      let rig = try Rig()
      try rig.makeFamily(generations: 1, type: type)
      try rig.addLink("lv2", to: "bv")
      let both = try set("both")
      let links = try set("links")
      for name in [both, links] { _ = try rig.array.createLDSet(name, by: Rig.administrator) }
      func assign(_ disk: String, to name: LDSetName) throws -> [MessageID] {
        try rig.array.assign(try rig.disk(disk), to: name, by: Rig.administrator)
          .warnings.map(\.messageID)
      }
      #expect(try assign("bv", to: both).isEmpty)
      #expect(try assign("lv", to: links).isEmpty)
      if type == .windowsGPT {
        try refused(rig, .baseAndLinkOnOneHost) { _ = try assign("lv", to: both) }
        try refused(rig, .baseAndLinkOnOneHost) { _ = try assign("bv", to: links) }
        try refused(rig, .linkVolumesOnOneHost) { _ = try assign("lv2", to: links) }
      } else {
        #expect(try assign("lv", to: both) == [.baseAndLinkSeen])
        #expect(try assign("lv2", to: links).isEmpty)
        #expect(try assign("bv", to: links) == [.baseAndLinkSeen, .baseAndLinkSeen])
      }
    }
  }

  @Test func `a control volume belongs to one host`() throws {
    let rig = try Rig()
    try rig.makePool(mebibytes: 128)
    let volume = try rig.array.bind(
      DiskSpecification(pool: 0, capacity: 0, isControlVolume: true), by: Rig.administrator)
    let (one, two) = (try set("one"), try set("two"))
    for name in [one, two] { _ = try rig.array.createLDSet(name, by: Rig.administrator) }
    _ = try rig.array.assign(.name(volume.name), to: one, by: Rig.administrator)
    try refused(rig, .controlVolumeAssigned) {
      _ = try rig.array.assign(.name(volume.name), to: two, by: Rig.administrator)
    }
    _ = try rig.array.unassign(.name(volume.name), from: one, by: Rig.administrator)
    _ = try rig.array.assign(.name(volume.name), to: two, by: Rig.administrator)
  }

  @Test func `paths belong to Fibre Channel sets and initiators to iSCSI sets`() throws {
    let rig = try Rig()
    let (fibre, other) = (try set("fibre"), try set("other"))
    _ = try rig.array.createLDSet(fibre, kind: .fibreChannel, by: Rig.administrator)
    _ = try rig.array.createLDSet(other, by: Rig.administrator)
    let path = try #require(FibreChannelPath(parsing: "1000-0090-FA00-0001"))
    let port = try #require(FibreChannelPath(parsing: "01-02"))
    let host = try initiator("iqn.2026-01.example:one")
    for each in [path, port] {
      _ = try rig.array.addPath(each, to: fibre, by: Rig.administrator)
    }
    try refused(rig, .pathExists) {
      _ = try rig.array.addPath(path, to: fibre, by: Rig.administrator)
    }
    try refused(rig, .wrongLDSetKind) {
      _ = try rig.array.addPath(path, to: other, by: Rig.administrator)
    }
    try refused(rig, .wrongLDSetKind) {
      _ = try rig.array.addInitiator(host, to: fibre, by: Rig.administrator)
    }
    try rig.reopen()
    #expect(
      try rig.array.ldSet(fibre).connection == .fibreChannel(paths: [path, port]))
    let left = try rig.array.removePath(path, from: fibre, by: Rig.administrator)
    #expect(left.connection == .fibreChannel(paths: [port]))
    try refused(rig, .unknownPath) {
      _ = try rig.array.removePath(path, from: fibre, by: Rig.administrator)
    }
  }

  @Test func `a set is found by its type and name, and not by another type`() throws {
    let rig = try Rig()
    _ = try rig.array.createLDSet(
      try set("4-05comredhat7c8"), osType: .linux, by: Rig.administrator)
    func find(_ text: String) throws -> String {
      try rig.array.ldSetName(try #require(LDSetReference(parsing: text))).rawValue
    }
    #expect(try find("LX:4-05comredhat7c8") == "4-05comredhat7c8")
    #expect(try find("4-05comredhat7c8") == "4-05comredhat7c8")
    for text in ["WN:4-05comredhat7c8", ":4-05comredhat7c8", "LX:4-05comredhat7c9"] {
      try refused(rig, .unknownLDSet) { _ = try find(text) }
    }
  }

  @Test func `a disk is found by type and name, by number, and not by another type`() throws {
    let rig = try Rig()
    try rig.makePool()
    let disk = try rig.bind("vol1")
    let name = disk.name
    #expect(
      try rig.array.disk(.fullName(FullName(osType: .linux, name: name))).id == disk.id)
    #expect(try rig.array.disk(.number(LogicalDiskNumber(0))).id == disk.id)
    for type in [nil, OSType.windows] {
      #expect(
        refusal { _ = try rig.array.disk(.fullName(FullName(osType: type, name: name))) }
          == .unknownDisk)
    }
  }

  @Test func `host ports and the array keep their names over restarts, links do not`() throws {
    let rig = try Rig()
    let number = try #require(HostPortNumber(parsing: "01-0a"))
    let address = try #require(IPv4Address("192.0.2.10"))
    let name: PortName = try #require(PortName("DB_PRIMARY"))
    _ = try rig.array.namePort(number, name, by: Rig.administrator)
    _ = try rig.array.setPort(
      number, portal: ISCSIPortal(address: address), by: Rig.administrator)
    #expect(rig.array.hostPorts().map(\.isLinkUp) == [false])
    rig.array.setListening(number, true)
    #expect(rig.array.hostPorts().map(\.isLinkUp) == [true])
    _ = try rig.array.renameArray(
      to: try #require(ArrayName("Tokyo_1")), by: Rig.administrator)
    try rig.reopen()
    let port = try #require(rig.array.hostPorts().first)
    #expect(port.name?.rawValue == "DB_PRIMARY")
    #expect(port.portal == ISCSIPortal(address: address))
    #expect(!port.isLinkUp)
    #expect(rig.array.status().name == "Tokyo_1")
    _ = try rig.array.setPort(number, portal: nil, by: Rig.administrator)
    _ = try rig.array.namePort(number, nil, by: Rig.administrator)
    #expect(rig.array.hostPorts().isEmpty)
  }

  @Test func `a basic pool takes no reserve and no link volumes`() throws {
    let rig = try Rig()
    _ = try rig.array.createPool(
      number: 0, name: try #require(PoolName("basic")), kind: .basic,
      members: [PoolMemberSpecification(path: "basic", size: 16 << 20)], by: Rig.administrator)
    try rig.bind("bv")
    try rig.reopen()
    #expect(rig.array.pools().map(\.kind) == [.basic])
    #expect(
      refusal {
        _ = try rig.array.createReserve(pool: 0, capacity: 1 << 20, by: Rig.administrator)
      } == .poolIsBasic)
    #expect(refusal { try rig.addLink("lv", to: "bv") } == .poolIsBasic)
    #expect(refusal { try rig.addGenerations(1, to: "bv", name: "sv") } == .reserveMissing)
  }
}
