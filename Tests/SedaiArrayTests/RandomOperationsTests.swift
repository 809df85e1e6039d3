import SedaiArray
import SedaiModel
import Testing

/// A base volume with generations and two link volumes, as a reader of the manual would keep
/// book of them on paper: contents by cell, and for each operation what is to come of it.
private struct Paper {
  static let cells = 8

  struct Generation {
    var cells: [UInt8]?
    var order = 0
    var isGuarded = false
    var wasUsed = false
  }
  struct Link {
    var target: String?
    var access = AccessMode.notReady
  }

  var base = [UInt8](repeating: 0, count: cells)
  var generations: [String: Generation] = [:]
  var links: [String: Link] = [:]
  var order = 0

  init(generations names: [String], links: [String]) {
    for name in names { generations[name] = Generation() }
    for name in links { self.links[name] = Link() }
  }

  func linkOf(_ target: String) -> String? { links.first { $0.value.target == target }?.key }

  func protection(of name: String) -> MessageID? {
    if linkOf(name) != nil { return .snapshotLinked }
    return generations[name]?.isGuarded == true ? .snapshotGuarded : nil
  }

  var vacant: [String] { generations.filter { $0.value.cells == nil }.keys.sorted() }
  var byAge: [String] {
    generations.filter { $0.value.cells != nil }.sorted { $0.value.order > $1.value.order }
      .map(\.key)
  }
  var cyclicTarget: String? { vacant.first ?? byAge.last }

  mutating func create(_ name: String) -> MessageID? {
    if let refused = protection(of: name) { return refused }
    order += 1
    generations[name] = Generation(cells: base, order: order, isGuarded: false, wasUsed: true)
    return nil
  }

  mutating func delete(_ name: String) -> MessageID? {
    guard generations[name]?.cells != nil else { return .snapshotNotActive }
    if let refused = protection(of: name) { return refused }
    generations[name] = Generation(wasUsed: true)
    return nil
  }

  mutating func restore(_ name: String, _ derived: DerivedGenerations) -> MessageID? {
    if linkOf("bv") != nil { return .baseLinked }
    guard let generation = generations[name], let cells = generation.cells else {
      return .snapshotNotActive
    }
    let newer = byAge.filter { (generations[$0]?.order ?? 0) > generation.order }
    if derived == .delete {
      // The oldest of the newer ones is looked at first.
      for name in newer.reversed() {
        if let refused = protection(of: name) { return refused }
      }
      for name in newer { generations[name] = Generation(wasUsed: true) }
    }
    base = cells
    return nil
  }

  mutating func link(_ link: String, _ target: String, _ access: AccessMode) -> MessageID? {
    if links[link]?.target != nil { return .linkVolumeLinked }
    if target == "bv" {
      if linkOf("bv") != nil { return .baseAlreadyLinked }
    } else {
      guard generations[target]?.cells != nil else { return .linkTargetNotActive }
      if linkOf(target) != nil { return .snapshotAlreadyLinked }
    }
    links[link] = Link(target: target, access: access)
    return nil
  }

  mutating func unlink(_ link: String) -> MessageID? {
    if links[link]?.target == nil { return .linkVolumeNotLinked }
    links[link] = Link()
    return nil
  }

  mutating func setGuard(_ name: String, _ isGuarded: Bool) -> MessageID? {
    if generations[name]?.cells == nil { return .snapshotNotActive }
    generations[name]?.isGuarded = isGuarded
    return nil
  }

  /// What a host reads, or why it cannot.
  func contents(of volume: String) -> Result<[UInt8], VolumeError> {
    if volume == "bv" { return linkOf("bv") == nil ? .success(base) : .failure(.notReady) }
    guard let link = links[volume], let target = link.target, link.access.isReadable else {
      return .failure(.notReady)
    }
    return .success(target == "bv" ? base : generations[target]?.cells ?? [])
  }

  mutating func write(_ byte: UInt8, cell: Int, to volume: String) -> VolumeError? {
    if case .failure(let error) = contents(of: volume) { return error }
    if volume != "bv", links[volume]?.access == .readOnly { return .readOnly }
    let target = volume == "bv" ? "bv" : links[volume]?.target ?? "bv"
    if target == "bv" { base[cell] = byte } else { generations[target]?.cells?[cell] = byte }
    return nil
  }

  func word(for name: String) -> String {
    guard let generation = generations[name] else { return "?" }
    if generation.cells != nil { return "snap/active" }
    return generation.wasUsed ? "snap/deleted" : "-"
  }
}

private struct Dice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}

/// Any order of operations has the outcome that the rules on paper give, and one that is
/// refused changes nothing.
@Suite struct RandomOperationsTests {
  private static let names = ["sv_01", "sv_02", "sv_03"]
  private static let cellBytes: UInt64 = 3 * 65536 / 2

