import SedaiArray
import SedaiEngine
import SedaiModel
import Testing

/// Copies from one pool to another: `mv` is in pool 0, `rv` in pool 1.
@Suite struct PairCopyTests {
  private static let chunks: UInt64 = 64
  private static let bytes = chunks * Rig.chunk

  private func makeRig(
    reserveChunks: UInt64? = 256, chunks: UInt64 = Self.chunks
  ) throws -> Rig {
    let rig = try Rig()
    try rig.makePool(reserveChunks: reserveChunks)
    _ = try rig.array.createPool(
      number: 1, name: try #require(PoolName("pool1")),
      members: [PoolMemberSpecification(path: "pool1", size: 64 << 20 + Rig.chunk)],
      by: Rig.administrator)
    if let reserveChunks {
      _ = try rig.array.createReserve(
        pool: 1, capacity: reserveChunks * Rig.chunk, by: Rig.administrator)
    }
    try rig.bind("mv", chunks: chunks)
    _ = try rig.array.bind(
      DiskSpecification(
        pool: 1, capacity: chunks * Rig.chunk, name: try Rig.name("rv"), osType: .linux),
      by: Rig.administrator)
    try rig.pair()
    return rig
  }

  /// Lets the array's thread work until the pair is in a state.
  private func reach(_ state: PairState, _ rig: Rig) throws {
    for _ in 0..<1000 where try rig.pairState() != state { rig.array.tick() }
    #expect(try rig.pairState() == state)
  }

  private func contents(_ rig: Rig, _ name: String) throws -> [UInt8] {
    try rig.open(name).bytes(at: 0, count: Int(Self.bytes))
  }

  /// One byte for each chunk, the same in all of it; zero where nothing was written.
  private func fill(_ rig: Rig, _ name: String, _ byte: UInt8, chunks: Range<UInt64>) throws {
    for chunk in chunks {
      try rig.fill(name, byte, at: chunk * Rig.chunk, count: Int(Rig.chunk))
    }
  }

  @Test func `a copy in another pool is the master at the separation`() throws {
    let rig = try makeRig()
    try fill(rig, "mv", 1, chunks: 0..<40)
    try fill(rig, "rv", 9, chunks: 30..<64)
    #expect(try rig.replicate(range: .full).state == .replicating)
    try fill(rig, "mv", 2, chunks: 0..<4)
    #expect(try rig.separate().state == .separating)
    let expected = try contents(rig, "mv")
    try fill(rig, "mv", 3, chunks: 0..<64)
    #expect(throws: VolumeError.notReady) { try rig.byte("rv") }
    try reach(.separated, rig)
    #expect(try contents(rig, "rv") == expected)
    #expect(try rig.difference() == Self.bytes)
    try rig.unpair()
    rig.settle()
    #expect(try contents(rig, "rv") == expected)
  }

  @Test func `a copy follows its master and goes on after a restart`() throws {
    let rig = try makeRig()
    try fill(rig, "mv", 1, chunks: 0..<64)
    try rig.replicate(range: .full)
    try rig.reopen()
    #expect(try rig.pairState() == .replicating)
    try reach(.synchronised, rig)
    try fill(rig, "mv", 2, chunks: 10..<12)
    rig.clock.advance(seconds: 2)
    for _ in 0..<50 { rig.array.tick() }
    #expect(try rig.pairState() == .synchronised)
    try fill(rig, "mv", 3, chunks: 50..<51)
    try rig.separate()
    try rig.reopen()
    #expect(try rig.pairState() == .separating)
    try reach(.separated, rig)
    #expect(try contents(rig, "rv") == contents(rig, "mv"))
    #expect(try rig.difference() == 0)
  }

  @Test func `only what either side wrote is copied again`() throws {
    let rig = try makeRig()
    try fill(rig, "mv", 1, chunks: 0..<64)
    try rig.replicate(range: .full)
    try reach(.synchronised, rig)
    try rig.separate()
    try reach(.separated, rig)
    try fill(rig, "mv", 2, chunks: 3..<4)
    try fill(rig, "rv", 3, chunks: 40..<41)
    #expect(try rig.difference() == 2 * Rig.chunk)
    try rig.reopen()
    #expect(try rig.difference() == 2 * Rig.chunk)
    // What is not copied is known by the chunks that stay allocated where they are.
    try rig.replicate()
    try rig.separate()
    try reach(.separated, rig)
    #expect(try contents(rig, "rv") == contents(rig, "mv"))
    #expect(try rig.byte("rv", at: 3 * Rig.chunk) == 2)
    #expect(try rig.byte("rv", at: 40 * Rig.chunk) == 1)
  }

  @Test func `a copy is used at once, and keeps what hosts write before it is complete`() throws {
    let rig = try makeRig()
    try fill(rig, "mv", 1, chunks: 0..<64)
    try rig.replicate(range: .full)
    #expect(try rig.separate(use: .immediate).state == .separating)
    try fill(rig, "mv", 7, chunks: 0..<64)
    #expect(try rig.byte("rv", at: 63 * Rig.chunk) == 1)
    try rig.fill("rv", 5, at: 20 * Rig.chunk)
    try rig.open("rv").trim(at: 33 * Rig.chunk, count: Rig.chunk)
    rig.array.tick()
    try rig.reopen()
    #expect(try rig.byte("rv", at: 20 * Rig.chunk) == 5)
    #expect(try rig.byte("rv", at: 33 * Rig.chunk) == 0)
    try rig.fill("rv", 6, at: 34 * Rig.chunk)
    try reach(.separated, rig)
    var expected = [UInt8](repeating: 1, count: Int(Self.bytes))
    func set(_ byte: UInt8, _ chunk: UInt64, _ count: Int) {
      for place in 0..<count { expected[Int(chunk * Rig.chunk) + place] = byte }
    }
    set(5, 20, 4096)
    set(0, 33, Int(Rig.chunk))
    set(6, 34, 4096)
    #expect(try contents(rig, "rv") == expected)
    try rig.reopen()
    #expect(try contents(rig, "rv") == expected)
    #expect(try rig.byte("mv") == 7)
  }

