import SedaiArray
import SedaiEngine
import SedaiModel
import Testing

@Suite struct FailureTests {
  private func tick(_ rig: Rig) {
    rig.clock.advance(seconds: 2)
    rig.array.tick()
  }

  private func messages(_ rig: Rig) -> [MessageID] {
    rig.array.events(after: 0, limit: 10_000).map(\.messageID)
  }

  @Test func `a missing pool makes its snapshots faulty, refuses work on them, and comes back`()
    throws
  {
    let rig = try Rig()
    try rig.makeFamily()
    try rig.fill("bv", 1)
    try rig.create()
    rig.devices.lose("pool0")
    try rig.reopen()
    tick(rig)
    #expect(try rig.array.pool(0).state == .missing)
    #expect(messages(rig).last == .poolFailed)
    #expect(try rig.state("sv_01") == "snap/fault")
    #expect(try rig.state("sv_02") == "-")
    #expect(try !rig.array.disk(rig.disk("bv")).isAccessible)
    #expect(refusal { try rig.create("sv_02") } == .volumeInaccessible)
    #expect(refusal { try rig.restore("sv_01") } == .volumeInaccessible)
    #expect(refusal { try rig.link(to: "sv_01") } == .linkTargetNotActive)
    #expect(
      refusal { _ = try rig.array.wait(for: .active, of: try rig.snapshot("sv_01")) }
        == .waitFault)
    #expect(throws: VolumeError.inputOutput) { try rig.byte("bv") }
    rig.devices.find("pool0")
    try rig.reopen()
    #expect(try rig.state("sv_01") == "snap/active")
    #expect(try rig.byte("bv") == 1)
  }

  @Test func `a pool whose flush failed takes no writes, tells it, and still reads`() throws {
    let rig = try Rig()
    try rig.makeFamily()
    try rig.fill("bv", 1)
    try rig.engine.checkpoint()
    try rig.fill("bv", 1)
    let device = try rig.devices.open("pool0")
    device.set { $0.flushes = true }
    #expect(throws: VolumeError.inputOutput) { try rig.open("bv").flush() }
    tick(rig)
    #expect(try rig.array.pool(0).state == .poisoned)
    #expect(messages(rig).contains(.poolFailed))
    #expect(throws: VolumeError.inputOutput) { try rig.fill("bv", 2) }
    #expect(try rig.byte("bv") == 1)
    #expect(refusal { try rig.create() } == .volumeInaccessible)
    tick(rig)
    #expect(messages(rig).filter { $0 == .poolFailed }.count == 1)
  }

  @Test func `a failing read or write is an error of that access and of nothing else`() throws {
    let rig = try Rig()
    try rig.makeFamily()
    try rig.fill("bv", 1)
    let device = try rig.devices.open("pool0")
    device.set { $0.reads = true }
    #expect(throws: VolumeError.inputOutput) { try rig.byte("bv") }
    device.set {
      $0.reads = false
      $0.writes = true
    }
    #expect(throws: VolumeError.inputOutput) { try rig.fill("bv", 2) }
    device.set { $0.writes = false }
    #expect(try rig.byte("bv") == 1)
    try rig.fill("bv", 3)
    try rig.create()
    #expect(try rig.byte("bv") == 3)
  }
}
