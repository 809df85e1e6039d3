import SedaiBytes
import SedaiEngine
import SedaiFormat
import Testing

/// The engine from an empty device to a restored volume, in memory.
@Suite struct FirstUseTests {
  static func identity(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 16) }

  struct Bench {
    let system = MemoryDevice(size: .mebibytes(1))
    let pool = MemoryDevice(size: .mebibytes(64))

    func open(boot: UInt8 = 1) throws -> Engine {
      let pool = pool
      return try Engine.open(
        systemArea: system,
        environment: EngineEnvironment(boot: FirstUseTests.identity(boot)) {
          (_) throws(DeviceError) in pool
        })
    }

    func start() throws -> Engine {
      try Engine.format(
        systemArea: system,
        parameters: FormatParameters(
          array: FirstUseTests.identity(9), journalBytes: .mebibytes(1), segmentBlocks: 64))
      let engine = try open()
      let member = PoolMember(device: pool, identity: FirstUseTests.identity(3), path: "pool")
      try engine.commit([
        .addPool(PoolID(0), members: [member], isSparse: false),
        .setReserve(PoolID(0), chunks: 200),
        .create(ImageID(1), pool: PoolID(0), length: .mebibytes(16)),
      ])
      return engine
    }
  }

  static func read(_ engine: Engine, _ image: UInt64, _ at: UInt64, _ count: Int) throws -> [UInt8]
  {
    var bytes = [UInt8](repeating: 0xEE, count: count)
    try bytes.withMutableBytes(0..<count) { try engine.read(ImageID(image), at: at, into: &$0) }
    return bytes
  }

  static func write(
    _ engine: Engine, _ image: UInt64, _ at: UInt64, _ value: UInt8, _ count: Int
  ) throws {
    let bytes = [UInt8](repeating: value, count: count)
    try bytes.withBytes(0..<count) { try engine.write(ImageID(image), at: at, from: $0) }
    try engine.pushJournal()
  }

  @Test func whatWasNeverWrittenReadsAsZeroes() throws {
    let engine = try Bench().start()
    #expect(try Self.read(engine, 1, 12345, 100_000).allSatisfy { $0 == 0 })
  }

  @Test func aSnapshotKeepsWhatTheVolumeHeld() throws {
    let engine = try Bench().start()
    try Self.write(engine, 1, 0, 1, 200_000)
    try engine.commit([.snapshot(source: ImageID(1), as: ImageID(2))])
    try Self.write(engine, 1, 4096, 2, 4096)
    try Self.write(engine, 1, 70_001, 3, 10)
    #expect(try Self.read(engine, 2, 0, 200_000).allSatisfy { $0 == 1 })
    #expect(try Self.read(engine, 1, 4096, 4096).allSatisfy { $0 == 2 })
    #expect(try Self.read(engine, 1, 70_000, 1) == [1])
    #expect(try Self.read(engine, 1, 70_001, 10) == [UInt8](repeating: 3, count: 10))
    #expect(try Self.read(engine, 1, 70_011, 1) == [1])
    let capacity = try #require(engine.capacity(of: PoolID(0)))
    #expect(capacity.reserveUsed == 2)
  }

  @Test func aRestoreBringsBackTheGenerationAndKeepsNewerOnes() throws {
    let engine = try Bench().start()
    try Self.write(engine, 1, 0, 1, 65536)
    try engine.commit([.snapshot(source: ImageID(1), as: ImageID(2))])
    try Self.write(engine, 1, 0, 2, 65536)
    try engine.commit([.snapshot(source: ImageID(1), as: ImageID(3))])
    try engine.commit([.restore(target: ImageID(1), from: ImageID(2), undo: ImageID(4))])
    #expect(try Self.read(engine, 1, 0, 65536).allSatisfy { $0 == 1 })
    #expect(try Self.read(engine, 3, 0, 65536).allSatisfy { $0 == 2 })
    try Self.write(engine, 1, 0, 5, 65536)
    #expect(try Self.read(engine, 2, 0, 65536).allSatisfy { $0 == 1 })
    #expect(try Self.read(engine, 4, 0, 65536).allSatisfy { $0 == 2 })
  }

  @Test func deletedGenerationsGiveTheirSpaceBack() throws {
    let engine = try Bench().start()
    try Self.write(engine, 1, 0, 1, 1 << 20)
    try engine.commit([.snapshot(source: ImageID(1), as: ImageID(2))])
    try Self.write(engine, 1, 0, 2, 1 << 20)
    #expect(try #require(engine.capacity(of: PoolID(0))).reserveUsed == 16)
    #expect(try engine.exclusiveSpace(of: [ImageID(2)]).chunks == 16)
    try engine.commit([.delete(ImageID(2))])
    while try !engine.reclaim(limit: 10).isDone {}
    try engine.flushAll()
    try Self.write(engine, 1, 5 << 20, 3, 4096)
    let capacity = try #require(engine.capacity(of: PoolID(0)))
    #expect(capacity.reserveUsed == 0)
    #expect(capacity.allocated == 17)
  }

  @Test func everythingIsThereAfterACleanStop() throws {
    let bench = Bench()
    let engine = try bench.start()
    try Self.write(engine, 1, 0, 1, 300_000)
    try engine.commit(
      [.snapshot(source: ImageID(1), as: ImageID(2))], catalogue: [.put(key: [1], value: [2])])
    try Self.write(engine, 1, 8192, 7, 4096)
    try engine.close()
    let again = try bench.open()
    #expect(again.openingProblems.isEmpty)
    #expect(again.catalogue().first?.value == [2])
    #expect(try Self.read(again, 1, 8192, 4096).allSatisfy { $0 == 7 })
    #expect(try Self.read(again, 2, 0, 300_000).allSatisfy { $0 == 1 })
    try again.close()
  }

  @Test func everythingIsThereAfterACrashOfTheProcess() throws {
    let bench = Bench()
    let engine = try bench.start()
    for round in 0..<200 {
      try Self.write(engine, 1, UInt64(round % 50) * 70_000, UInt8(round), 9000)
      if round % 40 == 7 {
        try engine.commit([.snapshot(source: ImageID(1), as: ImageID(UInt64(100 + round)))])
      }
    }
    let before = try Self.read(engine, 1, 0, 4 << 20)
    let generation = try Self.read(engine, 147, 0, 4 << 20)
    let again = try bench.open()
    #expect(try Self.read(again, 1, 0, 4 << 20) == before)
    #expect(try Self.read(again, 147, 0, 4 << 20) == generation)
    try again.close()
  }

  @Test func trimmedRangesReadAsZeroesAndGiveSpaceBack() throws {
    let engine = try Bench().start()
    try Self.write(engine, 1, 0, 1, 1 << 20)
    try engine.trim(ImageID(1), at: 1000, count: 500_000)
    let bytes = try Self.read(engine, 1, 0, 1 << 20)
    #expect(bytes[0..<1000].allSatisfy { $0 == 1 })
    #expect(bytes[1000..<501_000].allSatisfy { $0 == 0 })
    #expect(bytes[501_000...].allSatisfy { $0 == 1 })
    try engine.flushAll()
    #expect(try #require(engine.image(ImageID(1))).mappedChunks == 10)
  }

  @Test func aPoolThatIsRemovedLeavesNothingBehindForTheNextOfItsNumber() throws {
    let bench = Bench()
    let engine = try bench.start()
    try Self.write(engine, 1, 0, 1, 1 << 20)
    try engine.commit([.delete(ImageID(1))])
    while try !engine.reclaim(limit: 100).isDone {}
    try engine.flushAll()
    try engine.commit([.removePool(PoolID(0))])
    try engine.checkpoint()
    #expect(engine.pools().isEmpty)
    let member = PoolMember(
      device: bench.pool, identity: Self.identity(4), path: "again")
    try engine.commit([
      .addPool(PoolID(0), members: [member], isSparse: false),
      .create(ImageID(5), pool: PoolID(0), length: .mebibytes(32)),
    ])
    #expect(try Self.read(engine, 5, 0, 1 << 20).allSatisfy { $0 == 0 })
    try Self.write(engine, 5, 0, 8, 2 << 20)
    #expect(try #require(engine.capacity(of: PoolID(0))).allocated == 32)
    try engine.close()
    let again = try bench.open()
    #expect(try Self.read(again, 5, 0, 2 << 20).allSatisfy { $0 == 8 })
    try again.close()
  }
}
