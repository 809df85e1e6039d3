import SedaiBytes
import SedaiEngine
import SedaiFormat
import Testing

@testable import SedaiSimulation

/// A volume in pool 0, its generations in pool 1.
@Suite("Pools apart: cases that break naive engines")
struct ApartCases {
  private static let home = PoolID(1)

  /// - Parameter staging: chunks of the volume's pool.
  private func made(
    staging: UInt64 = 16, reserve: UInt64 = 24, chunks: UInt64 = 64
  ) throws -> (ArrayUnderTest, ImageID) {
    let array = try ArrayUnderTest(pools: 2, chunks: chunks, reserve: 0)
    try array.engine.commit([
      .setStaging(PoolID(0), chunks: staging), .setReserve(Self.home, chunks: reserve),
    ])
    return (array, try array.volume())
  }

  private func snapshot(_ array: ArrayUnderTest, _ volume: ImageID) throws -> ImageID {
    let id = array.engine.nextImageID()
    try array.engine.commit([.snapshot(source: volume, as: id, pool: Self.home)])
    return id
  }

  /// Passes through all images until one finds nothing to do.
  @discardableResult
  private func settle(_ array: ArrayUnderTest, limit: Int = 100) throws -> Int {
    var all = 0
    while true {
      var moved = 0
      var next: ChunkIndex? = ChunkIndex(0)
      let family = array.engine.images().map(\.id).sorted(by: >)
      while let start = next {
        let progress = try array.engine.relocate(family, from: start, limit: limit)
        moved += progress.moved
        next = progress.next
      }
      try array.engine.flushAll()
      if moved == 0 { return all }
      all += moved
    }
  }

  @Test("What the volume no longer holds goes to the generations' pool, and only that")
  func movesWhatIsNotLive() throws {
    let (array, volume) = try made()
    try array.write(1, volume, block: 0, count: 64)
    let first = try snapshot(array, volume)
    #expect(try settle(array) == 0)
    try array.write(2, volume, block: 0, count: 16)
    try array.write(3, volume, block: 17)
    #expect(try array.capacity().reserveUsed == 2)
    // The chunk that was overwritten whole, and the other after the volume's is complete.
    #expect(try settle(array) == 3)
    #expect(try array.capacity().reserveUsed == 0)
    #expect(try array.capacity(pool: 1).reserveUsed == 2)
    #expect(try array.values(first, count: 64) == [UInt8?](repeating: 1, count: 64))
    #expect(try array.values(volume, block: 0, count: 2) == [2, 2])
    #expect(try array.values(volume, block: 16, count: 3) == [1, 3, 1])
    try array.crash(by: .powerCut)
    #expect(try array.values(first, count: 64) == [UInt8?](repeating: 1, count: 64))
    try array.reopen()
    try array.engine.commit([.delete(first)])
    try array.reclaimAll()
    #expect(try array.capacity(pool: 1).reserveUsed == 0)
    #expect(try array.capacity().reserveUsed == 0)
  }