  @Test func `what hosts write behind the job survives a restart before the end`() throws {
    let chunks: UInt64 = 256
    let rig = try makeRig(chunks: chunks)
    try rig.replicate(range: .full)
    try reach(.synchronised, rig)
    for chunk in stride(from: 0, to: chunks, by: 4) {
      try rig.fill("mv", 1, at: chunk * Rig.chunk)
    }
    try rig.separate(use: .immediate)
    rig.clock.pass(milliseconds: 3)
    rig.array.tick()
    let left = try #require(rig.array.pairs().first).remainingBytes
    #expect(left > 0 && left < chunks * Rig.chunk)
    try rig.fill("rv", 5, at: 4 * Rig.chunk)
    try rig.fill("rv", 6, at: (chunks - 4) * Rig.chunk)
    try rig.reopen()
    #expect(try rig.byte("rv", at: 4 * Rig.chunk) == 5)
    try reach(.separated, rig)
    #expect(try rig.byte("rv", at: 4 * Rig.chunk) == 5)
    #expect(try rig.byte("rv", at: (chunks - 4) * Rig.chunk) == 6)
    #expect(try rig.byte("rv", at: 8 * Rig.chunk) == 1)
  }

  @Test func `a restore shows the copy's contents at once and keeps what hosts write`() throws {
    let rig = try makeRig()
    try fill(rig, "mv", 1, chunks: 0..<64)
    try rig.replicate(range: .full)
    try rig.separate()
    try reach(.separated, rig)
    try fill(rig, "mv", 2, chunks: 5..<64)
    #expect(try rig.restorePair(mode: .protect).state == .restoring)
    #expect(try rig.byte("mv", at: 63 * Rig.chunk) == 1)
    try rig.fill("mv", 8, at: 45 * Rig.chunk)
    #expect(refusal { try rig.separate() } == .generationInTransition)
    try rig.reopen()
    try reach(.separated, rig)
    #expect(try rig.byte("mv", at: 45 * Rig.chunk) == 8)
    #expect(try rig.byte("mv", at: 30 * Rig.chunk) == 1)
    #expect(try rig.byte("rv", at: 45 * Rig.chunk) == 1)
    try rig.restorePair(mode: .update)
    try reach(.restored, rig)
    try fill(rig, "mv", 4, chunks: 1..<2)
    try rig.separate()
    try reach(.separated, rig)
    #expect(try contents(rig, "rv") == contents(rig, "mv"))
  }

  @Test func `writes never fail beside a copy in pools without any reserve`() throws {
    let rig = try makeRig(reserveChunks: nil)
    try fill(rig, "mv", 1, chunks: 0..<64)
    try rig.replicate(range: .full)
    try rig.separate(use: .immediate)
    try fill(rig, "mv", 2, chunks: 0..<64)
    try fill(rig, "rv", 3, chunks: 8..<9)
    try reach(.separated, rig)
    #expect(try rig.byte("rv", at: 9 * Rig.chunk) == 1)
    #expect(try rig.byte("rv", at: 8 * Rig.chunk) == 3)
    #expect(try rig.byte("mv", at: 9 * Rig.chunk) == 2)
    try fill(rig, "rv", 4, chunks: 0..<64)
    try fill(rig, "mv", 5, chunks: 0..<64)
  }

  @Test func `a copy that is ended or cancelled leaves nothing behind`() throws {
    let rig = try makeRig()
    try fill(rig, "mv", 1, chunks: 0..<64)
    try rig.replicate(range: .full)
    rig.array.tick()
    #expect(try rig.separate(isForced: true).state == .cancelled)
    try rig.replicate()
    try rig.unpair(isForced: true)
    rig.settle()
    #expect(rig.engine.images().count == 2)
    for pool in rig.array.pools() { #expect(pool.allocated <= Self.bytes) }
    #expect(try rig.array.reserveUsage(of: 0).families.isEmpty)
  }

  @Test func `the reserve names what pairs keep`() throws {
    let rig = try makeRig()
    try fill(rig, "mv", 1, chunks: 0..<64)
    try rig.replicate(range: .full)
    try rig.separate()
    try reach(.separated, rig)
    try fill(rig, "mv", 2, chunks: 0..<3)
    try fill(rig, "rv", 2, chunks: 0..<5)
    #expect(try rig.array.reserveUsage(of: 0).families.map(\.allocatedBytes) == [3 * Rig.chunk])
    #expect(try rig.array.reserveUsage(of: 1).families.map(\.allocatedBytes) == [5 * Rig.chunk])
  }

  @Test func `a pool that is lost makes a pair that copies faulty, and no other`() throws {
    let rig = try makeRig()
    try fill(rig, "mv", 1, chunks: 0..<64)
    try rig.replicate(range: .full)
    rig.devices.lose("pool0")
    try rig.reopen()
    rig.array.tick()
    #expect(try rig.pairState() == .fault)
    rig.devices.find("pool0")
    try rig.reopen()
    try rig.replicate()
    try rig.separate()
    try reach(.separated, rig)
    rig.devices.lose("pool0")
    try rig.reopen()
    rig.array.tick()
    #expect(try rig.pairState() == .separated)
    #expect(try rig.byte("rv", at: 63 * Rig.chunk) == 1)
  }
}
