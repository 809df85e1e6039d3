import SedaiArray
import SedaiModel
import Testing

/// A master volume with a copy in its pool and one in another, as they would be on paper: by
/// cell, what hosts find there.
@Suite struct RandomPairsTests {
  private static let cells = 16
  /// As much as is copied for a host at a time.
  private static let cellBytes: UInt64 = 1 << 20
  private static let names = ["mv", "near", "far"]

  private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }

  private struct Paper {
    var contents: [String: [UInt8]] = [:]
    /// Whether hosts may use a copy before it is complete.
    var isUsedAtOnce: [String: Bool] = [:]
    /// A copy that was cancelled, or is being replaced, holds nothing that counts.
    var isVoid: Set<String> = []
  }

  private func makeRig(reserve: UInt64?) throws -> Rig {
    let rig = try Rig()
    try rig.makePool(reserveChunks: reserve)
    _ = try rig.array.createPool(
      number: 1, name: try #require(PoolName("pool1")),
      members: [PoolMemberSpecification(path: "pool1", size: 64 << 20 + Rig.chunk)],
      by: Rig.administrator)
    if let reserve {
      _ = try rig.array.createReserve(
        pool: 1, capacity: reserve * Rig.chunk, by: Rig.administrator)
    }
    for name in Self.names {
      _ = try rig.array.bind(
        DiskSpecification(
          pool: name == "far" ? 1 : 0, capacity: UInt64(Self.cells) * Self.cellBytes,
          name: try Rig.name(name), osType: .linux), by: Rig.administrator)
    }
    try rig.pair("mv", "near")
    try rig.pair("mv", "far")
    // A look at the jobs does a few windows of a copy and no more.
    rig.clock.pass(milliseconds: 3)
    return rig
  }

  @Test(arguments: [UInt64.random(in: 1...(.max)), .random(in: 1...(.max)), 1, 2, 3])
  func `whatever is asked of pairs in any order, hosts find what they should`(
    seed: UInt64
  ) throws {
    var dice = Dice(state: seed)
    let reserve = [nil, 3, 256][Int.random(in: 0..<3, using: &dice)] as UInt64?
    let rig = try makeRig(reserve: reserve)
    var paper = Paper()
    for name in Self.names { paper.contents[name] = Array(repeating: 0, count: Self.cells) }
    for step in 0..<150 {
      let place = "seed \(seed), step \(step)"
      try takeStep(rig, &paper, &dice, place)
      try compare(rig, paper, place)
    }
  }

  private func takeStep(
    _ rig: Rig, _ paper: inout Paper, _ dice: inout Dice, _ place: String
  ) throws {
    let copy = Bool.random(using: &dice) ? "near" : "far"
    let other = copy == "near" ? "far" : "near"
    let state = try rig.pairState(copy)
    let isIdle = state.isIdle
    let isFree = try rig.pairState(other).isIdle
    switch Int.random(in: 0..<16, using: &dice) {
    case 0...5: try write(rig, &paper, &dice, place)
    case 6, 7:
      let isAllowed =
        try isIdle && rig.pairState(other) != .restoring
        && rig.pairState(other) != .restored
      let range: CopyRange = Bool.random(using: &dice) ? .full : .differences
      let found = refusal { try rig.replicate("mv", copy, range: range) }
      #expect((found == nil) == isAllowed, "\(place): \(String(describing: found))")
      if isAllowed { paper.isVoid.insert(copy) }
    case 8...10:
      let isImmediate = Bool.random(using: &dice)
      let isAllowed = [.replicating, .synchronised, .restored].contains(state)
      let found = refusal {
        try rig.separate("mv", copy, use: isImmediate ? .immediate : .complete)
      }
      #expect((found == nil) == isAllowed, "\(place): \(String(describing: found))")
      guard isAllowed else { return }
      paper.contents[copy] = paper.contents["mv"]
      paper.isUsedAtOnce[copy] = isImmediate
      paper.isVoid.remove(copy)
    case 11:
      let isUpdate = Bool.random(using: &dice)
      let found = refusal { try rig.restorePair("mv", copy, mode: isUpdate ? .update : .protect) }
      let isAllowed = state == .separated && isFree
      #expect((found == nil) == isAllowed, "\(place): \(String(describing: found))")
      guard isAllowed else { return }
      paper.contents["mv"] = paper.contents[copy]
    case 12:
      if isIdle || state == .restoring || Int.random(in: 0..<4, using: &dice) > 0 { return }
      try rig.separate("mv", copy, isForced: true)
      paper.isVoid.insert(copy)
    case 13, 14:
      rig.clock.advance(seconds: 2)
      rig.array.tick()
    default: try rig.reopen()
    }
  }

  private func isReadable(_ rig: Rig, _ paper: Paper, _ name: String) throws -> Bool {
    if name == "mv" { return true }
    switch try rig.pairState(name) {
    case .separated: return true
    case .separating: return paper.isUsedAtOnce[name] == true
    default: return false
    }
  }

  private func write(
    _ rig: Rig, _ paper: inout Paper, _ dice: inout Dice, _ place: String
  ) throws {
    let name = Self.names[Int.random(in: 0..<3, using: &dice)]
    guard try isReadable(rig, paper, name) else { return }
    let cell = Int.random(in: 0..<Self.cells, using: &dice)
    let offset = UInt64(cell) * Self.cellBytes
    if Int.random(in: 0..<5, using: &dice) == 0 {
      try rig.open(name).trim(at: offset, count: Self.cellBytes)
      paper.contents[name]?[cell] = 0
    } else {
      let byte = UInt8.random(in: 1...255, using: &dice)
      try rig.open(name).fill(byte, at: offset, count: 4096)
      paper.contents[name]?[cell] = byte
    }
  }

  private func compare(_ rig: Rig, _ paper: Paper, _ place: String) throws {
    for name in Self.names {
      guard try isReadable(rig, paper, name) else {
        #expect(throws: VolumeError.notReady, "\(place)") { try rig.byte(name) }
        continue
      }
      // The whole is looked at now and then: a look brings in what was not copied yet.
      let cells = place.hasSuffix("7") ? Array(0..<Self.cells) : [place.count % Self.cells]
      for cell in cells {
        let found = try rig.byte(name, at: UInt64(cell) * Self.cellBytes)
        #expect(found == paper.contents[name]?[cell], "\(name), cell \(cell), \(place)")
      }
    }
  }
}
