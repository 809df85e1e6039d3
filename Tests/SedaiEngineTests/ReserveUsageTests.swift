import SedaiBytes
import SedaiFormat
import Testing

@testable import SedaiEngine

/// What families hold beyond their live images, against a count of every entry of every map.
@Suite struct ReserveUsageTests {
  private static let pool = PoolID(0)

  /// An array in memory whose trees grow to two levels, and chance that can be repeated.
  private struct Bench {
    let system = MemoryDevice(size: .mebibytes(1))
    let pool = MemoryDevice(size: .mebibytes(192))

    func open(cachedPages: Int) throws -> Engine {
      let pool = pool
      var limits = EngineLimits()
      limits.cachedPages = cachedPages
      limits.dirtyPages = cachedPages / 2
      return try Engine.open(
        systemArea: system,
        environment: EngineEnvironment(boot: FirstUseTests.identity(1), limits: limits) {
          (_) throws(DeviceError) in pool
        })
    }

    func start(cachedPages: Int = 1024) throws -> Engine {
      try Engine.format(
        systemArea: system,
        parameters: FormatParameters(
          array: FirstUseTests.identity(9), journalBytes: .mebibytes(4), segmentBlocks: 64))
      let engine = try open(cachedPages: cachedPages)
      let member = PoolMember(device: pool, identity: FirstUseTests.identity(3), path: "pool")
      try engine.commit([
        .addPool(ReserveUsageTests.pool, members: [member], isSparse: false),
        .setReserve(ReserveUsageTests.pool, chunks: 1700),
        .create(ImageID(1), pool: ReserveUsageTests.pool, length: .mebibytes(8)),
        .create(ImageID(2), pool: ReserveUsageTests.pool, length: .mebibytes(40)),
      ])
      return engine
    }
  }

