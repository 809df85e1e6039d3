import SedaiArray
import SedaiModel
import Testing

/// A base volume in one pool, its generations in another.
@Suite struct PoolsApartTests {
  private static let chunk: UInt64 = 65536

  /// `bv` of 16 written chunks in pool 0, generations `sv_01`… and the link volume `lv` in
  /// pool 1, whose reserve has room for `reserve` chunks.
  private func makeApart(generations: Int = 3, reserve: UInt64 = 64) throws -> Rig {
    let rig = try Rig()
    try rig.makePool(reserveChunks: nil)
    _ = try rig.array.createPool(
      number: 1, name: try #require(PoolName("pool1")),
      members: [PoolMemberSpecification(path: "pool1", size: 16 << 20)], by: Rig.administrator)
    try rig.bind("bv")
    #expect(refusal { try add(generations, rig) } == .reserveMissing)
    _ = try rig.array.createReserve(
      pool: 1, capacity: reserve * Self.chunk, by: Rig.administrator)
    try add(generations, rig)
    try rig.addLink("lv", to: "bv")
    try rig.fill("bv", 1, count: 16 * 65536)
    return rig
  }

  private func add(_ count: Int, _ rig: Rig, pool: UInt8 = 1, name: String = "sv") throws {
    _ = try rig.array.addGenerations(
      base: try rig.disk("bv"), pool: pool, count: count, name: try Rig.name(name),
      by: Rig.administrator)
  }

  /// Lets the array's own work go on for a while.
  private func work(_ rig: Rig) {
    for _ in 0..<20 {
      rig.clock.advance(seconds: 3)
      rig.array.tick()
    }
  }

  private func messages(_ rig: Rig) -> [MessageID] {
    rig.array.events(after: 0, limit: 10_000).map(\.messageID)
  }

  @Test func `generations may be in another pool, all of them in one, with their link volumes`()
    throws
  {
    let rig = try makeApart()
    #expect(refusal { try add(1, rig, pool: 0, name: "other") } == .otherPool)
    try rig.addGenerations(1, to: "bv", name: "more")
    let disks = rig.array.disks()
    for name in ["sv_01", "sv_03", "more", "lv"] {
      #expect(disks.first { $0.name.rawValue == name }?.pool == 1)
    }
    #expect(disks.first { $0.name.rawValue == "bv" }?.pool == 0)
    // A hundredth of the pool beside the volume.
    #expect(try rig.array.pool(0).promised == (16 + 10) * Self.chunk)
    try rig.array.removeGenerations(
      base: try rig.disk("bv"), count: 4, by: Rig.administrator)
    work(rig)
    #expect(try rig.array.pool(0).promised == 16 * Self.chunk)
  }

  @Test func `what the volume overwrites ends up in the generations' pool, by a job`() throws {
    let rig = try makeApart()
    try rig.create()
    try rig.fill("bv", 2, count: 5 * 65536)
    work(rig)
    #expect(try rig.array.pool(0).allocated == 16 * Self.chunk)
    #expect(try rig.array.pool(1).reserve?.used == 5 * Self.chunk)
    let job = try #require(rig.array.jobs().first)
    #expect(job.kind == .move && job.done == 5 && job.volume?.rawValue == "bv")
    let usage = try rig.array.reserveUsage(of: 1)
    #expect(usage.families.map(\.allocatedBytes) == [5 * Self.chunk])
    try rig.link(to: "sv_01")
    #expect(try [rig.byte("lv"), rig.byte("lv", at: 5 * Self.chunk)] == [1, 1])
    #expect(try rig.byte("bv") == 2)
  }

  @Test func `a full staging area makes a write move chunks, and never refuses it`() throws {
    let rig = try makeApart()
    try rig.create()
    try rig.fill("bv", 2, count: 16 * 65536)
    #expect(try rig.state("sv_01") == "snap/active")
    #expect(try rig.array.pool(1).reserve?.used ?? 0 > 0)
    try rig.link(to: "sv_01")
    #expect(try rig.byte("lv", at: 15 * Self.chunk) == 1)
  }

  @Test func `generations are given up when their pool is full, the oldest first`() throws {
    let rig = try makeApart(reserve: 6)
    try rig.create()
    try rig.create()
    for byte in 2...4 as ClosedRange<UInt8> { try rig.fill("bv", byte, count: 16 * 65536) }
    #expect(try rig.byte("bv", at: 15 * Self.chunk) == 4)
    #expect(try rig.state("sv_01") == "snap/deleted")
    #expect(messages(rig).contains(.generationGivenUp))
  }

  @Test func `the generations' pool fails under the running array: the volume goes on`() throws {
    let rig = try makeApart()
    try rig.create()
    try rig.fill("bv", 2, count: 4 * 65536)
    work(rig)
    try rig.devices.open("pool1").set {
      $0.reads = true
      $0.writes = true
      $0.flushes = true
    }
    for byte in 3...9 as ClosedRange<UInt8> {
      try rig.fill("bv", byte, count: 16 * 65536)
      work(rig)
    }
    for chunk in 0..<16 as Range<UInt64> {
      #expect(try rig.byte("bv", at: chunk * Self.chunk) == 9)
    }
    #expect(try rig.state("sv_01") == "snap/deleted")
  }

  @Test func `an array that starts without the generations' pool has its volumes whole`() throws {
    let rig = try makeApart()
    try rig.create()
    try rig.fill("bv", 2, count: 4 * 65536)
    work(rig)
    rig.devices.lose("pool1")
    try rig.reopen()
    #expect(try rig.state("sv_01") == "snap/fault")
    #expect(try [rig.byte("bv"), rig.byte("bv", at: 4 * Self.chunk)] == [2, 1])
    try rig.fill("bv", 3, count: 16 * 65536)
    work(rig)
    #expect(try rig.byte("bv", at: 15 * Self.chunk) == 3)
    rig.devices.find("pool1")
    try rig.reopen()
    #expect(try rig.byte("bv", at: 7 * Self.chunk) == 3)
  }

  @Test func `a restore across pools is usable at once, and rst/exec until it is copied back`()
    throws
  {
    let rig = try makeApart()
    try rig.create()
    try rig.fill("bv", 2, count: 16 * 65536)
    work(rig)
    try rig.restore("sv_01")
    #expect(try rig.byte("bv") == 1)
    #expect(try rig.state("sv_01") == "rst/exec")
    try rig.fill("bv", 7, at: Self.chunk)
    try rig.reopen()
    #expect(try rig.state("sv_01") == "rst/exec")
    work(rig)
    #expect(try rig.state("sv_01") == "snap/active")
    #expect(try [rig.byte("bv"), rig.byte("bv", at: Self.chunk)] == [1, 7])
    #expect(try rig.array.pool(0).allocated == 16 * Self.chunk)
    // Now that it is back, the volume needs nothing of the other pool.
    rig.devices.lose("pool1")
    try rig.reopen()
    #expect(try [rig.byte("bv"), rig.byte("bv", at: 15 * Self.chunk)] == [1, 1])
  }
}
