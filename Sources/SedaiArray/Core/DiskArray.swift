public import SedaiEngine
import SedaiFormat
public import SedaiModel
import SedaiMonitor

/// The array: every operation on it, its questions, and the volumes it serves.
///
/// Each operation checks permission, then the rules, then changes engine and catalogue in one
/// commit, then tells an event. An operation that throws has changed nothing. All entries may
/// be called from any thread; those that change something wait for the disk (on return the
/// change is durable) and some wait for accesses under way to end, so event loops must not
/// call them.
public final class DiskArray: Sendable {
  /// The engine beneath; whoever opened it closes it, after ``stop()``.
  public let engine: Engine
  let environment: ArrayEnvironment
  let state: Monitor<ArrayState>
  let space: SpaceRounds
  let subscribers: Monitor<[@Sendable (ArrayEvent) -> Void]>
  let background: Monitor<BackgroundState>
  let signIns: Monitor<SignIns>
  /// Whose eyes questions are answered for; nil sees everything.
  let viewer: Requester?

  private init(engine: Engine, environment: ArrayEnvironment, state: sending ArrayState) {
    self.engine = engine
    self.environment = environment
    signIns = Monitor(SignIns(state.accounts))
    self.state = Monitor(state)
    space = SpaceRounds()
    subscribers = Monitor([])
    background = Monitor(BackgroundState())
    viewer = nil
  }

  /// The same array, seen by `viewer`.
  private init(_ array: DiskArray, seenBy viewer: Requester) {
    engine = array.engine
    environment = array.environment
    state = array.state
    space = array.space
    subscribers = array.subscribers
    background = array.background
    signIns = array.signIns
    self.viewer = viewer
  }

  /// This array with its questions answered as `viewer` may know: what a host may not see is
  /// not there. Operations say for themselves who asks.
  public func seen(by viewer: Requester) -> DiskArray { DiskArray(self, seenBy: viewer) }

  /// Reads the catalogue of `engine`; an engine with an empty one becomes a new array.
  ///
  /// - Throws: `.metadataTooNew` or `.metadataDamaged` if the catalogue cannot be used; it is
  ///   not touched then.
  public static func open(
    engine: Engine, environment: ArrayEnvironment
  ) throws(DiskArrayError) -> DiskArray {
    let now = environment.now()
    let reader = try CatalogueReader(engine.catalogue())
    if let state = reader.state(at: now) {
      let array = DiskArray(engine: engine, environment: environment, state: state)
      try array.perform(by: nil) { (state, change) throws(DiskArrayError) in
        change.tell(.arrayStarted, in: state)
      }
      return array
    }
    let digits = String(environment.random() | 1 << 60, radix: 16)
    let identity = ArrayIdentity(
      name: environment.arrayName, worldWideName: digits, nextVolume: 1)
    let array = DiskArray(
      engine: engine, environment: environment,
      state: ArrayState(identity: identity, events: EventLog(kept: []), startedAt: now))
    try array.perform(by: nil) { (state, change) throws(DiskArrayError) in
      change.put(identity)
      change.tell(.arrayStarted, in: state)
    }
    return array
  }

  /// Calls `body` for every event from now on, on the thread that caused it, after the change
  /// is durable and visible. It must return soon. Events of operations that end at the same
  /// time may come in another order than their numbers.
  public func subscribe(_ body: @escaping @Sendable (ArrayEvent) -> Void) {
    subscribers.withLock { $0.append(body) }
  }

  // MARK: Performing

  /// Carries out an operation that somebody asks for, as a whole or not at all, if it is
  /// permitted. What a host may not see does not exist for its operations.
  @discardableResult
  func perform<Result: Sendable>(
    _ operation: ArrayOperation, by requester: Requester, _ plan: Plan<Result>
  ) throws(DiskArrayError) -> Result {
    try requester.require(operation)
    return try perform(by: requester) { (state, change) throws(DiskArrayError) in
      try plan(state.named(by: requester), &change)
    }
  }

  /// Answers a question about what the viewer may see.
  func look<Result, Failure: Error>(
    _ question: (ArrayState) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try state.withLock { (state) throws(Failure) -> Result in
      try question(state.seen(by: viewer))
    }
  }

