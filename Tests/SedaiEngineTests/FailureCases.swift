import SedaiBytes
import SedaiEngine
import SedaiFormat
import Testing

@testable import SedaiSimulation

@Suite("Failing devices and crashes: cases that break naive engines")
struct FailureCases {
  @Test("A flush that fails poisons its own pool; the other pool goes on")
  func poisonedPoolLeavesOthersAlone() throws {
    let array = try ArrayUnderTest(pools: 2)
    let sick = try array.volume(pool: 0)
    let healthy = try array.volume(pool: 1)
    try array.write(1, sick, block: 0)
    try array.write(1, healthy, block: 0)
    array.host.failNext(.flush, on: "pool0.0")
    #expect(throws: EngineError.self) { try array.engine.flush(sick) }
    #expect(try array.capacity(pool: 0).condition == .poisoned)
    #expect(throws: EngineError.poolPoisoned(PoolID(0))) { try array.write(2, sick, block: 1) }
    #expect(throws: EngineError.poolPoisoned(PoolID(0))) { try array.engine.flush(sick) }

    try array.write(2, healthy, block: 1)
    try array.engine.flush(healthy)
    let generation = try array.snapshot(healthy)
    #expect(try array.capacity(pool: 1).condition == .ready)
    try array.crash(by: .powerCut)
    #expect(try array.values(healthy, count: 2) == [1, 2])
    #expect(try array.values(generation, count: 2) == [1, 2])
    #expect(try array.capacity(pool: 0).condition == .ready)
    try array.write(3, sick, block: 1)
    try array.engine.flush(sick)
    #expect(try array.values(sick, block: 1) == [3])
  }

