import SedaiArray
import SedaiModel
import Testing

/// A full reserve, under both policies.
@Suite struct ReserveTests {
  private static let chunk: UInt64 = 65536

  /// A base volume of 16 written chunks and a reserve of 20, generations `sv_01`… of it that
  /// each hold `chunks` of their own.
  private func makeFull(
    generations: Int = 4, chunks: Int = 5, policy: ReservePolicy = .giveUpGenerations
  ) throws -> Rig {
    let rig = try Rig()
    try rig.makePool(reserveChunks: 20)
    try rig.bind("bv")
    try rig.addGenerations(generations, to: "bv", name: generations == 1 ? "sv_01" : "sv")
    try rig.addLink("lv", to: "bv")
    _ = try rig.array.setReservePolicy(
      pool: 0, policy: policy, thresholds: nil, by: Rig.administrator)
    try rig.fill("bv", 1, count: 16 * 65536)
    for byte in 0..<generations {
      try rig.create()
      try rig.fill("bv", UInt8(10 + byte), count: chunks * 65536)
    }
    return rig
  }

  private func messages(_ rig: Rig) -> [MessageID] {
    rig.array.events(after: 0, limit: 10_000).map(\.messageID)
  }

  @Test func `a base volume's write gives up the oldest generations until it fits`() throws {
    let rig = try makeFull()
    #expect(try rig.array.pool(0).reserve?.level == .full)
    try rig.fill("bv", 99, at: 5 * Self.chunk, count: 65536)
    #expect(try rig.state("sv_01") == "snap/deleted")
    #expect(try rig.state("sv_02") == "snap/active")
    #expect(messages(rig).contains(.generationGivenUp) && messages(rig).contains(.reserveFull))
    #expect(try rig.byte("bv", at: 5 * Self.chunk) == 99)
    try rig.link(to: "sv_04")
    #expect(try rig.byte("lv", at: 5 * Self.chunk) == 1)
    #expect(try rig.byte("lv") == 12)
  }

  @Test func `guarded generations are given up last, and only if nothing else is left`() throws {
    let rig = try makeFull(generations: 2, chunks: 10)
    try rig.guardSnapshot("sv_01")
    try rig.fill("bv", 99, at: 10 * Self.chunk, count: 65536)
    #expect(try [rig.state("sv_01"), rig.state("sv_02")] == ["snap/active", "snap/deleted"])
    try rig.fill("bv", 98, count: 16 * 65536)
    #expect(try rig.state("sv_01") == "snap/active")
    try rig.create("sv_02")
    try rig.guardSnapshot("sv_02")
    try rig.fill("bv", 97, count: 16 * 65536)
    #expect(try [rig.state("sv_01"), rig.state("sv_02")] == ["snap/deleted", "snap/active"])
    #expect(try rig.byte("bv", at: 15 * Self.chunk) == 97)
  }

  @Test func `a linked generation that is given up loses its link and its readers get errors`()
    throws
  {
    let rig = try makeFull()
    try rig.link(to: "sv_01", access: .readOnly)
    let reader = try rig.open("lv")
    #expect(try reader.bytes(at: 0, count: 1) == [1])
    try rig.fill("bv", 99, at: 5 * Self.chunk, count: 65536)
    #expect(throws: VolumeError.shutDown) { try reader.bytes(at: 0, count: 1) }
    #expect(throws: VolumeError.notReady) { try rig.byte("lv") }
    #expect(messages(rig).contains(.linkLost))
    let link = try #require(rig.array.linkVolumes().first)
    #expect(link.target == nil && link.access == .notReady)
  }

