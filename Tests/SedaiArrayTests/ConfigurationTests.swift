import SedaiArray
import SedaiModel
import Testing

@Suite struct ConfigurationTests {
  @Test func `a bound disk has the number and name asked for, or the lowest and a made one`()
    throws
  {
    let rig = try Rig()
    try rig.makePool()
    let named = try rig.bind("vol1")
    #expect(named.number?.description == "0000h")
    #expect(named.roles.text == "IV")
    let made = try rig.array.bind(
      DiskSpecification(pool: 0, capacity: 1 << 20), by: Rig.administrator)
    let name = String(rig.array.status().worldWideName.suffix(12)) + "0001"
    #expect(made.name.rawValue == name && made.osType == nil)
    #expect(
      refusal {
        _ = try rig.array.bind(
          DiskSpecification(pool: 0, capacity: 1 << 20, number: LogicalDiskNumber(1)),
          by: Rig.administrator)
      } == .numberInUse)
    #expect(refusal { try rig.bind("vol1") } == .nameInUse)
    #expect(refusal { try rig.bind("big", chunks: 100_000) } == .poolFull)
    #expect(try rig.bind("Vol1").name.rawValue == "Vol1")
  }

  @Test func `capacities outside 1 MiB to 64 TiB, or broken ones, are refused`() throws {
    let rig = try Rig()
    try rig.makePool()
    for capacity: UInt64 in [0, 1 << 19, 1 << 20 + 512, 64 << 40 + 4096] {
      #expect(
        refusal {
          _ = try rig.array.bind(
            DiskSpecification(pool: 0, capacity: capacity), by: Rig.administrator)
        } == .invalidCapacity)
    }
  }

  @Test func `generations need a reserve, are named in a row, and clash as a whole`() throws {
    let rig = try Rig()
    try rig.makePool(reserveChunks: nil)
    try rig.bind("bv")
    #expect(refusal { try rig.addGenerations(1, to: "bv", name: "sv") } == .reserveMissing)
    _ = try rig.array.createReserve(pool: 0, capacity: 1 << 20, by: Rig.administrator)
    try rig.bind("sv_02")
    #expect(refusal { try rig.addGenerations(3, to: "bv", name: "sv") } == .nameInUse)
    #expect(try rig.array.disk(rig.disk("bv")).roles.text == "IV")
    let built = try rig.addGenerations(2, to: "bv", name: "gen")
    #expect(built.map(\.name.rawValue) == ["gen_01", "gen_02"])
    #expect(built.map(\.absoluteGeneration) == [1, 2])
    #expect(built.allSatisfy { $0.state == .empty && $0.relativeGeneration == nil })
    #expect(built.allSatisfy { $0.osType == .linux })
    #expect(try rig.addGenerations(1, to: "bv", name: "single").first?.name.rawValue == "single")
    #expect(try rig.array.disk(rig.disk("bv")).roles.text == "BV")
  }

  @Test func `a type is frozen while generations or link volumes exist`() throws {
    let rig = try Rig()
    try rig.makePool()
    try rig.bind("bv")
    let name = try #require(LogicalDiskName("bv"))
    func retype(_ type: OSType?) throws {
      _ = try rig.array.rename(
        try rig.disk("bv"), to: name, osType: .some(type), by: Rig.administrator)
    }
    try retype(.windows)
    try rig.addGenerations(1, to: "bv", name: "sv")
    #expect(refusal { try retype(.linux) } == .typeFrozen)
    #expect(refusal { try retype(.windows) } == nil)
    try rig.array.removeGenerations(
      base: try rig.disk("bv"), count: 1, by: Rig.administrator)
    try retype(nil)
    #expect(try rig.array.disk(rig.disk("bv")).osType == nil)
  }

  @Test func `a removal without name takes the generation emptied last, never a snapshot`()
    throws
  {
    let rig = try Rig()
    try rig.makeFamily(generations: 3)
    try rig.create("sv_01")
    try rig.create("sv_02")
    try rig.delete("sv_01")
    func remove() throws {
      try rig.array.removeGenerations(
        base: try rig.disk("bv"), count: 1, by: Rig.administrator)
    }
    try remove()
    #expect(refusal { _ = try rig.facts("sv_01") } == .unknownVolume)
    try remove()
    #expect(refusal { _ = try rig.facts("sv_03") } == .unknownVolume)
    #expect(refusal { try remove() } == .tooFewEmptyGenerations)
    #expect(try rig.state("sv_02") == "snap/active")
    #expect(
      refusal {
        try rig.array.removeGeneration(try rig.snapshot("sv_02"), by: Rig.administrator)
      } == .generationHoldsSnapshot)
  }

  @Test func `what others depend on is not unbound`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 1)
    func unbind(_ name: String) -> MessageID? {
      refusal { try rig.array.unbind(try rig.disk(name), by: Rig.administrator) }
    }
    #expect(unbind("bv") == .hasGenerations)
    #expect(unbind("sv_01") == .wrongKindForConfiguration)
    #expect(unbind("lv") == .wrongKindForConfiguration)
    try rig.array.removeGenerations(
      base: try rig.disk("bv"), count: 1, by: Rig.administrator)
    #expect(unbind("bv") == .hasLinkVolumes)
    try rig.array.unbindLinkVolume(try rig.disk("lv"), by: Rig.administrator)
    #expect(unbind("bv") == nil)
    #expect(unbind("bv") == .unknownDisk)
    rig.settle()
    try rig.array.deletePool(0, by: Rig.administrator)
    #expect(rig.array.pools().isEmpty)
  }

  @Test func `LUNs are the lowest free ones, stay, and a link volume never gets 0`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 1)
    try rig.bind("iv")
    let name = try #require(LDSetName("hostA"))
    _ = try rig.array.createLDSet(name, by: Rig.administrator)
    func assign(_ disk: String, lun: UInt16? = nil) throws -> [UInt16] {
      try rig.array.assign(try rig.disk(disk), to: name, lun: lun, by: Rig.administrator)
        .ldSet.assignments.map(\.lun)
    }
    #expect(refusal { _ = try assign("lv", lun: 0) } == .linkVolumeAtLUNZero)
    #expect(try assign("lv") == [1])
    #expect(try assign("iv") == [0, 1])
    #expect(refusal { _ = try assign("iv") } == .alreadyInLDSet)
    #expect(refusal { _ = try assign("bv", lun: 1) } == .lunInUse)
    #expect(refusal { _ = try assign("sv_01") } == .notAssignable)
    #expect(try assign("bv") == [0, 1, 2])
    #expect(
      try rig.array.unassign(try rig.disk("iv"), from: name, by: Rig.administrator)
        .assignments.map(\.lun) == [1, 2])
    #expect(
      refusal {
        _ = try rig.array.unassign(try rig.disk("iv"), from: name, by: Rig.administrator)
      } == .notInLDSet)
    #expect(
      refusal { try rig.array.unbind(try rig.disk("bv"), by: Rig.administrator) }
        == .hasGenerations)
    #expect(refusal { try rig.array.deleteLDSet(name, by: Rig.administrator) } == .ldSetNotEmpty)
  }
}
