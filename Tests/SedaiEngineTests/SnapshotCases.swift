import SedaiBytes
import SedaiEngine
import SedaiFormat
import Testing

@testable import SedaiSimulation

@Suite("Snapshots: cases that break naive engines")
struct SnapshotCases {
  @Test("A block written into an empty chunk, then a snapshot: the other blocks read as zeroes")
  func freshChunkShowsOnlyWhatWasWritten() throws {
    let array = try ArrayUnderTest()
    let volume = try array.volume()
    try array.write(7, volume, block: 5)
    let generation = try array.snapshot(volume)
    var expected = [UInt8?](repeating: 0, count: 32)
    expected[5] = 7
    #expect(try array.values(volume, count: 32) == expected)
    #expect(try array.values(generation, count: 32) == expected)

    try array.write(8, volume, block: 6)
    #expect(try array.values(generation, count: 32) == expected)
    expected[6] = 8
    #expect(try array.values(volume, count: 32) == expected)
    try array.crash(by: .process)
    #expect(try array.values(volume, count: 32) == expected)
  }

  @Test("A part of a block written over a shared chunk keeps the block's other bytes")
  func partialOverwriteOfSharedBlockKeepsTheRest() throws {
    let array = try ArrayUnderTest()
    let volume = try array.volume()
    try array.write(1, volume, block: 0, count: 16)
    let generation = try array.snapshot(volume)
    try array.write([UInt8](repeating: 2, count: 10), volume, at: 4090)
    let expected = [1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1] as [UInt8]
    #expect(try array.bytes(volume, at: 4088, count: 14) == expected)
    #expect(try array.values(generation, count: 16) == [UInt8?](repeating: 1, count: 16))
  }

  @Test(
    "A generation deleted, its space written anew, the power cut before the delete is durable",
    arguments: 0..<40 as Range<UInt64>)
  func unfinishedDeleteLeavesTheGenerationWhole(seed: UInt64) throws {
    for effects in 1...6 as ClosedRange<UInt64> {
      let array = try ArrayUnderTest(seed: seed, chunks: 24, reserve: 8)
      let volume = try array.volume()
      try array.write(1, volume, block: 0, count: 64)
      try array.engine.flush(volume)
      let generation = try array.snapshot(volume)
      try array.write(2, volume, block: 0, count: 64)
      try array.engine.flush(volume)
      array.host.crash(afterEffects: effects, by: .powerCut)
      do {
        try array.engine.commit([.delete(generation)])
        _ = try array.engine.reclaim(limit: 1000)
        try array.write(3, volume, block: 64, count: 64)
      } catch { #expect(array.host.isDown, "seed \(seed): \(error)") }
      try array.crash(by: .powerCut)

      #expect(
        try array.values(volume, count: 64) == [UInt8?](repeating: 2, count: 64),
        "seed \(seed), crash at call \(effects)")
      if array.engine.image(generation) != nil {
        #expect(
          try array.values(generation, count: 64) == [UInt8?](repeating: 1, count: 64),
          "seed \(seed), crash at call \(effects)")
      }
      let rest = try array.bytes(volume, at: 64 * ArrayUnderTest.block, count: 64 * 4096)
      #expect(
        rest.allSatisfy { $0 == 0 || $0 == 3 }, "seed \(seed): another image's data is seen")
    }
  }

  @Test("A full volume, one block of each chunk overwritten, the snapshot deleted")
  func overlaysOfDeletedSnapshotGiveTheirSpaceBack() throws {
    let array = try ArrayUnderTest(chunks: 32, reserve: 16)
    let volume = try array.volume()
    try array.write(1, volume, block: 0, count: 256)
    let generation = try array.snapshot(volume)
    for chunk in 0..<16 as Range<UInt64> { try array.write(2, volume, block: chunk * 16) }
    #expect(try array.capacity().reserveUsed == 16)
    try array.engine.commit([.delete(generation)])
    try array.reclaimAll()
    // The old chunks still hold fifteen blocks each: the volume keeps two chunks an index
    // until a merge, and can be written all the same.
    var start: ChunkIndex? = ChunkIndex(0)
    while let from = start {
      start = try array.engine.merge(volume, from: from, limit: 3).next
    }
    try array.engine.flushAll()
    #expect(try array.capacity().reserveUsed == 0)
    #expect(array.engine.image(volume)?.overlayChunks == 0)
    let expected = (0..<256).map { $0 % 16 == 0 ? 2 : 1 } as [UInt8?]
    #expect(try array.values(volume, count: 256) == expected)
    try array.crash(by: .powerCut)
    #expect(try array.values(volume, count: 256) == expected)
    _ = try array.snapshot(volume)
    for chunk in 0..<16 as Range<UInt64> { try array.write(3, volume, block: chunk * 16 + 1) }
  }

  @Test("Restore keeps the newer generations, the length, and what was there before as undo")
  func restoreKeepsEverything() throws {
    let array = try ArrayUnderTest(chunks: 60, reserve: 24)
    let volume = try array.volume()
    try array.write(1, volume, block: 0)
    let first = try array.snapshot(volume)
    try array.write(2, volume, block: 0)
    let second = try array.snapshot(volume)
    try array.engine.commit([.resize(volume, length: ByteCount(17 * ArrayUnderTest.chunk))])
    try array.write(3, volume, block: 0)
    try array.write(3, volume, block: 260)
    let undo = array.engine.nextImageID()
    try array.engine.commit([.restore(target: volume, from: first, undo: undo)])

    #expect(array.engine.image(volume)?.length == ByteCount(17 * ArrayUnderTest.chunk))
    #expect(try array.values(volume) == [1])
    #expect(try array.values(volume, block: 260) == [0])
    #expect(try array.values(second) == [2])
    #expect(try array.values(undo) == [3])
    #expect(try array.values(undo, block: 260) == [3])
    try array.write(4, volume, block: 0)
    #expect(try array.values(first) == [1])
    try array.engine.flush(volume)
    try array.crash(by: .powerCut)
    #expect(try array.values(first) == [1])
    #expect(try array.values(undo, block: 260) == [3])
  }

  @Test("Trimmed space reads as zeroes, after a flush also once the power was cut")
  func trimIsDurableOnceFlushed() throws {
    let array = try ArrayUnderTest()
    let volume = try array.volume()
    try array.write(1, volume, block: 0, count: 48)
    try array.engine.flush(volume)
    let before = try array.capacity().allocated
    try array.engine.trim(volume, at: 4096, count: ArrayUnderTest.chunk + 100)
    try array.engine.flush(volume)
    try array.crash(by: .powerCut)
    var expected = [UInt8?](repeating: 1, count: 48)
    for block in 1...16 { expected[block] = 0 }
    expected[17] = nil
    #expect(try array.values(volume, count: 48) == expected)
    try array.engine.trim(volume, at: 0, count: 3 * ArrayUnderTest.chunk)
    try array.engine.flushAll()
    #expect(try array.values(volume, count: 48) == [UInt8?](repeating: 0, count: 48))
    #expect(try array.capacity().allocated == before - 3)
  }
}
