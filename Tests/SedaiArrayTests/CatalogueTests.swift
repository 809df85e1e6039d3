import SedaiArray
import SedaiEngine
import SedaiModel
import Testing

@Suite struct CatalogueTests {
  @Test func `everything is as it was after the array was stopped and started`() throws {
    let rig = try Rig()
    try rig.makeFamily(type: .windows)
    let set = try #require(LDSetName("hostA"))
    _ = try rig.array.createLDSet(set, osType: .windows, by: Rig.administrator)
    _ = try rig.array.addClient("a.example", to: set, by: Rig.administrator)
    _ = try rig.array.assign(try rig.disk("lv"), to: set, by: Rig.administrator)
    try rig.fill("bv", 1)
    try rig.create()
    try rig.fill("bv", 2)
    try rig.create()
    try rig.create()
    try rig.delete("sv_03")
    try rig.guardSnapshot("sv_02")
    try rig.link(to: "sv_01", access: .readOnly)
    try rig.restore("sv_02")
    let disks = rig.array.disks()
    let query = try rig.array.query(base: try rig.disk("bv"))
    let sets = rig.array.ldSets()
    let pools = rig.array.pools()
    let status = rig.array.status()
    let events = rig.array.events(after: 0, limit: 1000)
    try rig.reopen()
    #expect(rig.array.disks() == disks)
    #expect(try rig.array.query(base: try rig.disk("bv")) == query)
    #expect(rig.array.ldSets() == sets)
    #expect(rig.array.pools().map(\.reserve) == pools.map(\.reserve))
    #expect(rig.array.status().worldWideName == status.worldWideName)
    #expect(Array(rig.array.events(after: 0, limit: 1000).dropLast()) == events)
    #expect(rig.array.status().newestEvent == status.newestEvent + 1)
    #expect(try rig.byte("lv") == 1)
    #expect(try rig.byte("bv") == 2)
  }

  @Test func `numbers of volumes and events are not used again after a restart`() throws {
    let rig = try Rig()
    try rig.makePool()
    let first = try rig.bind("a")
    try rig.array.unbind(try rig.disk("a"), by: Rig.administrator)
    let event = rig.array.status().newestEvent
    try rig.reopen()
    let second = try rig.bind("a")
    #expect(second.id > first.id)
    #expect(rig.array.status().newestEvent > event)
  }