  /// What an operation decides. It may run twice, so it changes nothing but `Change`.
  typealias Plan<Result> = (ArrayState, inout Change) throws(DiskArrayError) -> Result

  /// Carries out an operation as a whole or not at all; for the array's own acts, and what has
  /// passed the gate above.
  ///
  /// If it changes what an open volume shows, that volume is closed first and everything
  /// under way on it ends; meanwhile the volumes it marked are in transition, and the rules
  /// are checked again before the commit.
  @discardableResult
  func perform<Result: Sendable>(
    by requester: Requester?, _ plan: Plan<Result>
  ) throws(DiskArrayError) -> Result {
    let first = try state.withLock {
      (state) throws(DiskArrayError) -> Attempt<Result> in
      try attempt(requester, token: 0, &state, plan)
    }
    switch first {
    case .done(let result, let events):
      finish(events)
      return result
    case .closing(let sessions, let token):
      state.wakeAll()
      for session in sessions { close(session) }
      return try performClosed(by: requester, token: token, plan)
    }
  }

  private enum Attempt<Result: Sendable>: Sendable {
    case done(Result, [ArrayEvent])
    case closing([VolumeSession], token: UInt64)
  }

  private func performClosed<Result: Sendable>(
    by requester: Requester?, token: UInt64, _ plan: Plan<Result>
  ) throws(DiskArrayError) -> Result {
    defer {
      state.withLock { state in
        state.transitions = state.transitions.filter { $0.value.token != token }
      }
      state.wakeAll()
    }
    let second = try state.withLock {
      (state) throws(DiskArrayError) -> Attempt<Result> in
      try attempt(requester, token: token, &state, plan)
    }
    switch second {
    case .done(let result, let events):
      finish(events)
      return result
    case .closing: preconditionFailure("an attempt with a token closes nothing")
    }
  }

  /// - Parameter token: that of the transitions the operation has set; 0 at its first try.
  private func attempt<Result: Sendable>(
    _ requester: Requester?, token: UInt64, _ state: inout ArrayState, _ plan: Plan<Result>
  ) throws(DiskArrayError) -> Attempt<Result> {
    if state.isStopping && requester != nil { throw DiskArrayError(.failure, .arrayStopped) }
    var change = Change(now: environment.now(), requester: requester, token: token)
    let result = try plan(state, &change)
    let open = change.closing.compactMap { state.sessions[$0] }
    if !open.isEmpty {
      guard token == 0 else { throw DiskArrayError(.busy, .catalogueBusy) }
      let token = state.nextToken
      state.nextToken += 1
      for (volume, kind) in change.marks {
        state.transitions[volume] = Transition(token: token, kind: kind)
      }
      for volume in change.closing {
        state.sessions[volume] = nil
        if state.transitions[volume] == nil {
          state.transitions[volume] = Transition(token: token, kind: .changing)
        }
      }
      return .closing(open, token: token)
    }
    try commit(change, pools: state.pools)
    state.apply(change)
    if !change.accounts.isEmpty {
      let accounts = state.accounts
      signIns.withLock { $0 = SignIns(accounts) }
    }
    return .done(result, change.events)
  }

  private func commit(_ change: Change, pools: [PoolID: Pool]) throws(DiskArrayError) {
    if change.isEmpty { return }
    let records = try RecordCoding.changes(of: change)
    do {
      try engine.commit(change.operations, catalogue: records)
    } catch {
      if case .reserveFull = error, let refusal = change.reserveRefusal { throw refusal }
      throw DiskArrayError(error, pools: pools)
    }
  }

  /// After a change is visible: those who wait look again, and the world is told.
  private func finish(_ events: [ArrayEvent]) {
    state.wakeAll()
    if events.isEmpty { return }
    for body in subscribers.withLock({ $0 }) {
      for event in events { body(event) }
    }
  }

  /// Ends a session; on return nothing is under way on what it showed.
  func close(_ session: VolumeSession) {
    session.close()
    if case .image(let image, _, _, _) = session.view { engine.drain(image) }
  }
}