  @Test(arguments: [UInt64.random(in: 1...(.max)), .random(in: 1...(.max)), 1, 2])
  func `any order of operations goes as on paper`(seed: UInt64) throws {
    let rig = try Rig()
    try rig.makePool()
    try rig.bind("bv")
    try rig.addGenerations(3, to: "bv", name: "sv")
    try rig.addLink("lv", to: "bv")
    try rig.addLink("lw", to: "bv")
    var paper = Paper(generations: Self.names, links: ["lv", "lw"])
    var dice = Dice(state: seed)
    for step in 0..<300 {
      try takeStep(rig, &paper, &dice, "seed \(seed), step \(step)")
    }
  }

  private func takeStep(
    _ rig: Rig, _ paper: inout Paper, _ dice: inout Dice, _ place: String
  ) throws {
    let sv = Self.names[Int.random(in: 0..<3, using: &dice)]
    let lv = Bool.random(using: &dice) ? "lv" : "lw"
    let before = rig.array.disks()
    let queryBefore = try rig.array.query(base: rig.disk("bv"))
    var outcome: (expected: MessageID?, found: MessageID?)
    switch Int.random(in: 0..<14, using: &dice) {
    case 0...3:
      try write(rig, &paper, &dice, place)
      return
    case 4: outcome = (paper.create(sv), refusal { try rig.create(sv) })
    case 5:
      let target = try #require(paper.cyclicTarget)
      outcome = (paper.create(target), refusal { try rig.create() })
    case 6: outcome = (paper.delete(sv), refusal { try rig.delete(sv) })
    case 7, 8:
      let derived: DerivedGenerations = Bool.random(using: &dice) ? .keep : .delete
      outcome = (paper.restore(sv, derived), refusal { try rig.restore(sv, derived: derived) })
    case 9:
      let access = AccessMode.allCases[Int.random(in: 0..<3, using: &dice)]
      outcome = (paper.link(lv, sv, access), refusal { try rig.link(lv, to: sv, access: access) })
    case 10:
      outcome = (
        paper.link(lv, "bv", .readWrite),
        refusal {
          _ = try rig.array.link(
            try rig.disk(lv), to: .base(try rig.disk("bv")), by: Rig.administrator)
        }
      )
    case 11: outcome = (paper.unlink(lv), refusal { try rig.unlink(lv) })
    case 12:
      let isGuarded = Bool.random(using: &dice)
      outcome = (paper.setGuard(sv, isGuarded), refusal { try rig.guardSnapshot(sv, isGuarded) })
    default:
      try rig.reopen()
      outcome = (nil, nil)
    }
    #expect(outcome.found == outcome.expected, "\(place)")
    if outcome.found != nil {
      #expect(rig.array.disks() == before, "\(place)")
      #expect(try rig.array.query(base: rig.disk("bv")) == queryBefore, "\(place)")
    }
    try compare(rig, paper, place)
  }

  private func write(
    _ rig: Rig, _ paper: inout Paper, _ dice: inout Dice, _ place: String
  ) throws {
    let volume = ["bv", "bv", "lv", "lw"][Int.random(in: 0..<4, using: &dice)]
    let cell = Int.random(in: 0..<Paper.cells, using: &dice)
    let byte = UInt8.random(in: 1...255, using: &dice)
    var found: VolumeError?
    do throws(VolumeError) {
      guard let open = rig.array.open(export: volume, for: .localAdministrator) else { return }
      try open.fill(byte, at: UInt64(cell) * Self.cellBytes, count: 4096)
    } catch {
      found = error
    }
    #expect(found == paper.write(byte, cell: cell, to: volume), "\(place)")
    try compare(rig, paper, place)
  }

  private func compare(_ rig: Rig, _ paper: Paper, _ place: String) throws {
    for volume in ["bv", "lv", "lw"] {
      let open = try rig.open(volume)
      do throws(VolumeError) {
        var cells: [UInt8] = []
        for cell in 0..<Paper.cells {
          cells += try open.bytes(at: UInt64(cell) * Self.cellBytes, count: 1)
        }
        #expect(.success(cells) == paper.contents(of: volume), "\(volume), \(place)")
      } catch {
        #expect(.failure(error) == paper.contents(of: volume), "\(volume), \(place)")
      }
    }
    let query = try rig.array.query(base: rig.disk("bv"))
    let active = query.generations.filter { $0.relativeGeneration != nil }
    #expect(active.map(\.name.rawValue) == paper.byAge, "\(place)")
    #expect(active.map(\.relativeGeneration) == Array((1...4).prefix(active.count)), "\(place)")
    for generation in query.generations {
      let name = generation.name.rawValue
      #expect(generation.state.text == paper.word(for: name), "\(name), \(place)")
      #expect(generation.isGuarded == paper.generations[name]?.isGuarded, "\(name), \(place)")
      #expect(generation.linkedBy?.rawValue == paper.linkOf(name), "\(name), \(place)")
    }
  }
}
