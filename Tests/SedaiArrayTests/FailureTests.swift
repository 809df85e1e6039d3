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

  @Test(arguments: [DeviceDamage.removed, .shortened])
  func `a pool whose file lost its contents takes no writes, tells it once, and still reads`(
    _ damage: DeviceDamage
  ) throws {
    let rig = try Rig()
    try rig.makeFamily()
    try rig.fill("bv", 1)
    try rig.engine.checkpoint()
    try rig.devices.open("pool0").set { $0.damage = damage }
    tick(rig)
    tick(rig)
    let message: MessageID = damage == .removed ? .memberRemoved : .memberShortened
    #expect(messages(rig).filter { $0 == message }.count == 1)
    #expect(messages(rig).filter { $0 == .poolFailed }.count == 1)
    #expect(try rig.array.pool(0).state == .poisoned)
    #expect(throws: VolumeError.inputOutput) { try rig.fill("bv", 2) }
    #expect(try rig.byte("bv") == 1)
  }

  @Test func `a file that was only moved is told, and nothing else changes`() throws {
    let rig = try Rig()
    try rig.makeFamily()
    try rig.devices.open("pool0").set { $0.damage = .moved }
    tick(rig)
    #expect(messages(rig).filter { $0 == .memberMoved }.count == 1)
    #expect(try rig.array.pool(0).state == .ready)
    try rig.fill("bv", 2)
    try rig.devices.open("pool0").set { $0.damage = nil }
    tick(rig)
    try rig.devices.open("pool0").set { $0.damage = .moved }
    tick(rig)
    #expect(messages(rig).filter { $0 == .memberMoved }.count == 2)
  }

  @Test func `failed accesses show at the pool for a while and are told once a minute`() throws {
    let rig = try Rig()
    try rig.makeFamily()
    try rig.fill("bv", 1)
    tick(rig)
    #expect(try rig.array.pool(0).state == .ready)
    let device = try rig.devices.open("pool0")
    device.set { $0.reads = true }
    for _ in 0..<5 {
      #expect(throws: VolumeError.inputOutput) { try rig.byte("bv") }
      tick(rig)
    }
    device.set { $0.reads = false }
    #expect(messages(rig).filter { $0 == .accessesFailed }.count == 1)
    #expect(try rig.array.pool(0).state == .failing)
    // It works: only what failed, failed.
    try rig.fill("bv", 2)
    try rig.create()
    rig.clock.advance(seconds: 601)
    #expect(try rig.array.pool(0).state == .ready)
  }

  @Test func `after the loss of a pool all is deleted, rebuilt, and the link has its number again`()
    throws
  {
    let rig = try Rig()
    try rig.makeFamily()
    try rig.fill("bv", 1)
    try rig.create()
    try rig.link(to: "sv_01")
    let number = try rig.array.disk(rig.disk("lv")).number
    rig.devices.lose("pool0")
    try rig.reopen()
    tick(rig)
    // The order of the manual: link volume, generations, base volume, then what failed.
    try rig.unlink()
    try rig.array.unbindLinkVolume(rig.disk("lv"), by: Rig.administrator)
    try rig.delete("sv_01")
    try rig.array.removeGenerations(base: rig.disk("bv"), count: 3, by: Rig.administrator)
    try rig.array.unbind(rig.disk("bv"), by: Rig.administrator)
    tick(rig)
    _ = try rig.array.deleteReserve(pool: 0, by: Rig.administrator)
    try rig.array.deletePool(0, by: Rig.administrator)
    rig.devices.find("pool0")
    try rig.makeFamily()
    #expect(try rig.array.disk(rig.disk("lv")).number == number)
    try rig.fill("bv", 7)
    try rig.create()
    try rig.link(to: "sv_01")
    #expect(try rig.byte("lv") == 7)
    try rig.reopen()
    #expect(try rig.byte("bv") == 7)
  }
}
