import SedaiBytes
import SedaiEngine
import SedaiFormat
import Testing

/// What the offline check sees, and what it mends.
@Suite struct CheckTests {
  private func check(_ bench: FirstUseTests.Bench, repair: Bool = false) throws -> EngineCheck {
    let pool = bench.pool
    return try EngineCheck(
      systemArea: bench.system,
      environment: EngineEnvironment(boot: FirstUseTests.identity(1)) {
        (_) throws(DeviceError) in pool
      }, isRepair: repair)
  }

  private func busyArray(_ bench: FirstUseTests.Bench) throws -> Engine {
    let engine = try bench.start()
    for round in 0..<60 {
      try FirstUseTests.write(engine, 1, UInt64(round % 20) * 90_000, UInt8(round), 30_000)
      if round % 20 == 9 {
        try engine.commit([.snapshot(source: ImageID(1), as: ImageID(UInt64(10 + round)))])
      }
    }
    try engine.commit([.delete(ImageID(19))])
    return engine
  }

  @Test func anArrayStoppedInGoodOrderIsSound() throws {
    let bench = FirstUseTests.Bench()
    try busyArray(bench).close()
    let report = try check(bench).check()
    #expect(report.isSound, "\(report.findings)")
    #expect(report.images == 3)
    #expect(report.chunks > 20)
    #expect(!report.neededRecovery)
  }

  @Test func anArrayWhoseProcessDiedIsSoundAndLeftAsItIs() throws {
    let bench = FirstUseTests.Bench()
    _ = try busyArray(bench)
    let before = try bytes(bench.system)
    let report = try check(bench).check()
    #expect(report.isSound, "\(report.findings)")
    #expect(report.neededRecovery)
    #expect(try bytes(bench.system) == before)
  }

  @Test func wrongCountsAreFoundAndRebuiltFromTheTrees() throws {
    let bench = FirstUseTests.Bench()
    try busyArray(bench).close()
    let wanted = try content(bench)
    try tamper(bench.system, kind: 2) { page in
      page.store32(page.load32(at: 32) + 1, at: 32)
      page.store32(7, at: 32 + 4 * 50)
    }
    let report = try check(bench).check()
    #expect(!report.isSound)
    #expect(report.damageCount == 0)
    #expect(report.findings.contains { $0.kind == .count })
    #expect(try check(bench, repair: true).repair().wasRepaired)
    let after = try check(bench).check()
    #expect(after.isSound, "\(after.findings)")
    #expect(try content(bench) == wanted)
  }

  @Test func aDamagedMapPageIsNamedAndNothingIsRepaired() throws {
    let bench = FirstUseTests.Bench()
    try busyArray(bench).close()
    var system = try bytes(bench.system)
    let block = try #require(blocks(of: system, kind: 1).first)
    system[block * 4096 + 700] ^= 0x10
    try write(system, to: bench.system)
    let report = try check(bench).check()
    #expect(report.damageCount == 1)
    #expect(report.findings.contains { $0.kind == .damage && $0.text.contains("map page") })
    let before = try bytes(bench.system)
    #expect(try !check(bench, repair: true).repair().wasRepaired)
    #expect(try bytes(bench.system) == before)
  }

  @Test func theMapOfAnImageCanBeListed() throws {
    let bench = FirstUseTests.Bench()
    let engine = try bench.start()
    try FirstUseTests.write(engine, 1, 65536 * 3, 1, 8192)
    try FirstUseTests.write(engine, 1, 65536 * 200, 1, 4096)
    try engine.close()
    var entries: [DumpedEntry] = []
    try check(bench).map(of: ImageID(1)) { entries.append($0) }
    #expect(entries.map(\.index.rawValue) == [3, 200])
    #expect(entries.map(\.ownMask) == [3, 1])
  }

  // MARK: Reaching into the device

  private func bytes(_ device: MemoryDevice) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(device.size.rawValue))
    try bytes.withMutableBytes(0..<bytes.count) { try device.read(into: &$0, at: 0) }
    return bytes
  }

  private func write(_ bytes: [UInt8], to device: MemoryDevice) throws {
    try bytes.withBytes(0..<bytes.count) { try device.write($0, at: 0) }
  }

  /// Blocks of the segments that are pages of a kind, with a valid checksum.
  private func blocks(of system: [UInt8], kind: UInt8) -> [Int] {
    let first = Int(system.load64(at: 56)) / 4096
    return (first..<system.count / 4096).filter { block in
      let start = block * 4096
      return system[start + 4] == kind
        && system.load32(at: start) == system.crc32c(start + 4..<start + 4096)
    }
  }

  /// Changes the newest page of a kind and makes its checksum fit.
  private func tamper(
    _ device: MemoryDevice, kind: UInt8, _ change: (inout [UInt8]) -> Void
  ) throws {
    var system = try bytes(device)
    let candidates = blocks(of: system, kind: kind).filter {
      system.load64(at: $0 * 4096 + 16) & 1 << 61 != 0
    }
    let block = try #require(
      candidates.max { system.load64(at: $0 * 4096 + 8) < system.load64(at: $1 * 4096 + 8) })
    var page = Array(system[block * 4096..<(block + 1) * 4096])
    change(&page)
    page.store32(page.crc32c(4..<4096), at: 0)
    system.replaceSubrange(block * 4096..<(block + 1) * 4096, with: page)
    try write(system, to: device)
  }

  private func content(_ bench: FirstUseTests.Bench) throws -> [UInt8] {
    let engine = try bench.open()
    defer { try? engine.close() }
    return try FirstUseTests.read(engine, 1, 0, 2 << 20)
      + FirstUseTests.read(engine, 39, 0, 2 << 20)
  }
}
