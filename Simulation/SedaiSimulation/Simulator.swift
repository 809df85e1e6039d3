internal import SedaiBytes
internal import SedaiEngine
internal import SedaiFormat
internal import SedaiMonitor

/// What one seed did.
public struct SimulationSummary: Sendable {
  public var calls = 0
  public var crashes = 0
  public var reopenings = 0
  public var checks = 0
  /// Chunks that came to another pool.
  public var moves = 0
  /// Openings without one of the pools.
  public var losses = 0

  public init() {}

  public static func += (left: inout Self, right: Self) {
    left.calls += right.calls
    left.crashes += right.crashes
    left.reopenings += right.reopenings
    left.checks += right.checks
    left.moves += right.moves
    left.losses += right.losses
  }
}

/// A run in which the engine broke a promise; it prints how to see it again.
public struct SimulationFailure: Error, CustomStringConvertible {
  public let seed: UInt64
  public let problem: String
  /// The last calls before it, the newest at the end.
  public let history: [String]

  public var description: String {
    """
    seed \(seed): \(problem)
    last calls:
      \(history.joined(separator: "\n  "))
    again: \(Self.command(seed: seed))
    """
  }

  /// The line that repeats a seed: hashing has to be the same too.
  public static func command(seed: UInt64) -> String {
    "SWIFT_DETERMINISTIC_HASHING=1 sedai-simulate --seed \(seed)"
  }
}

/// Runs the engine through random calls, crashes and faults, all drawn from one seed, and
/// compares it with the model after each.
public final class Simulator {
  /// Calls that a failure shows.
  private static let historyLength = 60

  public let seed: UInt64
  /// Called with a line for every call; nil to say nothing.
  public var trace: ((String) -> Void)?
  public internal(set) var summary = SimulationSummary()

  var random: SeededRandom
  let host: SimulatedHost
  let array: SimulatedArray
  private let schedule: SeededSchedule?
  var source: OperationSource
  var model = ReferenceModel()
  private(set) var engine: Engine?
  private let hasFaults: Bool
  private let crashOneIn: UInt64
  /// A flush failed since the array was started.
  private(set) var hasFailedFlush = false
  private var history: [String] = []

  /// - Parameter stuck: told of a deadlock; prints it and ends the program.
  public init(seed: UInt64, stuck: @escaping @Sendable (String) -> Never) {
    self.seed = seed
    random = SeededRandom(seed: seed)
    let isConcurrent = random.chance(1, in: 2)
    schedule = isConcurrent ? SeededSchedule(seed: random.next(), stuck: stuck) : nil
    host = SimulatedHost(seed: random.next(), schedule: schedule)
    array = SimulatedArray(host: host, shape: .drawn(&random))
    source = OperationSource(array: array, random: &random)
    hasFaults = random.chance(1, in: 4)
    crashOneIn = random.pick([8, 20, 60, 1000] as [UInt64]) ?? 20
  }

  /// Makes `count` steps, each of one call or a few at once.
  ///
  /// - Throws: ``SimulationFailure``.
  public func run(steps count: Int) throws(SimulationFailure) {
    do throws(SimulationStop) {
      try start()
      for _ in 0..<count { try step() }
      try finish()
    } catch {
      throw SimulationFailure(seed: seed, problem: error.text, history: history)
    }
  }

  private func start() throws(SimulationStop) {
    do throws(EngineError) { engine = try array.make() } catch {
      throw .engine(error, "making the array")
    }
    note("shape: \(array.shape)")
    model = array.model
    model.allowsDeviceErrors = hasFaults
  }

  func note(_ line: String) {
    trace?(line)
    history.append(line)
    if history.count > Self.historyLength { history.removeFirst() }
  }

  // MARK: One step

  private func step() throws(SimulationStop) {
    guard let engine else { throw .violation(Violation("the engine is gone")) }
    arm()
    var lanes: [[SimulatedCall]] = []
    source.beginStep()
    let laneCount = schedule != nil && random.chance(1, in: 3) ? 2 + random.below(2) : 1
    for lane in 0..<laneCount {
      let calls = laneCount == 2 ? 1 + random.below(2) : 1
      lanes.append(
        (0..<calls).map { _ in source.next(model, engine, lane: UInt8(lane), &random) })
    }
    let batch = perform(lanes, on: engine)
    summary.calls += lanes.reduce(0) { $0 + $1.count }
    try settle(batch)
    try relieve(after: batch)
    if random.chance(1, in: 12) { try retirePool() }
    if random.chance(1, in: 20) { try weigh() }
    if !hasFailedFlush, random.chance(1, in: 40) { try restartCleanly() }
  }

