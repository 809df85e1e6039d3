import SedaiArray
import SedaiModel
import Testing

@Suite struct SnapshotTests {
  @Test func `a snapshot keeps what the base volume held, and -1 is always the newest`() throws {
    let rig = try Rig()
    try rig.makeFamily()
    for byte: UInt8 in 1...3 {
      try rig.fill("bv", byte)
      try rig.create()
    }
    try rig.fill("bv", 9)
    #expect(try rig.facts(".-1").name.rawValue == "sv_03")
    #expect(try rig.facts(".-3").name.rawValue == "sv_01")
    #expect(try rig.facts("bv.2").name.rawValue == "sv_02")
    #expect(refusal { _ = try rig.facts(".-4") } == .unknownGeneration)
    for (place, byte) in [(".-1", UInt8(3)), (".-2", 2), (".-3", 1)] {
      try rig.link(to: place, access: .readOnly)
      #expect(try rig.byte("lv") == byte)
      try rig.unlink()
    }
    #expect(try rig.byte("bv") == 9)
  }

  @Test func `cyclic use takes empty generations first, then the oldest, and never skips`()
    throws
  {
    let rig = try Rig()
    try rig.makeFamily()
    #expect(
      try (1...4).map { _ in try rig.create().name.rawValue } == [
        "sv_01", "sv_02", "sv_03", "sv_01",
      ])
    try rig.guardSnapshot("sv_02")
    #expect(refusal { try rig.create() } == .snapshotGuarded)
    try rig.guardSnapshot("sv_02", false)
    try rig.link(to: "sv_02")
    #expect(refusal { try rig.create() } == .snapshotLinked)
    try rig.unlink()
    try rig.delete("sv_03")
    #expect(try rig.create().name.rawValue == "sv_03")
  }

  @Test func `an automatic delete frees the next cyclic target, or does nothing`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 2)
    func automaticDelete() throws -> [String] {
      try rig.array.deleteSnapshots(
        [DeleteRequest(base: try rig.disk("bv"), target: .nextCyclic)], by: Rig.administrator
      ).map(\.name.rawValue)
    }
    #expect(try automaticDelete().isEmpty)
    try rig.create()
    #expect(try automaticDelete().isEmpty)
    try rig.create()
    #expect(try automaticDelete() == ["sv_01"])
    #expect(try rig.state("sv_01") == "snap/deleted")
    try rig.create()
    try rig.guardSnapshot("sv_02")
    #expect(refusal { _ = try automaticDelete() } == .snapshotGuarded)
  }

  @Test func `a snapshot can be taken again into its own volume`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 2)
    try rig.fill("bv", 1)
    let first = try rig.create("sv_01")
    try rig.create("sv_02")
    try rig.fill("bv", 2)
    let second = try rig.create("sv_01")
    #expect(second.relativeGeneration == 1)
    #expect(try #require(second.state.takenAt) > (try #require(first.state.takenAt)))
    try rig.link(to: "sv_01")
    #expect(try rig.byte("lv") == 2)
  }

  @Test func `a deleted generation is empty and usable at once, and its space comes back`()
    throws
  {
    let rig = try Rig()
    try rig.makeFamily(generations: 1)
    try rig.fill("bv", 1, count: 8 * 65536)
    try rig.create()
    try rig.fill("bv", 2, count: 8 * 65536)
    let full = try rig.array.pool(0)
    #expect(full.reserve?.used == 8 * 65536)
    try rig.delete("sv_01")
    #expect(try rig.state("sv_01") == "snap/deleted")
    #expect(try rig.facts("sv_01").relativeGeneration == nil)
    try rig.create("sv_01")
    rig.clock.advance(seconds: 2)
    rig.settle()
    rig.clock.advance(seconds: 2)
    rig.settle()
    let freed = try rig.array.pool(0)
    #expect(freed.reserve?.used == 0, "\(freed)")
  }

  @Test func `a set is taken at one moment, or not at all`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 1)
    try rig.bind("bw")
    try rig.addGenerations(1, to: "bw", name: "sw")
    func both() throws {
      _ = try rig.array.createSnapshots(
        [
          CreateRequest(base: try rig.disk("bv"), target: .cyclic),
          CreateRequest(base: try rig.disk("bw"), target: .cyclic),
        ], by: Rig.administrator)
    }
    try both()
    #expect(try rig.facts("sw").state.takenAt == rig.facts("sv_01").state.takenAt)
    try rig.guardSnapshot("sw")
    let before = try rig.facts("sv_01")
    #expect(refusal { try both() } == .snapshotGuarded)
    #expect(try rig.facts("sv_01") == before)
    #expect(
      refusal {
        _ = try rig.array.createSnapshots(
          Array(
            repeating: CreateRequest(base: try rig.disk("bv"), target: .cyclic), count: 2),
          by: Rig.administrator)
      } == .volumeTwiceInSet)
    #expect(
      refusal {
        _ = try rig.array.deleteSnapshots(
          [
            DeleteRequest(base: nil, target: .snapshot(try rig.snapshot("sv_01"))),
            DeleteRequest(base: nil, target: .snapshot(try rig.snapshot("sw", of: "bw"))),
          ], by: Rig.administrator)
      } == .snapshotGuarded)
    #expect(try rig.facts("sv_01") == before)
  }

  @Test func `a restore keeps newer generations unless told to delete them`() throws {
    let rig = try Rig()
    try rig.makeFamily()
    for byte: UInt8 in 1...3 {
      try rig.fill("bv", byte)
      try rig.create()
    }
    try rig.restore("sv_01")
    #expect(try rig.byte("bv") == 1)
    #expect(
      try ["sv_01", "sv_02", "sv_03"].map(rig.state) == Array(repeating: "snap/active", count: 3))
    try rig.guardSnapshot("sv_03")
    #expect(refusal { try rig.restore("sv_01", derived: .delete) } == .snapshotGuarded)
    #expect(try rig.state("sv_02") == "snap/active")
    try rig.guardSnapshot("sv_03", false)
    try rig.restore("sv_01", derived: .delete)
    #expect(
      try ["sv_01", "sv_02", "sv_03"].map(rig.state) == [
        "snap/active", "snap/deleted", "snap/deleted",
      ])
  }

  @Test func `a restore can be undone, and that too`() throws {
    let rig = try Rig()
    try rig.makeFamily()
    try rig.fill("bv", 1)
    try rig.create()
    try rig.fill("bv", 2)
    func undo() throws {
      try rig.array.undoRestore(of: try rig.disk("bv"), by: Rig.administrator)
    }
    #expect(refusal { try undo() } == .noUndo)
    try rig.restore(".-1")
    #expect(try rig.byte("bv") == 1)
    #expect(try rig.facts(".-1").name.rawValue == "sv_01")
    #expect(try rig.array.query(base: rig.disk("bv")).generations.count == 3)
    try undo()
    #expect(try rig.byte("bv") == 2)
    try undo()
    #expect(try rig.byte("bv") == 1)
    try rig.restore(".-1", keepsUndo: false)
    #expect(refusal { try undo() } == .noUndo)
  }

  @Test func `generations keep their size when the base volume grows, and its tail is zero`()
    throws
  {
    let rig = try Rig()
    try rig.makeFamily(generations: 1)
    let old: UInt64 = 16 * 65536
    try rig.fill("bv", 1, at: old - 4096)
    try rig.create()
    _ = try rig.array.expand(try rig.disk("bv"), to: 2 * old, by: Rig.administrator)
    try rig.fill("bv", 2, at: old)
    try rig.link(to: "sv_01")
    #expect(try rig.open("lv").size == old)
    try rig.unlink()
    try rig.restore("sv_01")
    #expect(try rig.open("bv").size == 2 * old)
    #expect(try rig.byte("bv", at: old) == 0)
    #expect(try rig.byte("bv", at: old - 1) == 1)
    #expect(
      refusal {
        _ = try rig.array.expand(try rig.disk("bv"), to: old, by: Rig.administrator)
      } == .cannotShrink)
  }

  @Test func `differences between any two states are found`() throws {
    let rig = try Rig()
    try rig.makeFamily()
    try rig.fill("bv", 1, count: 65536)
    try rig.create()
    try rig.fill("bv", 2, at: 8192)
    try rig.create()
    try rig.fill("bv", 3, at: 65536 * 3)
    func ranges(_ from: String?, _ to: String?) throws -> [Range<UInt64>] {
      let list = try rig.array.differences(
        of: try rig.disk("bv"), from: try from.map { try rig.snapshot($0) },
        to: try to.map { try rig.snapshot($0) }, at: 0, count: .max, limit: 100)
      #expect(list.next == nil)
      return list.ranges.map { $0.offset..<$0.offset + $0.count }
    }
    #expect(try ranges(".-2", ".-1") == [8192..<12288])
    #expect(try ranges(".-1", nil) == [196608..<200704])
    #expect(try ranges(".-1", ".-1").isEmpty)
    _ = try rig.array.expand(try rig.disk("bv"), to: 32 * 65536, by: Rig.administrator)
    try rig.fill("bv", 4, at: 65536 * 20)
    #expect(try ranges(".-1", nil) == [196608..<200704, 1_310_720..<1_314_816])
    let part = try rig.array.differences(
      of: try rig.disk("bv"), from: try rig.snapshot(".-1"), to: nil, at: 4096, count: .max,
      limit: 1)
    #expect(part.ranges.count == 1)
    #expect(try #require(part.next) <= 1_310_720)
  }

  @Test func `what a set of generations holds alone is what deleting it would free`() throws {
    let rig = try Rig()
    try rig.makeFamily()
    try rig.fill("bv", 1, count: 65536)
    try rig.create()
    try rig.create()
    try rig.fill("bv", 2, count: 65536)
    func alone(_ names: String...) throws -> UInt64 {
      try rig.array.exclusiveSpace(of: try names.map { try rig.snapshot($0) }).allocatedBytes
    }
    #expect(try alone(".-1") == 0)
    #expect(try alone(".-1", ".-2") == 65536)
    #expect(refusal { _ = try alone("sv_03") } == .snapshotNotActive)
  }

  @Test func `waiting ends when the snapshot is there or gone, at once on a missing one, or late`()
    throws
  {
    let rig = try Rig()
    try rig.makeFamily(generations: 1)
    let snapshot = try rig.snapshot("sv_01")
    #expect(
      try rig.array.wait(for: .deleted, of: snapshot, timeoutSeconds: 0).state == .empty)
    #expect(
      refusal { _ = try rig.array.wait(for: .active, of: snapshot, timeoutSeconds: 0) }
        == .waitTimedOut)
    try rig.create()
    _ = try rig.array.wait(for: .active, of: snapshot)
    do {
      _ = try rig.array.wait(for: .deleted, of: snapshot, timeoutSeconds: 0)
      Issue.record("it is not deleted")
    } catch {
      #expect(error.kind == .timeout && error.exitStatus == .timeout)
    }
    #expect(
      refusal { _ = try rig.array.wait(for: .active, of: try rig.snapshot("none")) }
        == .unknownVolume)
  }
}
