import SedaiArray
import SedaiModel
import Testing

extension Rig {
  func pairOf(_ master: String, _ replica: String) throws -> PairSelection {
    PairSelection(master: try disk(master), replica: try disk(replica))
  }

  @discardableResult
  func pair(_ master: String = "mv", _ replica: String = "rv") throws -> PairFacts {
    try array.pair(try pairOf(master, replica), by: Self.administrator)
  }

  func unpair(
    _ master: String = "mv", _ replica: String = "rv", isForced: Bool = false
  ) throws {
    try array.unpair(try pairOf(master, replica), isForced: isForced, by: Self.administrator)
  }

  @discardableResult
  func replicate(
    _ master: String = "mv", _ replica: String = "rv", range: CopyRange = .differences
  ) throws -> PairFacts {
    try array.replicate(try pairOf(master, replica), range: range, by: Self.administrator)
  }

  @discardableResult
  func separate(
    _ master: String = "mv", _ replica: String = "rv", access: AccessMode = .readWrite,
    use: ReplicaUse = .complete, isForced: Bool = false
  ) throws -> PairFacts {
    try array.separate(
      try pairOf(master, replica), access: access, use: use, isForced: isForced,
      by: Self.administrator)
  }

  @discardableResult
  func restorePair(
    _ master: String = "mv", _ replica: String = "rv", mode: PairRestoreMode = .update
  ) throws -> PairFacts {
    try array.restore(try pairOf(master, replica), mode: mode, by: Self.administrator)
  }

  func pairState(_ replica: String = "rv") throws -> PairState {
    try array.pair(ofReplica: try disk(replica)).state
  }

  func difference(_ replica: String = "rv") throws -> UInt64 {
    try array.difference(ofReplica: try disk(replica))
  }

  /// Two disks of 16 chunks in one pool.
  func makePair(reserveChunks: UInt64? = 256) throws {
    try makePool(reserveChunks: reserveChunks)
    try bind("mv")
    try bind("rv")
    try pair()
  }
}

@Suite struct PairTests {
  @Test func `a copy is what its master was at the separation, and both go their own ways`()
    throws
  {
    let rig = try Rig()
    try rig.makePair()
    try rig.fill("mv", 1)
    #expect(try rig.replicate().state == .synchronised)
    try rig.fill("mv", 2)
    #expect(try rig.separate().state == .separated)
    #expect(try rig.byte("rv") == 2)
    try rig.fill("mv", 3)
    try rig.fill("rv", 4, at: Rig.chunk)
    #expect(try rig.byte("rv") == 2 && rig.byte("mv") == 3)
    #expect(try rig.byte("mv", at: Rig.chunk) == 0)
    try rig.reopen()
    #expect(try rig.pairState() == .separated)
    #expect(try rig.byte("rv") == 2 && rig.byte("rv", at: Rig.chunk) == 4)
    #expect(try rig.byte("mv") == 3)
  }

  @Test func `a new pair has everything to copy, a separated one what either side wrote`() throws {
    let rig = try Rig()
    try rig.makePair()
    #expect(try rig.difference() == 16 * Rig.chunk)
    try rig.fill("mv", 1, count: 3 * Int(Rig.chunk))
    try rig.replicate()
    try rig.separate()
    #expect(try rig.difference() == 0)
    try rig.fill("mv", 2, at: 4096)
    try rig.fill("rv", 3, at: 2 * Rig.chunk)
    #expect(try rig.difference() == 2 * 4096)
    try rig.reopen()
    #expect(try rig.difference() == 2 * 4096)
  }

  @Test func `hosts reach a copy while it is separated, as far as its access allows`() throws {
    let rig = try Rig()
    try rig.makePair()
    try rig.fill("rv", 9)
    let before = try rig.open("rv")
    try rig.replicate()
    #expect(throws: VolumeError.shutDown) { try before.fill(1) }
    #expect(throws: VolumeError.notReady) { try rig.byte("rv") }
    try rig.separate(access: .readOnly)
    let readOnly = try rig.open("rv")
    #expect(readOnly.isReadOnly)
    #expect(throws: VolumeError.readOnly) { try readOnly.fill(1) }
    _ = try rig.array.changePair(
      try rig.pairOf("mv", "rv"), access: .notAvailable, by: Rig.administrator)
    #expect(rig.array.open(export: "rv", for: .localAdministrator) == nil)
    #expect(!rig.array.exports(for: .localAdministrator).map(\.name).contains("rv"))
    try rig.unpair()
    try rig.fill("rv", 7)
    #expect(try rig.byte("rv") == 7 && rig.byte("mv") == 0)
  }

