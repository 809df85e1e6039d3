import SedaiBytes
import SedaiEngine
import SedaiFormat
import Testing

@testable import SedaiSimulation

@Suite("Capacity: cases that break naive engines")
struct CapacityCases {
  @Test("A delete is accepted, and gives space back, while the reserve is full")
  func deleteWorksAtZeroFree() throws {
    let array = try ArrayUnderTest(chunks: 20, reserve: 4)
    let volume = try array.volume()
    try array.write(1, volume, block: 0, count: 128)
    let generation = try array.snapshot(volume)
    for chunk in 0..<4 as Range<UInt64> {
      try array.write(2, volume, block: chunk * 16, count: 16)
    }
    #expect(try array.capacity().reserveUsed == 4)
    #expect(throws: EngineError.reserveFull(PoolID(0))) { try array.write(2, volume, block: 64) }
    #expect(try array.values(volume, block: 64) == [1])

    try array.engine.commit([.delete(generation)])
    // The delete is pending: nothing is free yet, and reads and what is written go on.
    #expect(array.engine.image(generation) == nil)
    try array.write(3, volume, block: 0)
    try array.reclaimAll()
    #expect(try array.capacity().reserveUsed == 0)
    for chunk in 4..<8 as Range<UInt64> {
      try array.write(4, volume, block: chunk * 16, count: 16)
    }
    #expect(try array.values(volume, count: 2) == [3, 2])
    #expect(try array.values(volume, block: 127) == [4])
  }

  @Test("A restore that keeps undo fits into a nearly full reserve, or is refused whole")
  func restoreWithUndoAtNearlyFullReserve() throws {
    for reserve in 4...9 as ClosedRange<UInt64> {
      let array = try ArrayUnderTest(chunks: 16 + reserve, reserve: reserve)
      let volume = try array.volume()
      try array.write(1, volume, block: 0, count: 64)
      let generation = try array.snapshot(volume)
      try array.write(2, volume, block: 0, count: 64)
      let undo = array.engine.nextImageID()
      do {
        try array.engine.commit([.restore(target: volume, from: generation, undo: undo)])
        #expect(try array.values(undo, count: 64) == [UInt8?](repeating: 2, count: 64))
        #expect(try array.values(volume, count: 64) == [UInt8?](repeating: 1, count: 64))
      } catch EngineError.reserveFull {
        #expect(array.engine.image(undo) == nil)
        #expect(try array.values(volume, count: 64) == [UInt8?](repeating: 2, count: 64))
      }
      #expect(try array.capacity().reserveUsed <= reserve)
      // Giving up the undo image, then the generation, makes every write possible.
      for image in [undo, generation] where array.engine.image(image) != nil {
        try array.engine.commit([.delete(image)])
      }
      try array.reclaimAll()
      try array.write(3, volume, block: 0, count: 64)
      #expect(try array.capacity().reserveUsed == 0, "reserve \(reserve)")
    }
  }

