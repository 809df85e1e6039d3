import SedaiBytes
import SedaiEngine
import SedaiFormat
import Testing

@testable import SedaiSimulation

@Suite("Pools that come, grow and go: cases that break naive engines")
struct PoolCases {
  private static let seeds: Range<UInt64> = 0..<40

  @Test("Two extensions of a pool in one commit bring the members of both")
  func twoExtensionsInOneCommit() throws {
    let array = try ArrayUnderTest(chunks: 20, reserve: 4, further: [8, 1030])
    let devices = array.devices()
    try array.engine.commit([
      .extendPool(PoolID(0), members: [devices[1]]),
      .extendPool(PoolID(0), members: [devices[2]]),
      .create(ImageID(1), pool: PoolID(0), length: ByteCount(1040 * ArrayUnderTest.chunk)),
    ])
    try array.write(1, ImageID(1), block: 0, count: 1040 * 16)
    #expect(try array.capacity().total == 1058)
    try array.reopen()
    #expect(try array.capacity().total == 1058)
    #expect(try array.capacity().condition == .ready)
    #expect(try array.values(ImageID(1), block: 1039 * 16, count: 16).allSatisfy { $0 == 1 })
  }

  @Test("Extensions of a pool at the same time give each member a place of its own")
  func extensionsAtTheSameTime() throws {
    for seed in Self.seeds {
      let array = try ArrayUnderTest(
        seed: seed, chunks: 20, reserve: 4, further: [8, 9], isScheduled: true)
      array.run([
        { array in
          try array.engine.commit([.extendPool(PoolID(0), members: [array.devices()[1]])])
        },
        { array in
          try array.engine.commit([.extendPool(PoolID(0), members: [array.devices()[2]])])
        },
      ])
      try array.reopen()
      #expect(array.engine.openingProblems == [], "seed \(seed)")
      #expect(try array.capacity().condition == .ready, "seed \(seed)")
      #expect(try array.capacity().total == 37, "seed \(seed)")
    }
  }

  @Test("A commit that uses a pool after removing it, or makes it twice, is refused whole")
  func poolsThatAreNotThereInTheMiddleOfACommit() throws {
    let array = try ArrayUnderTest(pools: 2, hasSpare: true)
    let pool = PoolID(1)
    let device = array.devices(pool: 1)
    let add = EngineOperation.addPool(pool, members: device, isSparse: false)
    #expect(throws: EngineError.poolExists(pool)) { try array.engine.commit([add, add]) }
    #expect(array.engine.capacity(of: pool) == nil)
    try array.engine.commit([add])
    let uses: [EngineOperation] = [
      .create(ImageID(1), pool: pool, length: .mebibytes(1)), .setReserve(pool, chunks: 2),
      .extendPool(pool, members: []), .removePool(pool),
    ]
    for use in uses {
      #expect(throws: EngineError.noSuchPool(pool)) {
        try array.engine.commit([.removePool(pool), use])
      }
      #expect(array.engine.capacity(of: pool)?.total == 64)
    }
    try array.crash(by: .process)
    #expect(array.engine.images() == [])
    #expect(array.engine.capacity(of: pool)?.reserve == 0)
  }

  @Test("Flushing everything passes over a pool that is removed meanwhile")
  func flushAllWhileAPoolIsRemoved() throws {
    for seed in Self.seeds {
      let array = try ArrayUnderTest(seed: seed, pools: 3, hasSpare: true, isScheduled: true)
      let device = array.devices(pool: 2)
      try array.engine.commit([.addPool(PoolID(2), members: device, isSparse: true)])
      let volume = try array.volume(pool: 2)
      try array.write(1, volume, block: 0, count: 64)
      array.run([
        { array in for _ in 0..<3 { try array.engine.flushAll() } },
        { array in
          try array.engine.commit([.delete(volume)])
          while try !array.engine.reclaim(limit: 100).isDone {}
          try array.engine.commit([.removePool(PoolID(2))])
          try array.engine.commit([.addPool(PoolID(2), members: device, isSparse: true)])
          let next = try array.volume(pool: 2)
          try array.write(2, next, block: 0, count: 64)
          try array.engine.flush(next)
        },
      ])
      let next = try #require(array.engine.images().first?.id)
      try array.crash(by: .powerCut)
      #expect(
        try array.values(next, count: 64) == [UInt8?](repeating: 2, count: 64), "seed \(seed)")
    }
  }
}
