private import Foundation
public import SedaiMonitor

/// Runs several threads one at a time and chooses by seed which goes on, at every lock and
/// every device call.
///
/// Threads that are not started here pass through untouched. A thread that waits for
/// another is not chosen again before another one has got somewhere; when all of them wait,
/// or they take more steps than any healthy run, `stuck` is told and must end the program:
/// the threads cannot be unwound.
public final class SeededSchedule: ThreadSchedule {
  /// Steps after which a batch of operations counts as running in circles.
  public static let maximumSteps: UInt64 = 2_000_000

  /// What a thread of a schedule is known by while it lives.
  private typealias ThreadKey = UInt

  private struct Participant {
    let name: String
    /// The progress at which the thread began to wait for another; nil while it runs.
    var waitingSince: UInt64?
  }

  private struct State {
    var threads: [ThreadKey: Participant] = [:]
    /// In the order in which they entered, so that choices do not depend on hashing.
    var order: [ThreadKey] = []
    var running: ThreadKey?
    var unfinished = 0
    var progress: UInt64 = 0
    var random: SeededRandom
    var switchOneIn: UInt64

    func isEligible(_ thread: ThreadKey) -> Bool {
      guard let waitingSince = threads[thread]?.waitingSince else { return true }
      return waitingSince < progress
    }

    /// Makes an eligible thread the running one.
    ///
    /// - Returns: what is wrong if there is none.
    mutating func chooseNext() -> String? {
      if progress > SeededSchedule.maximumSteps { return "the threads run in circles: \(names)" }
      guard !order.isEmpty else {
        running = nil
        return nil
      }
      guard let next = random.pick(order.filter(isEligible)) else {
        return "deadlock: every thread waits for another: \(names)"
      }
      running = next
      return nil
    }

    private var names: String {
      order.compactMap { threads[$0]?.name }.joined(separator: ", ")
    }
  }

  private let state: Monitor<State>
  private let stuck: @Sendable (String) -> Never

  /// - Parameter stuck: prints what it is told, and the seed, and ends the program.
  public init(seed: UInt64, stuck: @escaping @Sendable (String) -> Never) {
    var random = SeededRandom(seed: seed)
    let switchOneIn = random.pick([1, 2, 3, 5, 10, 30] as [UInt64]) ?? 1
    state = Monitor(State(random: random, switchOneIn: switchOneIn))
    self.stuck = stuck
  }

  /// Runs every body in a thread of its own, one at a time, until all have returned.
  public func run(_ bodies: [(name: String, body: @Sendable () -> Void)]) {
    state.withLock {
      $0.unfinished = bodies.count
      $0.progress = 0
    }
    for (position, (name, body)) in bodies.enumerated() {
      Thread.detachNewThread {
        self.enter(name)
        body()
        self.leave()
      }
      // One enters after the other, so that their order is always the same.
      state.wait { $0.order.count > position ? () : nil }
    }
    change { $0.chooseNext() }
    state.wait { $0.unfinished == 0 ? () : nil }
  }

  private func enter(_ name: String) {
    let me = Self.current
    state.withLock {
      $0.threads[me] = Participant(name: name)
      $0.order.append(me)
    }
    state.wakeAll()
    waitForTurn(me)
  }

  private func leave() {
    let me = Self.current
    change { state in
      state.threads[me] = nil
      state.order.removeAll { $0 == me }
      state.unfinished -= 1
      state.progress += 1
      return state.chooseNext()
    }
  }

  // MARK: What the threads call

  public func yield() {
    let me = Self.current
    let isMine = change { state in
      guard state.threads[me] != nil else { return nil }
      state.threads[me]?.waitingSince = nil
      state.progress += 1
      guard state.random.chance(1, in: state.switchOneIn) else { return nil }
      return state.chooseNext()
    }
    if isMine { waitForTurn(me) }
  }

  public func waitForAnother() {
    let me = Self.current
    let isMine = change { state in
      guard let thread = state.threads[me] else { return nil }
      // What it did before it began to wait may be what another one waits for.
      if thread.waitingSince == nil { state.progress += 1 }
      state.threads[me]?.waitingSince = state.progress
      return state.chooseNext()
    }
    if isMine { waitForTurn(me) } else { Thread.sleep(forTimeInterval: 0.000_1) }
  }

  // MARK: Turns

  /// Changes the state and wakes whoever's turn it has become; ends the program if stuck.
  ///
  /// - Returns: whether the calling thread belongs to this schedule.
  @discardableResult
  private func change(_ body: (inout State) -> String?) -> Bool {
    let me = Self.current
    let (problem, isMine) = state.withLock { (body(&$0), $0.threads[me] != nil) }
    if let problem { stuck(problem) }
    state.wakeAll()
    return isMine
  }

  private func waitForTurn(_ me: ThreadKey) {
    state.wait { $0.running == me ? () : nil }
  }

  private static var current: ThreadKey { UInt(pthread_self()) }
}