  @Test("Clones without any reserve can be written block by block, and trimmed")
  func clonesNeedNoReserve() throws {
    let array = try ArrayUnderTest(chunks: 49, reserve: 1)
    let volume = try array.volume()
    try array.write(1, volume, block: 0, count: 64)
    let generation = try array.snapshot(volume)
    // One index holds two chunks, which is all that the reserve takes.
    try array.write(2, volume, block: 0)
    try array.engine.commit([.delete(generation)])
    try array.reclaimAll()
    let refused = array.engine.nextImageID()
    #expect(throws: EngineError.reserveFull(PoolID(0))) {
      try array.engine.commit([
        .clone(source: volume, as: refused),
        .clone(source: refused, as: array.engine.nextImageID()),
      ])
    }
    _ = try array.engine.merge(volume, from: ChunkIndex(0), limit: 16)
    try array.engine.flushAll()
    var images = [volume]
    for _ in 0..<2 {
      let clone = array.engine.nextImageID()
      try array.engine.commit([.clone(source: volume, as: clone)])
      images.append(clone)
    }
    for block in stride(from: 3, to: 64, by: 5) as StrideTo<UInt64> {
      for (number, image) in images.enumerated() {
        try array.write(UInt8(10 + number), image, block: block)
      }
    }
    try array.engine.trim(volume, at: 0, count: 4 * ArrayUnderTest.chunk)
    for (number, image) in images.enumerated().dropFirst() {
      #expect(try array.values(image, block: 0, count: 2) == [2, 1])
      #expect(try array.values(image, block: 3) == [UInt8(10 + number)])
    }
    #expect(try array.values(volume, block: 0, count: 4) == [0, 0, 0, 0])
    try array.reclaimAll()
    #expect(try array.capacity().reserveUsed <= 1)
  }

  @Test("A volume's promise holds: it is written full while generations fill the reserve")
  func promisesAreKept() throws {
    let array = try ArrayUnderTest(chunks: 40, reserve: 8)
    let volume = try array.volume()
    let other = try array.volume()
    #expect(throws: EngineError.poolFull(PoolID(0))) { _ = try array.volume() }
    for round in 1...2 as ClosedRange<UInt8> {
      try array.write(round, volume, block: 0, count: 64)
      _ = try array.snapshot(volume)
    }
    try array.write(3, volume, block: 0, count: 64)
    #expect(try array.capacity().reserveUsed == 8)
    #expect(throws: EngineError.reserveFull(PoolID(0))) {
      _ = try array.snapshot(volume)
      try array.write(4, volume, block: 0)
    }
    try array.write(5, other, block: 0, count: 64)
    #expect(try array.values(other, count: 64) == [UInt8?](repeating: 5, count: 64))
  }

  @Test("A commit of several changes happens wholly or not at all")
  func commitsAreAtomic() throws {
    let array = try ArrayUnderTest()
    let volume = try array.volume()
    let generation = array.engine.nextImageID()
    let nobody = ImageID(999)
    #expect(throws: EngineError.noSuchImage(nobody)) {
      try array.engine.commit(
        [.snapshot(source: volume, as: generation), .delete(nobody)],
        catalogue: [.put(key: [1], value: [2])])
    }
    #expect(array.engine.image(generation) == nil)
    #expect(array.engine.catalogue().isEmpty)
    try array.engine.commit(
      [.snapshot(source: volume, as: generation)], catalogue: [.put(key: [1], value: [2])])
    try array.crash(by: .powerCut)
    #expect(array.engine.image(generation)?.role == .generation)
    #expect(array.engine.catalogue().map(\.key) == [[1]])
  }

  @Test("The map of a volume with more pages than the cache is told to its end")
  func mapsBeyondTheCacheAreTold() throws {
    let leaf = UInt64(MapPageLayout.entries)
    let leaves: UInt64 = 60
    let array = try ArrayUnderTest(chunks: leaves * leaf + 100, reserve: 100, cachedPages: 24)
    let volume = try array.volume(chunks: leaves * leaf)
    for index in 0..<leaves { try array.write(1, volume, block: index * leaf * 16) }
    let generation = try array.snapshot(volume)
    for index in 0..<leaves { try array.write(2, volume, block: (index * leaf + 1) * 16) }
    let length = leaves * leaf * ArrayUnderTest.chunk
    var held: [UInt64] = []
    var changed: [UInt64] = []
    var offset: UInt64 = 0
    while offset < length {
      let extents = try array.engine.extents(
        of: volume, at: offset, count: length - offset, limit: 1000)
      held += extents.filter(\.isAllocated).map { $0.offset / ArrayUnderTest.block }
      offset = try #require(extents.last.map { $0.offset + $0.count })
    }
    offset = 0
    while offset < length {
      let differences = try array.engine.differences(
        from: generation, to: volume, at: offset, count: length - offset, limit: 1000)
      changed += differences.filter(\.isChanged).map { $0.offset / ArrayUnderTest.block }
      offset = try #require(differences.last.map { $0.offset + $0.count })
    }
    // Both chunks of a leaf lie side by side; the first was written in one block only.
    let first = (0..<leaves).map { $0 * leaf * 16 }
    let second = first.map { $0 + 16 }
    #expect(held == (first + second).sorted())
    #expect(changed == second)
  }
}