  /// Decides what is going to go wrong.
  private func arm() {
    if random.chance(1, in: crashOneIn) {
      let kind = random.chance(1, in: 2) ? CrashKind.powerCut : .process
      host.crash(afterEffects: 1 + random.below(24), by: kind)
    }
    guard hasFaults else { return }
    var rates = FaultRates()
    rates.wouldBlock = FaultRates.scale / 4
    if random.chance(1, in: 6) {
      let rate = FaultRates.scale / 40
      switch random.below(4) {
      case 0: rates.readFailure = rate
      case 1: rates.writeFailure = rate
      case 2: rates.flushFailure = rate * 4
      default: rates.noSpace = rate
      }
    }
    host.faultRates = rates
  }

  /// Makes calls one after the other.
  func perform(_ operations: [SimulatedOperation], on engine: Engine) -> Batch {
    perform([operations.map { SimulatedCall(operation: $0) }], on: engine)
  }

  private func perform(_ lanes: [[SimulatedCall]], on engine: Engine) -> Batch {
    for (lane, calls) in lanes.enumerated() {
      for call in calls { note(lanes.count > 1 ? "lane \(lane): \(call)" : "\(call)") }
    }
    let host = host
    let results = Monitor([[Batch.Call]](repeating: [], count: lanes.count))
    let bodies = lanes.enumerated().map { lane, calls in
      (
        name: "lane \(lane)",
        body: { @Sendable () -> Void in
          for call in calls {
            let operation = call.operation
            let result = Self.settled(
              operation, operation.perform(on: engine, triesFirst: call.triesFirst), host)
            results.withLock {
              $0[lane].append(Batch.Call(operation: operation, result: result))
            }
            if result == nil { return }
          }
        }
      )
    }
    if let schedule, lanes.count > 1 {
      schedule.run(bodies)
    } else {
      for (_, body) in bodies { body() }
    }
    let batch = Batch(lanes: results.withLock { $0 })
    for (lane, calls) in batch.lanes.enumerated() {
      for case .moved(let count) in calls.map(\.result) { summary.moves += count }
      for call in calls where !Self.isPlain(call.result) {
        note("  lane \(lane): \(call.result.map { "\($0)" } ?? "interrupted")")
      }
    }
    return batch
  }

  private static func isPlain(_ result: OperationResult?) -> Bool {
    switch result {
    case .done, .data, .moved: true
    case .failed, nil: false
    }
  }

  /// Nil for a call of which nobody knows whether it happened.
  private static func settled(
    _ operation: SimulatedOperation, _ result: OperationResult, _ host: SimulatedHost
  ) -> OperationResult? {
    guard case .failed(let error) = result else { return result }
    switch error {
    case .device, .closed, .poolPoisoned:
      if host.isDown { return nil }
      // The engine does not know either what the journal holds after a failure.
      if case .commit = operation { return nil }
      return result
    default: return result
    }
  }

  // MARK: After a step

  /// Brings the host up if it went down, finds the worlds that explain the results, and
  /// compares.
  func settle(_ batch: Batch) throws(SimulationStop) {
    let crash = try recover(batch)
    guard let engine else { throw .violation(Violation("the engine is gone")) }
    let search = WorldSearch(from: model, batch: batch)
    var difference: String?
    var merged: World?
    for world in search.worlds {
      if let problem = world.model.difference(from: engine) {
        difference = problem
      } else if merged == nil {
        merged = world
      } else {
        merged?.merge(world)
      }
    }
    guard let merged else {
      let problem = difference ?? search.firstViolation?.description ?? "no call explains it"
      throw .violation(Violation(problem))
    }
    // Who reads at the same time may see a change that a crash then undoes.
    var reads = World(model: model)
    for world in search.worlds { reads.mergeReads(world) }
    // While a flush fails, a read may see what the medium had before.
    if model.poisoned == merged.model.poisoned { try check(batch, against: reads) }
    model = merged.model
    if crash.losesWrites { model.lostDurability() }
    if crash.happened { model.poisoned = [] }
    try compare(engine, isCrash: crash.happened, isSettled: crash.isSettled)
  }

  private func check(_ batch: Batch, against world: World) throws(SimulationStop) {
    for (lane, calls) in batch.lanes.enumerated() {
      for (place, call) in calls.enumerated() {
        guard case .read(let id, let offset, _) = call.operation,
          case .data(let bytes) = call.result
        else { continue }
        let states = world.reads[World.ReadKey(lane: lane, place: place)] ?? [:]
        do throws(Violation) {
          try ReferenceModel.check(bytes, from: offset, of: id, against: states)
        } catch {
          throw .violation(error)
        }
      }
    }
  }

  private func compare(
    _ engine: Engine, isCrash: Bool, isSettled: Bool
  ) throws(SimulationStop) {
    summary.checks += 1
    let wasCalm = host.isCalm
    host.isCalm = true
    defer { host.isCalm = wasCalm }
    if isCrash || random.chance(1, in: 12) {
      try model.verifyAll(in: engine, isSettled: isSettled, random: &random)
      try checkCapacity(engine)
      try checkMaps(engine)
    } else if let id = random.pick(model.images.keys.sorted()) {
      try model.verify(id, in: engine, isSettled: isSettled, random: &random)
    }
  }