  @Test("What a failed flush lost uncovers nothing of another volume; the rest can be read")
  func poisonedPoolShowsNothingForeign() throws {
    let far = UInt64(MapPageLayout.entries) * 16
    for seed in 0..<30 as Range<UInt64> {
      let array = try ArrayUnderTest(seed: seed, chunks: 400, reserve: 4)
      let gone = try array.volume()
      try array.write(1, gone, block: 0, count: 64)
      try array.engine.commit([.delete(gone)])
      try array.reclaimAll()
      let volume = try array.volume(chunks: 300)
      try array.write(2, volume, block: far)
      try array.engine.checkpoint()
      // Where the volume that is gone had its data.
      for chunk in 0..<20 as Range<UInt64> { try array.write(3, volume, block: chunk * 16) }
      array.host.failNext(.flush, on: "pool0.0")
      #expect(throws: EngineError.self) { try array.engine.flush(volume) }
      for chunk in 0..<20 as Range<UInt64> {
        #expect(throws: EngineError.poolPoisoned(PoolID(0)), "seed \(seed)") {
          try array.values(volume, block: chunk * 16)
        }
      }
      #expect(try array.values(volume, block: far) == [2], "seed \(seed)")
      try array.crash(by: .powerCut)
      for chunk in 0..<20 as Range<UInt64> {
        let found = try array.values(volume, block: chunk * 16)
        #expect(found == [0] || found == [3], "seed \(seed)")
      }
    }
  }

  @Test(
    "Little cache, many unflushed writes, a power cut: old or new, flushed ones whole",
    arguments: 0..<25 as Range<UInt64>)
  func cachePressureAndPowerCut(seed: UInt64) throws {
    let leaf = UInt64(MapPageLayout.entries)
    let leaves: UInt64 = 40
    let array = try ArrayUnderTest(
      seed: seed, chunks: leaves * leaf + 100, reserve: 100, cachedPages: 24)
    let volume = try array.volume(chunks: leaves * leaf)
    for index in 0..<leaves { try array.write(1, volume, block: index * leaf * 16) }
    try array.engine.flush(volume)
    let generation = try array.snapshot(volume)
    for index in 0..<leaves {
      try array.write(2, volume, block: index * leaf * 16)
      try array.write(2, volume, block: index * leaf * 16 + 17)
    }
    try array.crash(by: .powerCut)
    for index in 0..<leaves {
      #expect(try array.values(generation, block: index * leaf * 16) == [1], "seed \(seed)")
      let first = try array.bytes(volume, at: index * leaf * 65536, count: 4096)
      #expect(first.allSatisfy { $0 == 1 || $0 == 2 }, "seed \(seed)")
      let second = try array.bytes(volume, at: (index * leaf * 16 + 17) * 4096, count: 4096)
      #expect(second.allSatisfy { $0 == 0 || $0 == 2 }, "seed \(seed)")
    }
  }

  @Test("A killed process loses no acknowledged write", arguments: 0..<25 as Range<UInt64>)
  func killLosesNothing(seed: UInt64) throws {
    let array = try ArrayUnderTest(seed: seed)
    let volume = try array.volume()
    for round in 1...20 as ClosedRange<UInt8> {
      for block in 0..<4 as Range<UInt64> { try array.write(round, volume, block: block * 17) }
      if round % 5 == 0 {
        let generation = try array.snapshot(volume)
        try array.engine.commit([.delete(generation)])
      }
      if round % 7 == 0 { _ = try array.engine.reclaim(limit: 100) }
      try array.crash(by: .process)
      for block in 0..<4 as Range<UInt64> {
        #expect(try array.values(volume, block: block * 17) == [round], "seed \(seed)")
      }
    }
  }

  @Test("What a power cut left stays as it was read, whatever happens next")
  func recoveredContentIsStable() throws {
    for seed in 0..<60 as Range<UInt64> {
      let array = try ArrayUnderTest(seed: seed)
      let volume = try array.volume()
      try array.write(1, volume, block: 0, count: 32)
      try array.engine.flush(volume)
      _ = try array.snapshot(volume)
      for block in 0..<8 as Range<UInt64> { try array.write(2, volume, block: block * 3) }
      try array.crash(by: .powerCut)
      let found = try array.bytes(volume, at: 0, count: 32 * 4096)
      _ = try array.snapshot(volume)
      try array.write(3, volume, block: 31)
      try array.engine.flush(volume)
      try array.crash(by: .powerCut)
      #expect(
        try array.bytes(volume, at: 0, count: 31 * 4096) == Array(found[..<(31 * 4096)]),
        "seed \(seed)")
    }
  }

  @Test("Groups that a power cut left behind a lost one never follow the one written anew")
  func leftGroupsStayUnread() throws {
    for seed in 0..<120 as Range<UInt64> {
      let array = try ArrayUnderTest(seed: seed)
      let volume = try array.volume()
      try array.write(1, volume, block: 9)
      // After the second opening the journal says nothing of what is durable, as it will
      // after the cut, which decides which of the three groups are kept.
      try array.crash(by: .process)
      try array.crash(by: .process)
      for block in 0..<3 as Range<UInt64> { try array.write(1, volume, block: block) }
      try array.crash(by: .powerCut)
      let found = try array.bytes(volume, at: 4096, count: 2 * 4096)
      // The same bytes at the same place of the journal as the group that may be lost.
      try array.write(1, volume, block: 0)
      try array.crash(by: .process)
      #expect(try array.bytes(volume, at: 4096, count: 2 * 4096) == found, "seed \(seed)")
    }
  }

  @Test("A power cut may keep the journal and lose the length that the system area grew to")
  func lostLengthOfTheSystemArea() throws {
    for seed in 0..<40 as Range<UInt64> {
      let array = try ArrayUnderTest(seed: seed, pools: 2, hasSpare: true)
      let pool = PoolID(1)
      let device = array.devices(pool: 1)
      // The label's write and flush, the new length, the record: the flush of both fails.
      array.host.crash(afterEffects: 5, by: .powerCut)
      let add: [EngineOperation] = [
        .addPool(pool, members: device, isSparse: false),
        .create(ImageID(1), pool: pool, length: .mebibytes(1)),
      ]
      #expect(throws: EngineError.self) { try array.engine.commit(add) }
      #expect(array.host.isDown)
      try array.crash(by: .powerCut)
      if array.engine.capacity(of: pool) == nil { try array.engine.commit(add) }
      try array.write(1, ImageID(1), block: 0)
      try array.engine.checkpoint()
    }
  }

  @Test("A read that fails is an error for its caller only")
  func readErrorsPassThrough() throws {
    let array = try ArrayUnderTest()
    let volume = try array.volume()
    try array.write(1, volume, block: 0)
    array.host.failNext(.read, on: "pool0.0")
    #expect(throws: EngineError.device(.readFailed(errno: 5))) { _ = try array.values(volume) }
    #expect(try array.values(volume) == [1])
  }
}