  private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state ^ state >> 33) &* 0xFF51_AFD7_ED55_8CCD
    }
  }

  /// Two volumes with what was made of them.
  private struct Book {
    var families: [[ImageID]] = [[ImageID(1)], [ImageID(2)]]
    var hasGrown = false
    static let most = 7

    var sets: [Set<ImageID>] { families.map(Set.init) }
  }

  @Test(arguments: [UInt64.random(in: 1...(.max)), .random(in: 1...(.max)), 1])
  func familiesHoldWhatACountOfAllMapEntriesSays(seed: UInt64) throws {
    let bench = Bench()
    var engine = try bench.start()
    var dice = Dice(state: seed)
    var book = Book()
    for step in 0..<200 {
      try takeStep(engine, &book, &dice)
      if step % 4 == 0 { try compare(engine, book, "seed \(seed), step \(step)") }
    }
    // From a cold cache the answer is the same.
    let before = try engine.reserveUsage(of: Self.pool, by: book.sets)?.families
    try engine.close()
    engine = try bench.open(cachedPages: 1024)
    #expect(
      try engine.reserveUsage(of: Self.pool, by: book.sets)?.families == before, "seed \(seed)")
    try releaseAll(engine, book, "seed \(seed)")
    try engine.close()
  }

  private func takeStep(_ engine: Engine, _ book: inout Book, _ dice: inout Dice) throws {
    let family = Int.random(in: 0..<2, using: &dice)
    let live = book.families[family][0]
    let some = book.families[family].randomElement(using: &dice) ?? live
    let other = book.families[family].dropFirst().randomElement(using: &dice)
    switch Int.random(in: 0..<16, using: &dice) {
    case 0..<6: try write(engine, live, &dice)
    case 6, 7: try write(engine, some, &dice)
    case 8:
      let length = try #require(engine.image(live)).length.rawValue
      let from = UInt64.random(in: 0..<length / 2, using: &dice)
      try engine.trim(
        live, at: from, count: UInt64.random(in: 0..<(1 << 20), using: &dice))
    case 9..<12:
      guard book.families[family].count < Book.most else { return }
      let id = engine.nextImageID()
      try engine.commit([.snapshot(source: live, as: id)])
      book.families[family].append(id)
    case 12:
      guard let other, book.families[family].count < Book.most else { return }
      let undo = Bool.random(using: &dice) ? engine.nextImageID() : nil
      try engine.commit([.restore(target: live, from: other, undo: undo)])
      if let undo { book.families[family].append(undo) }
    case 13:
      guard let other else { return }
      try engine.commit([.delete(other)])
      book.families[family].removeAll { $0 == other }
    case 14:
      if !book.hasGrown, Int.random(in: 0..<3, using: &dice) == 0 {
        try engine.commit([.resize(ImageID(1), length: .mebibytes(36))])
        book.hasGrown = true
      }
      _ = try engine.merge(live, from: ChunkIndex(0), limit: 1000)
    default: _ = try engine.reclaim(limit: Int.random(in: 1...5, using: &dice))
    }
  }

  private func write(_ engine: Engine, _ image: ImageID, _ dice: inout Dice) throws {
    let length = try #require(engine.image(image)).length.rawValue
    let count = UInt64.random(in: 1...200_000, using: &dice)
    var from = UInt64.random(in: 0..<length - count, using: &dice)
    // Close together half the time, so that entries are overwritten in part.
    if Bool.random(using: &dice) { from %= 1 << 20 }
    if Bool.random(using: &dice) { from &= ~4095 }
    try FirstUseTests.write(engine, image.rawValue, from, 1, Int(count))
  }

  // MARK: Comparing

  private func compare(_ engine: Engine, _ book: Book, _ place: String) throws {
    let usage = try #require(try engine.reserveUsage(of: Self.pool, by: book.sets), "\(place)")
    for (family, found) in zip(book.sets, usage.families) {
      let counted = try count(engine, family)
      #expect(found.chunks == counted.chunks, "\(place)")
      #expect(found.validBytes == counted.validBytes, "\(place)")
      #expect(try engine.spaceBeyondLive(of: family) == found, "\(place)")
    }
    #expect(usage.capacity == engine.capacity(of: Self.pool), "\(place)")
    let sum = usage.families.reduce(0) { $0 + $1.chunks }
    #expect(sum + usage.capacity.awaitingReuse <= usage.capacity.reserveUsed, "\(place)")
  }

  /// What the families do not hold is what deleted images have not given back yet.
  private func releaseAll(_ engine: Engine, _ book: Book, _ place: String) throws {
    let usage = try #require(try engine.reserveUsage(of: Self.pool, by: book.sets), "\(place)")
    let sum = usage.families.reduce(0) { $0 + $1.chunks }
    var freed: UInt64 = 0
    while true {
      let progress = try engine.reclaim(limit: 100)
      freed += progress.freedChunks
      if progress.isDone { break }
    }
    #expect(
      usage.capacity.reserveUsed == sum + usage.capacity.awaitingReuse + freed, "\(place)")
    let after = try #require(try engine.reserveUsage(of: Self.pool, by: book.sets), "\(place)")
    #expect(after.families == usage.families, "\(place)")
    #expect(
      after.capacity.reserveUsed == sum + after.capacity.awaitingReuse, "\(place)")
  }

  /// Looks at every index of every image by itself.
  private func count(_ engine: Engine, _ family: Set<ImageID>) throws -> SpaceUsage {
    var masks: [ChunkAddress: UInt16] = [:]
    var live: UInt64 = 0
    var liveBlocks: UInt64 = 0
    for id in family {
      let facts = try #require(engine.image(id))
      let chunks = (facts.length.rawValue + 65535) / 65536
      for index in 0..<chunks {
        let entry = try engine.run { (core) throws(CoreSignal) -> MapEntry in
          let slot = try core.leaf(of: try core.image(id).record, index)
          return slot < 0 ? .empty : core.entry(slot, EngineCore.place(index, level: 0))
        }
        if let own = entry.own { masks[own, default: 0] |= entry.ownMask }
        if let base = entry.base { masks[base, default: 0] |= entry.baseMask }
        if facts.role == .live, !entry.isEmpty {
          live += 1
          liveBlocks += UInt64((0..<16).count { entry.location(ofBlock: $0) != nil })
        }
      }
    }
    var usage = SpaceUsage()
    usage.chunks = UInt64(masks.count) - min(live, UInt64(masks.count))
    let blocks = masks.values.reduce(0) { $0 + UInt64($1.nonzeroBitCount) }
    usage.validBytes = (blocks - min(liveBlocks, blocks)) * ChunkGeometry.blockBytes
    return usage
  }

  // MARK: Cases

  @Test func aSmallOverwriteChargesOneChunkAndOneBlock() throws {
    let engine = try Bench().start()
    try FirstUseTests.write(engine, 1, 0, 1, 1 << 20)
    try engine.commit([.snapshot(source: ImageID(1), as: ImageID(3))])
    #expect(try engine.spaceBeyondLive(of: [ImageID(1), ImageID(3)]).chunks == 0)
    try FirstUseTests.write(engine, 1, 65536, 2, 4096)
    let usage = try engine.spaceBeyondLive(of: [ImageID(1), ImageID(3)])
    #expect(usage.chunks == 1)
    #expect(usage.validBytes == 4096)
    #expect(usage.mapPages == 1)
    // Without the generation, the second chunk of the entry is all that is left to pay for.
    let alone = try engine.spaceBeyondLive(of: [ImageID(1)])
    #expect(alone.chunks == 1)
    #expect(alone.validBytes == 0)
  }

  @Test func cloneAndOriginalAreCountedTogether() throws {
    let engine = try Bench().start()
    try FirstUseTests.write(engine, 1, 0, 1, 1 << 20)
    try engine.commit([
      .snapshot(source: ImageID(1), as: ImageID(3)), .clone(source: ImageID(1), as: ImageID(4)),
    ])
    try FirstUseTests.write(engine, 1, 0, 2, 1 << 20)
    try FirstUseTests.write(engine, 4, 0, 3, 1 << 20)
    let family: Set = [ImageID(1), ImageID(3), ImageID(4)]
    let usage = try engine.spaceBeyondLive(of: family)
    #expect(usage.chunks == 16)
    #expect(usage.validBytes == 1 << 20)
    let counted = try count(engine, family)
    #expect(usage.chunks == counted.chunks)
    #expect(usage.validBytes == counted.validBytes)
  }

  @Test func familiesThatAreNotExactlyThePoolsImagesGetNoAnswer() throws {
    let engine = try Bench().start()
    let both: [Set<ImageID>] = [[ImageID(1)], [ImageID(2)]]
    #expect(try engine.reserveUsage(of: Self.pool, by: both) != nil)
    #expect(try engine.reserveUsage(of: Self.pool, by: [both[0]]) == nil)
    #expect(try engine.reserveUsage(of: Self.pool, by: both + [[ImageID(9)]]) == nil)
    #expect(try engine.reserveUsage(of: Self.pool, by: [both[0], both[0]]) == nil)
    #expect(throws: EngineError.noSuchPool(PoolID(7))) {
      try engine.reserveUsage(of: PoolID(7), by: both)
    }
  }

  @Test func aWalkThatTheCacheCannotHoldIsRefusedAndLeavesTheEngineAtWork() throws {
    let engine = try Bench().start(cachedPages: 64)
    // Three leaves that every generation has for itself.
    for number in 10..<UInt64(26) {
      for leaf in 0..<UInt64(3) {
        try FirstUseTests.write(engine, 2, leaf * 254 * 65536, UInt8(number), 4096)
      }
      try engine.commit([.snapshot(source: ImageID(2), as: ImageID(number))])
    }
    let family = Set([ImageID(2)] + (10..<UInt64(26)).map { ImageID($0) })
    #expect(throws: EngineError.walkTooLarge(pages: 40)) {
      try engine.spaceBeyondLive(of: family)
    }
    #expect(throws: EngineError.walkTooLarge(pages: 40)) { try engine.totalSpace(of: family) }
    #expect(throws: EngineError.walkTooLarge(pages: 40)) {
      try engine.exclusiveSpace(of: family)
    }
    #expect(try engine.spaceBeyondLive(of: [ImageID(2), ImageID(25)]).chunks == 0)
    #expect(try FirstUseTests.read(engine, 10, 0, 1) == [10])
  }
}