  /// The engine's counters against what the images say.
  private func checkCapacity(_ engine: Engine) throws(SimulationStop) {
    for (id, pool) in model.pools {
      guard let capacity = engine.capacity(of: id) else {
        throw .violation(Violation("pool \(id.rawValue) is lost"))
      }
      let live = model.images.filter { $0.value.pool == id && $0.value.role == .live }
      let promised = model.promised(by: id)
      let mapped = live.keys.reduce(UInt64(0)) { $0 + (engine.image($1)?.mappedChunks ?? 0) }
      guard capacity.promised == promised, capacity.liveMapped == mapped,
        capacity.total == pool.total, capacity.reserve == pool.reserve,
        capacity.condition == .ready || model.poisoned.contains(id),
        capacity.allocated <= capacity.total,
        capacity.staging == pool.staging,
        capacity.promised + pool.allowance <= capacity.total
      else {
        throw .violation(
          Violation("\(capacity), though \(promised) are promised and \(mapped) mapped"))
      }
    }
  }

  // MARK: Going down and coming up

  private struct Crash {
    var happened = false
    /// What no flush covered may be lost.
    var losesWrites = false
    /// What is read afterwards is what the medium holds.
    var isSettled = false
  }

  private func recover(_ batch: Batch) throws(SimulationStop) -> Crash {
    var crash = Crash()
    let isInDoubt = batch.lanes.joined().contains { call in
      switch call.result {
      case .failed(.device), .failed(.poolPoisoned), .failed(.closed), nil: true
      case .done, .data, .moved, .failed: false
      }
    }
    if isInDoubt || host.isDown, host.faultRates.flushFailure > 0 { hasFailedFlush = true }
    if !host.isDown {
      // After a failure the array goes on for a while, then the operator restarts it.
      crash.losesWrites = isInDoubt
      let isPatient = random.chance(5, in: 6)
      guard isInDoubt || hasFailedFlush else { return crash }
      if isPatient, isOpen { return crash }
      host.crash(by: random.chance(1, in: 2) ? .powerCut : .process)
    }
    // After a failed flush the cache may show what the medium never got, and no later flush
    // writes it: only after a power cut is what is read what there is.
    if hasFailedFlush { host.crash(by: .powerCut) }
    hasFailedFlush = false
    engine = nil
    while engine == nil {
      crash.happened = true
      summary.crashes += 1
      if host.lastCrash == .powerCut {
        crash.losesWrites = true
        crash.isSettled = true
      }
      note("crash by \(host.lastCrash)")
      host.faultRates = FaultRates()
      host.restart()
      if random.chance(1, in: 4) { try checkStopped() }
      if random.chance(1, in: 4) {
        let kind = random.chance(1, in: 2) ? CrashKind.powerCut : .process
        host.crash(afterEffects: 1 + random.below(12), by: kind)
      }
      do throws(EngineError) { engine = try array.open() } catch {
        guard host.isDown else { throw .engine(error, "opening after a crash") }
      }
    }
    return crash
  }

  /// The engine has not stopped itself.
  private var isOpen: Bool {
    host.isCalm = true
    defer { host.isCalm = false }
    do throws(EngineError) { try engine?.commit([]) } catch { return false }
    return true
  }

  /// Stops and starts the array in good order, perhaps with the power off in between.
  private func restartCleanly() throws(SimulationStop) {
    host.isCalm = true
    defer { host.isCalm = false }
    note("close and open")
    do throws(EngineError) {
      try engine?.close()
      engine = nil
    } catch {
      throw .engine(error, "closing")
    }
    if random.chance(1, in: 2) {
      host.crash(by: .powerCut)
      host.restart()
    }
    try checkStopped()
    if random.chance(1, in: 3) { try losePool() }
    do throws(EngineError) { engine = try array.open() } catch {
      throw .engine(error, "opening after a clean stop")
    }
    guard let engine else { return }
    summary.reopenings += 1
    model.allFlushed()
    try model.verifyAll(in: engine, isSettled: true, random: &random)
    try checkCapacity(engine)
  }

  private func finish() throws(SimulationStop) {
    if hasFailedFlush {
      host.crash(by: .powerCut)
      try settle(Batch(lanes: []))
    }
    try restartCleanly()
  }

  /// Every checksum, count and sum of the stopped array, as the offline check sees them.
  private func checkStopped() throws(SimulationStop) {
    let wasCalm = host.isCalm
    host.isCalm = true
    defer { host.isCalm = wasCalm }
    let report: CheckReport
    do throws(EngineError) { report = try array.checker().check() } catch {
      throw .engine(error, "checking the stopped array")
    }
    if let finding = report.findings.first {
      throw .violation(
        Violation("\(report.findings.count) findings of the check, first: \(finding.text)"))
    }
  }
}