  @Test func `a write to a linked snapshot fails for lack of space and gives up nothing`()
    throws
  {
    let rig = try makeFull()
    try rig.link(to: "sv_04")
    let volume = try rig.open("lv")
    let bytes = [UInt8](repeating: 9, count: 65536)
    #expect(throws: VolumeError.noSpace) { try volume.write(bytes, at: 8 * Self.chunk) }
    #expect(try volume.bytes(at: 8 * Self.chunk, count: 1) == [1])
    #expect(
      try ["sv_01", "sv_02", "sv_03", "sv_04"].allSatisfy {
        try rig.state($0) == "snap/active"
      })
  }

  @Test func `a reserve that keeps its generations refuses writes and new snapshots instead`()
    throws
  {
    let rig = try makeFull(generations: 4, policy: .keepGenerations)
    try rig.addGenerations(1, to: "bv", name: "more")
    let bytes = [UInt8](repeating: 9, count: 65536)
    #expect(throws: VolumeError.noSpace) { try rig.open("bv").write(bytes, at: 5 * Self.chunk) }
    #expect(try rig.byte("bv", at: 5 * Self.chunk) == 1)
    #expect(refusal { try rig.create("more") } == .reserveFullForSnapshot)
    #expect(
      try ["sv_01", "sv_02", "sv_03", "sv_04"].allSatisfy {
        try rig.state($0) == "snap/active"
      })
    #expect(messages(rig).contains(.writeRefusedByReserve))
    // Chunks that the newest generation does not share are still written in place.
    try rig.open("bv").write(bytes, at: 0)
    try rig.delete("sv_01")
    try rig.open("bv").write(bytes, at: 5 * Self.chunk)
    _ = try rig.array.expandReserve(
      pool: 0, to: 30 * Self.chunk, by: Rig.administrator)
    try rig.create("more")
  }

  @Test func `a delete that is still being released is waited for before anything is given up`()
    throws
  {
    let rig = try makeFull()
    try rig.delete("sv_02")
    try rig.fill("bv", 99, at: 5 * Self.chunk, count: 65536)
    #expect(try rig.state("sv_01") == "snap/active")
    #expect(!messages(rig).contains(.generationGivenUp))
  }

  @Test func `partly overwritten chunks are made whole before anything is given up`() throws {
    let rig = try Rig()
    try rig.makePool(reserveChunks: 4)
    try rig.bind("bv")
    try rig.addGenerations(2, to: "bv", name: "sv")
    try rig.fill("bv", 1, count: 16 * 65536)
    try rig.create("sv_01")
    for index in 0..<UInt64(4) { try rig.fill("bv", 2, at: index * Self.chunk) }
    // Without its snapshot the volume holds its first four chunks in two pieces each, and
    // they fill the reserve.
    try rig.delete("sv_01")
    rig.settle()
    #expect(try rig.array.pool(0).reserve?.level == .full)
    try rig.bind("bw")
    try rig.addGenerations(1, to: "bw", name: "sw")
    try rig.fill("bw", 5, count: 16 * 65536)
    try rig.create("sw", of: "bw")
    try rig.fill("bw", 6, count: 4 * 65536)
    #expect(try rig.state("sw") == "snap/active")
    #expect(!messages(rig).contains(.generationGivenUp))
    #expect(try rig.byte("bw") == 6)
    #expect(try rig.byte("bv", at: Self.chunk) == 2)
    #expect(try rig.byte("bv", at: Self.chunk + 4096) == 1)
  }

  @Test func `an undo image goes before any generation`() throws {
    let rig = try makeFull(generations: 2, chunks: 4)
    try rig.restore("sv_02")
    #expect(try rig.array.disk(rig.disk("bv")).canUndoRestore)
    try rig.fill("bv", 99, count: 16 * 65536)
    #expect(try !rig.array.disk(rig.disk("bv")).canUndoRestore)
    #expect(messages(rig).contains(.undoGivenUp))
    #expect(try rig.state("sv_02") == "snap/active")
  }

  @Test func `a restore without room for its undo is done without, and says so`() throws {
    let rig = try Rig()
    try rig.makePool(reserveChunks: 10)
    try rig.bind("bv")
    try rig.addGenerations(1, to: "bv", name: "sv_01")
    try rig.fill("bv", 10)
    try rig.create()
    try rig.fill("bv", 11, count: 16 * 65536)
    // Kept, the fifteen chunks that the snapshot does not have would count as reserve.
    try rig.restore("sv_01")
    #expect(try !rig.array.disk(rig.disk("bv")).canUndoRestore)
    #expect(messages(rig).contains(.restoreWithoutUndo))
    #expect(try rig.byte("bv") == 10)
  }

  @Test func `passing a threshold is told once, and again after relaxing`() throws {
    let rig = try makeFull(generations: 1, chunks: 14)
    func tick() {
      rig.clock.advance(seconds: 2)
      rig.array.tick()
      rig.array.tick()
    }
    tick()
    #expect(messages(rig).filter { $0 == .reserveAboveThreshold }.isEmpty)
    try rig.fill("bv", 3, at: 14 * Self.chunk, count: 65536)
    tick()
    tick()
    #expect(messages(rig).filter { $0 == .reserveAboveThreshold }.count == 1)
    try rig.delete("sv_01")
    tick()
    tick()
    #expect(messages(rig).filter { $0 == .reserveRelaxed }.count == 1)
    _ = try rig.array.setReservePolicy(
      pool: 0, policy: nil, thresholds: ReserveThresholds(warning: 1, critical: 2),
      by: Rig.administrator)
    try rig.create()
    try rig.fill("bv", 3, count: 65536)
    tick()
    #expect(messages(rig).filter { $0 == .reserveAboveThreshold }.count == 2)
  }

  @Test func `a merge job frees the second chunk of every partly overwritten one`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 1)
    try rig.fill("bv", 1, count: 16 * 65536)
    try rig.create()
    for index in 0..<UInt64(4) { try rig.fill("bv", 2, at: index * Self.chunk + 8192) }
    try rig.delete("sv_01")
    rig.settle()
    #expect(try rig.array.pool(0).reserve?.used == 4 * Self.chunk)
    let job = try rig.array.startMerge(of: try rig.disk("bv"), by: Rig.administrator)
    #expect(job.estimatedTotal == 4 && job.volume?.rawValue == "bv")
    rig.settle()
    #expect(rig.array.jobs().last?.done == 4)
    #expect(try rig.array.pool(0).reserve?.used == 0)
    #expect(try rig.byte("bv", at: 8192) == 2)
    #expect(try rig.byte("bv") == 1)
  }

  @Test func `a job can be paused, limited and resumed`() throws {
    let rig = try Rig()
    try rig.makePool(reserveChunks: 256)
    try rig.bind("bv", chunks: 512)
    try rig.addGenerations(2, to: "bv", name: "sv")
    let merge = try rig.array.startMerge(of: try rig.disk("bv"), by: Rig.administrator)
    #expect(try rig.array.pauseJob(merge.id, by: Rig.administrator).state == .paused)
    rig.array.tick()
    #expect(rig.array.jobs().first?.state == .paused)
    #expect(
      try rig.array.limitJob(merge.id, unitsPerSecond: 1000, by: Rig.administrator).rateLimit
        == 1000)
    #expect(
      refusal {
        _ = try rig.array.limitJob(merge.id, unitsPerSecond: 0, by: Rig.administrator)
      } == .numberOutOfRange)
    _ = try rig.array.resumeJob(merge.id, by: Rig.administrator)
    rig.clock.advance(seconds: 10)
    rig.settle()
    #expect(refusal { _ = try rig.array.pauseJob(merge.id, by: Rig.administrator) } == .jobHasEnded)
    #expect(
      refusal { _ = try rig.array.pauseJob(JobID(99), by: Rig.administrator) } == .unknownJob)
  }
}