  @Test func `the catalogue keeps the newest 500 events`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 1)
    for _ in 0..<600 { try rig.create() }
    let newest = rig.array.status().newestEvent
    #expect(rig.array.events(after: 0, limit: 10_000).count == Int(newest))
    try rig.reopen()
    let kept = rig.array.events(after: 0, limit: 10_000)
    #expect(kept.map(\.number) == Array(newest - 499...newest + 1))
    #expect(rig.array.events(after: newest, limit: 10).count == 1)
  }

  /// What version 1 wrote; later programs must read it.
  static let versionOne: [(String, String)] = [
    (
      "array",
      #"{"name":"OLD","nextVolume":5,"worldWideName":"1000000000000abc"}"#
    ),
    (
      "pool/00",
      #"{"members":["pool0"],"name":"pool0","number":0,"reserve":{"chunks":20,"critical":80,"policy":"keep-generations","warning":60}}"#
    ),
    (
      "disk/0000000000000001",
      #"{"boundAt":7,"id":1,"name":"bv","number":0,"osType":"WN","pool":0,"volume":{"capacity":1048576,"image":1,"isControl":false,"lastGeneration":2,"signature":16909060,"undo":9}}"#
    ),
    (
      "disk/0000000000000002",
      #"{"boundAt":8,"id":2,"name":"sv_01","number":1,"osType":"WN","pool":0,"snapshot":{"active":{"capacity":1048576,"image":4,"isGuarded":true,"since":1700000000000000000},"base":1,"generation":1}}"#
    ),
    (
      "disk/0000000000000003",
      #"{"boundAt":8,"id":3,"name":"sv_02","pool":0,"snapshot":{"base":1,"deletedAt":11,"generation":2}}"#
    ),
    (
      "disk/0000000000000004",
      #"{"boundAt":9,"id":4,"link":{"access":"ro","base":1,"signature":99,"target":2},"name":"lv","number":3,"osType":"WN","pool":0}"#
    ),
    (
      "ldset/hostA",
      #"{"assignments":[{"lun":1,"volume":4}],"clients":["a.example"],"name":"hostA","osType":"LX"}"#
    ),
    (
      "event/007",
      #"{"arguments":{"bv":{"text":"bv"},"n":{"count":3},"p":{"percent":75}},"message":10401,"number":507,"requester":"admin","time":12}"#
    ),
  ]

  private func plant(_ records: [(String, String)], version: UInt8 = 1) throws -> Rig {
    let rig = try Rig()
    try rig.engine.commit(
      [],
      catalogue: records.map {
        .put(key: Array($0.0.utf8), value: [version] + Array($0.1.utf8))
      })
    return rig
  }

  @Test func `records of version 1 are read`() throws {
    let rig = try plant(Self.versionOne)
    try rig.reopen()
    let array = rig.array
    #expect(array.status().name == "OLD" && array.status().worldWideName == "1000000000000abc")
    let pool = try #require(array.pools().first)
    #expect(pool.reserve?.policy == .keepGenerations && pool.reserve?.thresholds.warning == 60)
    let link = try #require(array.linkVolumes().first)
    #expect(link.target?.rawValue == "sv_01" && link.access == .readOnly)
    let query = try array.query(base: try rig.disk("bv"))
    #expect(query.base.canUndoRestore && query.base.osType == .windows)
    #expect(query.generations.map(\.name.rawValue) == ["sv_01", "sv_02"])
    #expect(query.generations.map(\.isGuarded) == [true, false])
    // The engine of this test has no such pool: the snapshot cannot be reached.
    #expect(query.generations.map(\.state.text) == ["snap/fault", "snap/deleted"])
    #expect(pool.kind == .dynamic)
    let set = try #require(array.ldSets().first)
    #expect(set.assignments.first?.lun == 1)
    #expect(
      set.targets.map(\.name.rawValue) == ["iqn.2026-11.local.sedai:1000000000000abc.hosta"])
    let event = try #require(array.events(after: 506, limit: 1).first)
    #expect(event.number == 507 && event.arguments["p"] == .percent(75))
    #expect(array.status().newestEvent == 508)
  }

  @Test func `records of a later version are refused and left alone`() throws {
    let rig = try plant([Self.versionOne[0]], version: 2)
    let before = rig.engine.catalogue().map(\.value)
    #expect(refusal { try rig.reopen() } == .metadataTooNew)
    #expect(rig.engine.catalogue().map(\.value) == before)
  }

  @Test(arguments: [
    ("disk/0000000000000001", #"{"id":1}"#),
    ("disk/0000000000000001", #"{"boundAt":7,"id":1,"name":"b v","pool":0}"#),
    ("disk/0000000000000001", #"{"boundAt":7,"id":1,"name":"bv","pool":0}"#),
    (
      "disk/0000000000000002",
      #"{"boundAt":8,"id":2,"name":"x","pool":0,"snapshot":{"base":1,"generation":1}}"#
    ),
    ("pool/00", "no JSON"),
    ("something/else", "{}"),
    (
      "ldset/hostA",
      #"{"assignments":[{"lun":1,"volume":4}],"clients":[],"name":"hostA"}"#
    ),
    (
      "ldset/hostA",
      #"{"assignments":[],"clients":[],"iSCSI":{"initiators":["x"],"mode":"Normal","targetName":"iqn.a"},"name":"hostA"}"#
    ),
    ("ldset/hostA", #"{"assignments":[],"clients":[],"name":"hostA","paths":["1"]}"#),
    ("port/00-00", #"{"number":"00-00","address":"1.2.3"}"#),
  ])
  func `records that make no sense are refused and named`(key: String, text: String) throws {
    let rig = try plant([(key, text)])
    do {
      try rig.reopen()
      Issue.record("opened")
    } catch let error as DiskArrayError {
      #expect(error.messageID == .metadataDamaged, "\(error)")
    }
  }

  @Test func `events reach subscribers with their texts`() throws {
    let rig = try Rig()
    let seen = EventBox()
    rig.array.subscribe { seen.add($0) }
    try rig.makeFamily(generations: 1)
    try rig.create()
    let event = try #require(seen.events.last)
    #expect(event.messageID == .snapshotCreated && event.requester == "administrator")
    #expect(event.text() == "Snapshot of bv created in sv_01.")
    #expect(event.text(in: .japanese).contains("sv_01"))
    #expect(event.messageClass == .info)
  }
}