  @Test("A chunk that many generations share is moved once, whatever their maps share")
  func sharedChunksMoveOnce() throws {
    let (array, volume) = try made()
    try array.write(1, volume, block: 0, count: 64)
    var generations = [try snapshot(array, volume)]
    for round in 1...5 as ClosedRange<UInt8> {
      try array.write(10 + round, volume, block: 0, count: 16)
      generations.append(try snapshot(array, volume))
    }
    for block in stride(from: 0, to: 64, by: 16) as StrideTo<UInt64> {
      try array.write(99, volume, block: block, count: 16)
    }
    try settle(array, limit: 1)
    #expect(try array.capacity().reserveUsed == 0)
    // Six contents of the first chunk, one of each of the other three.
    #expect(try array.capacity(pool: 1).allocated == 9)
    for (number, generation) in generations.enumerated() {
      let first: UInt8 = number == 0 ? 1 : UInt8(10 + number)
      #expect(try array.values(generation, block: 0) == [first])
      #expect(try array.values(generation, block: 63) == [1])
    }
    #expect(
      try array.engine.reserveUsage(of: Self.home, by: [Set(array.engine.images().map(\.id))])?
        .families.map(\.chunks) == [9])
  }

  /// Overwrites chunks whole, moving what it can whenever the staging area is full; answers
  /// how often it was.
  private func overwrite(
    _ chunks: UInt64, of volume: ImageID, in array: ArrayUnderTest
  ) throws -> Int {
    var refusals = 0
    for chunk in 0..<chunks {
      let isWritten = try tryToWrite(chunk, of: volume, in: array)
      if isWritten { continue }
      refusals += 1
      try settle(array)
      try array.write(2, volume, block: chunk * 16, count: 16)
    }
    return refusals
  }

  private func tryToWrite(
    _ chunk: UInt64, of volume: ImageID, in array: ArrayUnderTest
  ) throws(EngineError) -> Bool {
    do throws(EngineError) { try array.write(2, volume, block: chunk * 16, count: 16) } catch {
      guard case .reserveFull = error else { throw error }
      return false
    }
    return true
  }

  @Test("A full staging area refuses writes until chunks are moved; a lost target until they go")
  func fullStaging() throws {
    let (array, volume) = try made(staging: 4, reserve: 2)
    try array.write(1, volume, block: 0, count: 256)
    let generation = try snapshot(array, volume)
    // Two go to the other pool; the staging area keeps a quarter for moves.
    #expect(try overwrite(5, of: volume, in: array) == 1)
    #expect(try array.values(generation, block: 64) == [1])
    try array.engine.commit([.delete(generation)])
    try array.reclaimAll()
    try array.write(3, volume, block: 0, count: 256)
    #expect(try array.capacity().reserveUsed == 0)
  }

  @Test("A restored volume is usable at once and comes home; its generations stay")
  func restoreComesHome() throws {
    let (array, volume) = try made()
    try array.write(1, volume, block: 0, count: 64)
    let generation = try snapshot(array, volume)
    try array.write(2, volume, block: 0, count: 64)
    try settle(array)
    let undo = array.engine.nextImageID()
    try array.engine.commit([.restore(target: volume, from: generation, undo: undo)])
    #expect(array.engine.image(volume)?.isApart == true)
    #expect(try array.values(volume, count: 64) == [UInt8?](repeating: 1, count: 64))
    try array.write(3, volume, block: 5)
    try array.crash(by: .process)
    #expect(array.engine.image(volume)?.isApart == true)
    try settle(array)
    #expect(array.engine.image(volume)?.isApart == false)
    #expect(try array.capacity().reserveUsed == 0)
    // Four chunks of the generation and four of the state before.
    #expect(try array.capacity(pool: 1).reserveUsed == 8)
    #expect(try array.values(volume, count: 7) == [1, 1, 1, 1, 1, 3, 1])
    #expect(try array.values(undo, count: 64) == [UInt8?](repeating: 2, count: 64))
    try array.crash(by: .powerCut)
    #expect(array.engine.image(volume)?.isApart == false)
    #expect(try array.values(generation, count: 64) == [UInt8?](repeating: 1, count: 64))
  }

  @Test("A linked generation is written in its own pool")
  func generationsAreWrittenAtHome() throws {
    let (array, volume) = try made()
    try array.write(1, volume, block: 0, count: 64)
    let generation = try snapshot(array, volume)
    try array.write(7, generation, block: 3)
    #expect(try array.capacity(pool: 1).allocated == 1)
    #expect(try array.values(generation, block: 2, count: 3) == [1, 7, 1])
    try array.write(2, volume, block: 0, count: 64)
    try settle(array)
    #expect(try array.values(generation, block: 2, count: 3) == [1, 7, 1])
    try array.crash(by: .powerCut)
    #expect(try array.values(generation, block: 60, count: 4) == [1, 1, 1, 1])
    #expect(try array.capacity(pool: 1).allocated == 5)
  }

  @Test("An array without its generations' pool keeps its volumes, to the last block")
  func lostPool() throws {
    let (array, volume) = try made()
    try array.write(1, volume, block: 0, count: 64)
    let generation = try snapshot(array, volume)
    try array.write(2, volume, block: 0, count: 20)
    try settle(array)
    try array.write(3, volume, block: 40)
    try array.engine.flushAll()
    try array.crash(by: .powerCut, losing: "pool1.0")
    #expect(try array.capacity(pool: 1).condition == .missing)
    var expected = [UInt8?](repeating: 1, count: 64)
    for block in 0..<20 { expected[block] = 2 }
    expected[40] = 3
    #expect(try array.values(volume, count: 64) == expected)
    #expect(throws: EngineError.poolMissing(Self.home)) { try array.values(generation) }
    #expect(throws: EngineError.poolMissing(Self.home)) { try snapshot(array, volume) }
    // Its generations can be given up; what they held elsewhere comes back.
    try array.engine.commit([.delete(generation)])
    try array.reclaimAll()
    _ = try array.engine.merge(volume, from: ChunkIndex(0), limit: 16)
    try array.engine.flushAll()
    #expect(try array.capacity().reserveUsed == 0)
    try array.write(9, volume, block: 0, count: 64)
    try array.reopen()
    #expect(try array.values(volume, count: 64) == [UInt8?](repeating: 9, count: 64))
  }
}