  @Test func `a restore brings the master back; the copy follows it, or is kept`() throws {
    let rig = try Rig()
    try rig.makePair()
    try rig.fill("mv", 1)
    try rig.replicate()
    try rig.separate()
    try rig.fill("mv", 2)
    let before = try rig.open("mv")
    #expect(try rig.restorePair(mode: .protect).state == .separated)
    #expect(throws: VolumeError.shutDown) { try before.fill(3) }
    #expect(try rig.byte("mv") == 1)
    try rig.fill("mv", 5)
    #expect(try rig.byte("rv") == 1)
    #expect(try rig.restorePair(mode: .update).state == .restored)
    #expect(throws: VolumeError.notReady) { try rig.byte("rv") }
    try rig.fill("mv", 6, at: Rig.chunk)
    try rig.separate()
    #expect(try rig.byte("rv") == 1 && rig.byte("rv", at: Rig.chunk) == 6)
  }

  @Test func `a snapshot volume is copied while it stays what it is`() throws {
    let rig = try Rig()
    try rig.makeFamily()
    try rig.fill("bv", 1)
    try rig.create("sv_01")
    try rig.fill("bv", 2)
    try rig.bind("rv")
    try rig.pair("sv_01", "rv")
    try rig.replicate("sv_01", "rv")
    #expect(refusal { try rig.delete("sv_01") } == .pairNotSeparated)
    #expect(refusal { try rig.create("sv_01") } == .pairNotSeparated)
    try rig.separate("sv_01", "rv")
    #expect(try rig.state("sv_01") == "snap/active")
    #expect(try rig.byte("rv") == 1 && rig.byte("bv") == 2)
    #expect(refusal { try rig.restorePair("sv_01", "rv") } == .snapshotCannotBeRestored)
    try rig.delete("sv_01")
    #expect(try rig.byte("rv") == 1)
    #expect(refusal { try rig.replicate("sv_01", "rv") } == .snapshotNotActive)
    #expect(
      refusal {
        try rig.array.removeGeneration(try rig.snapshot("sv_01"), by: Rig.administrator)
      } == .diskPaired)
    try rig.unpair("sv_01", "rv")
    try rig.array.removeGeneration(try rig.snapshot("sv_01"), by: Rig.administrator)
    #expect(try rig.byte("rv") == 1)
  }

  @Test func `a master has several copies, and a copy can be a master`() throws {
    let rig = try Rig()
    try rig.makePool()
    for name in ["mv", "r1", "r2", "r3", "r4", "deep"] { try rig.bind(name) }
    for name in ["r1", "r2", "r3"] { try rig.pair("mv", name) }
    #expect(refusal { try rig.pair("mv", "r4") } == .tooMany)
    try rig.pair("r1", "deep")
    #expect(refusal { try rig.pair("deep", "mv") } == .alreadyReplica)
    #expect(refusal { try rig.pair("r4", "r1") } == .alreadyReplica)
    try rig.fill("mv", 1)
    for name in ["r1", "r2"] { try rig.replicate("mv", name) }
    #expect(refusal { try rig.replicate("r1", "deep") } == .pairNotSeparated)
    try rig.separate("mv", "r1")
    try rig.replicate("r1", "deep")
    #expect(refusal { try rig.replicate("mv", "r1") } == .pairNotSeparated)
    try rig.separate("r1", "deep")
    #expect(try rig.byte("deep") == 1)
    #expect(refusal { try rig.restorePair("mv", "r1") } == .pairNotSeparated)
    try rig.separate("mv", "r2")
    try rig.fill("r1", 4)
    try rig.restorePair("mv", "r1")
    #expect(try rig.byte("mv") == 4 && rig.byte("r2") == 1)
    let pairs = try rig.array.pairs(ofMaster: rig.disk("mv"))
    #expect(pairs.map(\.replica.name.rawValue) == ["r1", "r2", "r3"])
    #expect(try rig.array.disk(rig.disk("r1")).roles == [.master, .replication])
    #expect(rig.array.pairs().count == 4)
  }

  @Test func `what is in a pair is not removed, and removing either side harms no other`() throws {
    let rig = try Rig()
    try rig.makePair()
    try rig.fill("mv", 1, count: 16 * 65536)
    try rig.replicate()
    #expect(refusal { try rig.unpair() } == .pairStateForbids)
    try rig.separate()
    for name in ["mv", "rv"] {
      #expect(
        refusal { try rig.array.unbind(try rig.disk(name), by: Rig.administrator) }
          == .diskPaired)
    }
    try rig.unpair()
    #expect(refusal { try rig.unpair() } == .notPaired)
    try rig.array.unbind(try rig.disk("mv"), by: Rig.administrator)
    rig.settle()
    #expect(try rig.byte("rv", at: 15 * Rig.chunk) == 1)
    try rig.bind("new")
    try rig.fill("new", 3, count: 16 * 65536)
    #expect(try rig.byte("rv", at: 15 * Rig.chunk) == 1)
  }

  @Test func `volumes that cannot be a pair are refused`() throws {
    let rig = try Rig()
    try rig.makeFamily()
    try rig.bind("rv", chunks: 17)
    try rig.bind("wn", type: .windows)
    try rig.bind("blank", type: nil)
    #expect(refusal { try rig.pair("bv", "rv") } == .pairCapacitiesDiffer)
    #expect(refusal { try rig.pair("bv", "wn") } == .pairTypesDiffer)
    _ = try rig.array.bind(
      DiskSpecification(
        pool: 0, capacity: 16 * Rig.chunk, name: try Rig.name("large"), osType: .linux,
        blockSize: .bytes4096), by: Rig.administrator)
    #expect(refusal { try rig.pair("bv", "large") } == .pairBlockSizesDiffer)
    #expect(refusal { try rig.pair("lv", "blank") } == .wrongKind)
    #expect(refusal { try rig.pair("bv", "sv_01") } == .wrongKind)
    #expect(refusal { try rig.pair("bv", "none") } == .unknownVolume)
    #expect(refusal { try rig.pair("bv", "bv") } == .volumeTwiceInSet)
    #expect(refusal { try rig.pair("sv_01", "blank") } == .snapshotNotActive)
    #expect(try rig.pair("bv", "blank").replica.osType == .linux)
    #expect(refusal { try rig.replicate("bv", "wn") } == .notPaired)
  }

  @Test func `a copy is a base volume once it is separated, with the licence for it`() throws {
    let rig = try Rig()
    try rig.makePair()
    try rig.addGenerations(1, to: "rv", name: "sv")
    #expect(try rig.array.disk(rig.disk("rv")).roles == [.base, .replication])
    try rig.fill("mv", 1)
    try rig.replicate()
    #expect(refusal { try rig.create(of: "rv") } == .pairNotSeparated)
    try rig.separate()
    try rig.create(of: "rv")
    try rig.fill("mv", 2)
    try rig.replicate()
    try rig.separate()
    #expect(try rig.byte("rv") == 2)
    try rig.restore("sv", to: "rv")
    #expect(try rig.byte("rv") == 1 && rig.byte("mv") == 2)
    let old = Licence(product: .snapshots, version: 2, capacity: nil)
    _ = try rig.array.releaseLicence(key: old.key, by: Rig.administrator)
    #expect(refusal { try rig.create(of: "rv") } == .licenceTooOld)
    #expect(refusal { try rig.addGenerations(1, to: "rv", name: "more") } == .licenceTooOld)
    #expect(refusal { try rig.pair("rv", "mv") } == .licenceMissing)
  }

  @Test func `a forced separation leaves a copy of no use until it is copied again`() throws {
    let rig = try Rig()
    try rig.makePair()
    try rig.replicate()
    #expect(try rig.separate(isForced: true).state == .cancelled)
    #expect(throws: VolumeError.notReady) { try rig.byte("rv") }
    #expect(refusal { try rig.separate(isForced: true) } == .pairStateForbids)
    #expect(refusal { try rig.restorePair() } == .pairStateForbids)
    try rig.fill("mv", 8)
    try rig.replicate()
    try rig.unpair(isForced: true)
    #expect(try rig.byte("rv") == 8)
  }

  @Test func `no write fails for lack of space, with copies of everything and no reserve`() throws {
    let rig = try Rig()
    try rig.makePair(reserveChunks: nil)
    try rig.fill("mv", 1, count: 16 * 65536)
    try rig.replicate()
    try rig.separate()
    for chunk in 0..<16 {
      try rig.fill("mv", 2, at: UInt64(chunk) * Rig.chunk, count: 4096)
      try rig.fill("rv", 3, at: UInt64(chunk) * Rig.chunk + 8192, count: 4096)
      try rig.fill("mv", 4, at: UInt64(chunk) * Rig.chunk + 8192, count: 4096)
    }
    for chunk in 0..<16 {
      let at = UInt64(chunk) * Rig.chunk
      #expect(try rig.byte("mv", at: at) == 2 && rig.byte("rv", at: at) == 1)
      #expect(try rig.byte("mv", at: at + 8192) == 4 && rig.byte("rv", at: at + 8192) == 3)
    }
  }
}
