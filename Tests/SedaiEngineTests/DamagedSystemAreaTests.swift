import SedaiBytes
import SedaiEngine
import SedaiFormat
import Testing

@testable import SedaiSimulation

/// A system area that is not what was written: always an error that names what is wrong, or
/// no harm at all; never a crash, never other content.
@Suite("Damaged system areas")
struct DamagedSystemAreaTests {
  /// An array with shared, overlaid, trimmed and released chunks, closed or killed.
  private func prepared(isClosed: Bool) throws -> (ArrayUnderTest, [ImageID: [UInt8]]) {
    let array = try ArrayUnderTest(chunks: 80, reserve: 40)
    let volume = try array.volume()
    try array.write(1, volume, block: 0, count: 64)
    let first = try array.snapshot(volume)
    for chunk in 0..<4 as Range<UInt64> { try array.write(2, volume, block: chunk * 16 + 3) }
    let second = try array.snapshot(volume)
    try array.engine.checkpoint()
    try array.write(3, volume, block: 100, count: 20)
    try array.engine.trim(volume, at: 65536, count: 65536)
    try array.engine.commit([.delete(first)])
    try array.engine.flushAll()
    if isClosed { try array.engine.close() } else { array.host.crash(by: .process) }
    var contents: [ImageID: [UInt8]] = [:]
    let copy = SimulatedHost(crashed: array.host.image(), by: .process, seed: 1)
    copy.restart()
    let engine = try SimulatedArray(host: copy, shape: array.array.shape).open()
    for id in [volume, second] { contents[id] = try read(id, engine) }
    return (array, contents)
  }

  private func read(_ id: ImageID, _ engine: Engine) throws(EngineError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xAA, count: 16 * 65536)
    try bytes.withMutableRawSpan { span throws(EngineError) in
      try engine.read(id, at: 0, into: &span)
    }
    return bytes
  }

  private static func names(_ error: EngineError) -> Bool {
    switch error {
    case .damaged(let what): !what.isEmpty
    case .unsupportedVersion: true
    default: false
    }
  }

  /// Opens, reads everything, changes everything, and reads again.
  private func use(
    _ host: SimulatedHost, _ shape: ArrayShape, _ contents: [ImageID: [UInt8]], _ label: String
  ) {
    do throws(EngineError) {
      let engine = try SimulatedArray(host: host, shape: shape).open()
      for (id, expected) in contents {
        #expect(try read(id, engine) == expected, "\(label): image \(id.rawValue)")
      }
      let volume = ImageID(1)
      let generation = engine.nextImageID()
      try engine.commit([.snapshot(source: volume, as: generation)])
      try [UInt8](repeating: 9, count: 10 * 65536).withRawSpan { span throws(EngineError) in
        try engine.write(volume, at: 0, from: span)
      }
      while try !engine.reclaim(limit: 100).isDone {}
      try engine.flushAll()
      try engine.checkpoint()
      #expect(try read(generation, engine) == contents[volume], "\(label): after writing")
      try engine.close()
    } catch {
      #expect(Self.names(error), "\(label): \(error)")
    }
  }

  private static func journalPages(_ shape: ArrayShape) -> Range<UInt64> {
    16..<(16 + shape.journalBytes / 4096)
  }

  @Test("A flipped bit in the journal of a killed array loses records, never more")
  func flippedBitsInTheJournal() throws {
    let (array, _) = try prepared(isClosed: false)
    let image = array.host.image()
    let whole = SimulatedHost(crashed: image, by: .process, seed: 1)
    let journal = Self.journalPages(array.array.shape)
    var random = SeededRandom(seed: 8)
    for page in whole.writtenPages(of: "system") where journal.contains(page) {
      let host = SimulatedHost(crashed: image, by: .process, seed: 1)
      host.restart()
      let offset = page * 4096 + random.below(4096 as UInt64)
      host.flipBit(UInt8(random.below(8)), at: offset, of: "system")
      let opened = SimulatedArray(host: host, shape: array.array.shape)
      #expect(try opened.checker().check().isSound, "byte \(offset)")
      let found = try read(ImageID(1), try opened.open())
      // Values that the volume held at some time, in whole blocks.
      for block in 0..<256 {
        let part = found[(block * 4096)..<((block + 1) * 4096)]
        #expect(Set(part).count == 1 && part[part.startIndex] <= 3, "byte \(offset)")
      }
    }
  }

  @Test("A flipped bit anywhere is found or does no harm", arguments: [true, false])
  func flippedBits(isClosed: Bool) throws {
    let (array, contents) = try prepared(isClosed: isClosed)
    let image = array.host.image()
    let whole = SimulatedHost(crashed: image, by: .process, seed: 1)
    let journal = Self.journalPages(array.array.shape)
    // A damaged group looks like the torn end of the journal: what it held, and no more, is
    // lost. Everything else is covered by what was flushed before.
    let used = whole.writtenPages(of: "system").filter { isClosed || !journal.contains($0) }
    var random = SeededRandom(seed: 7)
    for page in used {
      for _ in 0..<2 {
        let host = SimulatedHost(crashed: image, by: .process, seed: 1)
        host.restart()
        let offset = page * 4096 + random.below(4096 as UInt64)
        let bit = UInt8(random.below(8))
        host.flipBit(bit, at: offset, of: "system")
        use(host, array.array.shape, contents, "byte \(offset) bit \(bit)")
      }
    }
  }

  @Test("A truncated system area is refused by name")
  func truncated() throws {
    for isClosed in [true, false] {
      let (array, contents) = try prepared(isClosed: isClosed)
      let image = array.host.image()
      for size in [0, 1, 4095, 4096, 8192, 70_000, 200_000, 340_000, 400_000] as [UInt64] {
        let host = SimulatedHost(crashed: image, by: .process, seed: 1)
        host.restart()
        host.truncate("system", to: size)
        use(host, array.array.shape, contents, "\(size) bytes")
      }
    }
  }

  @Test("A later version is refused and nothing is written")
  func laterVersion() throws {
    let (array, _) = try prepared(isClosed: true)
    for copies in [[0], [1], [0, 1]] as [[UInt64]] {
      let host = SimulatedHost(crashed: array.host.image(), by: .process, seed: 1)
      host.restart()
      for copy in copies { host.flipBit(1, at: copy * 4096 + 8, of: "system") }
      let effects = host.effects
      #expect(
        throws: EngineError.unsupportedVersion(what: "system area", found: 3, supported: 1)
      ) {
        _ = try SimulatedArray(host: host, shape: array.array.shape).open()
      }
      #expect(host.effects == effects)
    }
  }

  @Test("A missing, foreign or short member leaves its pool out and says which and why")
  func damagedMembers() throws {
    let (array, _) = try prepared(isClosed: true)
    for damage in ["label", "identity", "length"] {
      let host = SimulatedHost(crashed: array.host.image(), by: .process, seed: 1)
      host.restart()
      switch damage {
      case "label": host.flipBit(0, at: 0, of: "pool0.0")
      case "identity": host.flipBit(0, at: 40, of: "pool0.0")
      default: host.truncate("pool0.0", to: 65536 * 20)
      }
      let engine = try SimulatedArray(host: host, shape: array.array.shape).open()
      #expect(engine.openingProblems.count == 1)
      #expect(engine.openingProblems.first?.contains("pool0.0") == true, "\(damage)")
      #expect(engine.capacity(of: PoolID(0))?.condition == .missing)
      #expect(throws: EngineError.poolMissing(PoolID(0))) { _ = try read(ImageID(1), engine) }
    }
  }
}
