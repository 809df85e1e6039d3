import SedaiModel
import Testing

/// The table of transitions: every operation in every state.
@Suite struct PairRulesTests {
  private static func name(_ text: String) throws -> LogicalDiskName {
    try #require(LogicalDiskName(text))
  }

  private static func standing(
    _ state: PairState, others: [PairConnection] = [],
    _ change: (inout PairStanding) -> Void = { _ in }
  ) throws -> PairStanding {
    var pair = PairStanding(
      master: PairMember(name: try name("mv"), capacity: 1 << 20),
      replica: PairMember(name: try name("rv"), capacity: 1 << 20), state: state,
      others: others)
    change(&pair)
    return pair
  }

  private static func outcome(
    _ body: () throws(DiskArrayError) -> PairState
  ) -> Result<PairState, MessageRefusal> {
    do throws(DiskArrayError) {
      return .success(try body())
    } catch {
      return .failure(MessageRefusal(id: error.messageID))
    }
  }

  struct MessageRefusal: Error, Hashable { let id: MessageID }
  private static let forbidden = Result<PairState, MessageRefusal>.failure(
    MessageRefusal(id: .pairStateForbids))

  @Test(arguments: PairState.allCases)
  func `each operation leads where the table says, or is refused`(state: PairState) throws {
    let pair = try Self.standing(state)
    let table: [PairState: [Result<PairState, MessageRefusal>]] = [
      // replicate, separate, forced separate, restore
      .separated: [
        .success(.replicating), Self.forbidden, Self.forbidden, .success(.restoring),
      ],
      .cancelled: [.success(.replicating), Self.forbidden, Self.forbidden, Self.forbidden],
      .fault: [.success(.replicating), Self.forbidden, Self.forbidden, Self.forbidden],
      .replicating: [
        Self.forbidden, .success(.separating), .success(.cancelled), Self.forbidden,
      ],
      .synchronised: [
        Self.forbidden, .success(.separating), .success(.cancelled), Self.forbidden,
      ],
      .separating: [Self.forbidden, Self.forbidden, .success(.cancelled), Self.forbidden],
      .restoring: [
        Self.forbidden, .success(.separating), .success(.cancelled), Self.forbidden,
      ],
      .restored: [
        Self.forbidden, .success(.separating), .success(.cancelled), Self.forbidden,
      ],
    ]
    let found = [
      Self.outcome { () throws(DiskArrayError) in try PairRules.replicate(pair) },
      Self.outcome { () throws(DiskArrayError) in try PairRules.separate(pair) },
      Self.outcome { () throws(DiskArrayError) in try PairRules.cancel(pair) },
      Self.outcome { () throws(DiskArrayError) in try PairRules.restore(pair) },
    ]
    #expect(found == table[state])
  }

  @Test(arguments: PairState.allCases)
  func `a pair ends when it is separated, cancelled or faulty, by force always`(
    state: PairState
  ) throws {
    let pair = try Self.standing(state)
    try PairRules.unpair(pair, isForced: true)
    let outcome = Self.outcome { () throws(DiskArrayError) in
      try PairRules.unpair(pair, isForced: false)
      return state
    }
    let isAllowed = state == .separated || state == .cancelled || state == .fault
    #expect(outcome == (isAllowed ? .success(state) : Self.forbidden))
  }

  @Test(arguments: PairState.allCases)
  func `other pairs of a volume forbid what would disturb them`(state: PairState) throws {
    let mv = try Self.name("mv")
    let rv = try Self.name("rv")
    let other = try Self.name("other")
    func allows(_ connection: PairConnection, _ isRestore: Bool) throws -> Bool {
      let pair = try Self.standing(.separated, others: [connection])
      let outcome = Self.outcome { () throws(DiskArrayError) in
        isRestore ? try PairRules.restore(pair) : try PairRules.replicate(pair)
      }
      if case .failure(let refusal) = outcome { #expect(refusal.id == .pairNotSeparated) }
      return (try? outcome.get()) != nil
    }
    let isIdle = state.isIdle
    let isRestoring = state == .restoring || state == .restored
    let sibling = PairConnection(master: mv, replica: other, state: state)
    #expect(try allows(sibling, false) == !isRestoring)
    #expect(try allows(sibling, true) == isIdle)
    let above = PairConnection(master: other, replica: mv, state: state)
    #expect(try allows(above, false) == isIdle)
    #expect(try allows(above, true) == isIdle)
    let below = PairConnection(master: rv, replica: other, state: state)
    #expect(try allows(below, false) == isIdle)
    #expect(try allows(below, true) == !isRestoring)
  }

  @Test func `volumes in transition, out of reach or of another size are refused`() throws {
    func refusal(_ change: (inout PairStanding) -> Void) throws -> MessageID? {
      let pair = try Self.standing(.separated, change)
      let outcome = Self.outcome { () throws(DiskArrayError) in try PairRules.replicate(pair) }
      guard case .failure(let refusal) = outcome else { return nil }
      return refusal.id
    }
    #expect(try refusal { _ in } == nil)
    #expect(try refusal { $0.master.isInTransition = true } == .generationInTransition)
    #expect(try refusal { $0.replica.isInTransition = true } == .generationInTransition)
    #expect(try refusal { $0.master.isAccessible = false } == .volumeInaccessible)
    #expect(try refusal { $0.replica.capacity += 4096 } == .pairCapacitiesDiffer)
    #expect(try refusal { $0.replica.linkedBy = $0.master.name } == .baseLinked)
    #expect(
      try refusal { $0.master.kind = .snapshot(of: $0.replica.name, .empty) }
        == .snapshotNotActive)
  }

  @Test func `waits end when the state is there, and at once when it cannot come`() {
    for state in PairState.allCases {
      let isLost = state == .cancelled || state == .fault
      let isSame = state == .synchronised || state == .restored
      #expect(PairCondition.synchronised.isMet(by: state) == (isLost ? nil : isSame))
      #expect(
        PairCondition.separated.isMet(by: state) == (isLost ? nil : state == .separated))
    }
  }
}
