import Foundation
import SedaiArray
import SedaiModel
import SedaiMonitor
import Testing

/// Who uses a reserve.
@Suite struct ReserveUsageTests {
  private static let chunk: UInt64 = 65536

  private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }

  /// Base volumes `bv` and `cv`, with three generations each.
  private func makeRig() throws -> Rig {
    let rig = try Rig()
    try rig.makePool()
    for base in ["bv", "cv"] {
      try rig.bind(base, chunks: 32)
      try rig.addGenerations(3, to: base, name: base == "bv" ? "sv" : "tv")
    }
    try rig.addLink("lv", to: "bv")
    return rig
  }

  private func usage(_ rig: Rig) throws -> ReserveUsageFacts {
    let usage = try rig.array.reserveUsage(of: 0)
    let sum = usage.families.reduce(0) { $0 + $1.allocatedBytes }
    #expect(sum + usage.beingReclaimed == usage.used)
    #expect(usage.families.allSatisfy { $0.validBytes <= $0.allocatedBytes })
    return usage
  }

  @Test func `each family is charged what its generations hold, in chunks and in blocks`() throws {
    let rig = try makeRig()
    #expect(try usage(rig).families.isEmpty)
    try rig.fill("bv", 1, count: 8 * 65536)
    try rig.fill("cv", 1, count: 8 * 65536)
    try rig.create(of: "bv")
    try rig.create(of: "cv")
    try rig.create(of: "cv")
    try rig.fill("bv", 2, at: Self.chunk, count: 4096)
    try rig.fill("cv", 2, count: 3 * 65536)
    let usage = try usage(rig)
    #expect(usage.families.map(\.base.rawValue) == ["bv", "cv"])
    #expect(usage.families.map(\.generations) == [1, 2])
    #expect(usage.families.map(\.allocatedBytes) == [Self.chunk, 3 * Self.chunk])
    #expect(usage.families.map(\.validBytes) == [4096, 3 * Self.chunk])
    #expect(usage.used == 4 * Self.chunk)
    #expect(try usage.used == rig.array.pool(0).reserve?.used)
    #expect(usage.capacity == 256 * Self.chunk)
    #expect(usage.beingReclaimed == 0)
  }

  @Test func `what a restore keeps for its undo is charged to its base volume`() throws {
    let rig = try makeRig()
    try rig.fill("bv", 1, count: 4 * 65536)
    try rig.create()
    try rig.fill("bv", 2, count: 6 * 65536)
    try rig.restore("sv_01")
    let family = try #require(try usage(rig).families.first)
    #expect(family.hasUndo && family.generations == 1)
    #expect(family.allocatedBytes == 6 * Self.chunk)
    #expect(family.validBytes == 6 * Self.chunk)
  }

  @Test func `a deleted generation's space is being reclaimed until it is given back`() throws {
    let rig = try makeRig()
    try rig.fill("bv", 1, count: 8 * 65536)
    try rig.create()
    try rig.fill("bv", 2, count: 8 * 65536)
    try rig.delete("sv_01")
    let usage = try usage(rig)
    #expect(usage.families.isEmpty)
    #expect(usage.beingReclaimed == 8 * Self.chunk)
    rig.array.tick()
    rig.settle()
    #expect(try self.usage(rig).beingReclaimed == 0)
    #expect(try self.usage(rig).used == 0)
  }

  @Test(arguments: [UInt64.random(in: 1...(.max)), 1])
  func `families and reclaim are the whole of the reserve's use, whatever was done`(
    seed: UInt64
  ) throws {
    let rig = try makeRig()
    var dice = Dice(state: seed)
    for step in 0..<200 {
      try takeStep(rig, &dice)
      let usage = try usage(rig)
      #expect(try usage.used == rig.array.pool(0).reserve?.used, "seed \(seed), step \(step)")
      if step % 10 == 9 {
        rig.clock.advance(seconds: 2)
        rig.array.tick()
        rig.settle()
        #expect(try self.usage(rig).beingReclaimed == 0, "seed \(seed), step \(step)")
        #expect(try self.usage(rig).families == usage.families, "seed \(seed), step \(step)")
      }
    }
  }

  private func takeStep(_ rig: Rig, _ dice: inout Dice) throws {
    let base = Bool.random(using: &dice) ? "bv" : "cv"
    let sv = (base == "bv" ? "sv_0" : "tv_0") + String(Int.random(in: 1...3, using: &dice))
    switch Int.random(in: 0..<10, using: &dice) {
    case 0..<5:
      let count = UInt64.random(in: 1...150_000, using: &dice)
      let offset = UInt64.random(in: 0..<32 * Self.chunk - count, using: &dice)
      try rig.fill(base, 7, at: offset, count: Int(count))
    case 5, 6: try rig.create(of: base)
    case 7: _ = refusal { try rig.delete(sv, of: base) }
    case 8:
      let keepsUndo = Bool.random(using: &dice)
      _ = refusal { try rig.restore(sv, to: base, keepsUndo: keepsUndo) }
    default: try rig.reopen()
    }
  }

  @Test func `there is an answer while generations come and go`() throws {
    let rig = try makeRig()
    try rig.fill("bv", 1, count: 8 * 65536)
    let array = rig.array
    let base = try rig.disk("bv")
    let isOver = Monitor(false)
    let thread = Thread {
      for _ in 0..<100 {
        _ = try? array.createSnapshots(
          [CreateRequest(base: base, target: .cyclic)], by: Rig.administrator)
      }
      isOver.withLock { $0 = true }
      isOver.wakeAll()
    }
    thread.start()
    while !isOver.withLock({ $0 }) { _ = try usage(rig) }
    #expect(try usage(rig).families.map(\.generations) == [3])
  }

  @Test func `a pool without reserve, or no pool, is refused`() throws {
    let rig = try Rig()
    try rig.makePool(reserveChunks: nil)
    #expect(refusal { _ = try rig.array.reserveUsage(of: 0) } == .noReserve)
    #expect(refusal { _ = try rig.array.reserveUsage(of: 9) } == .unknownPool)
  }
}
