import Foundation
import SedaiBytes
import SedaiEngine
import SedaiFormat
public import SedaiModel
import SedaiMonitor

/// What the array's own thread remembers between two ticks.
struct BackgroundState: Sendable {
  enum Thread: Sendable { case none, running, ended }
  var thread = Thread.none
  var isStopping = false
  var wantsReclaim = true
  /// Of the monotonic clock, in nanoseconds.
  var lastTick: UInt64 = 0
  var lastHousekeeping: UInt64 = 0
  var lastFlush: UInt64 = 0
  /// Whether the last flush or checkpoint failed: told once, until one succeeds.
  var hasFailed = false
}

extension DiskArray {
  /// How long the array's thread sleeps between two looks at its work.
  private static let tickSeconds = 0.02
  /// Looks at thresholds.
  private static let housekeepingNanoseconds: UInt64 = 1_000_000_000
  /// Flushes what no host has flushed. As often as a kernel starts to write what it was left
  /// with; more often would cost the writers beside it.
  private static let flushNanoseconds: UInt64 = 5_000_000_000
  /// Units of one step of a job: small, so that a step does not hold up the foreground.
  private static let jobStep = 64
  /// Steps of one job in one tick, at most.
  private static let stepsPerTick = 64
  /// How long a job works in one tick: a fifth of the time leaves hosts their speed.
  private static let workNanoseconds: UInt64 = 4_000_000
  /// A copy in the foreground works so many times longer.
  private static let foregroundShare: UInt64 = 4

  /// Starts the array's thread: jobs, flushes, checkpoints, thresholds, ends of waits.
  public func start() {
    let isNew = background.withLock { state in
      defer { if case .none = state.thread { state.thread = .running } }
      if case .none = state.thread { return true }
      return false
    }
    guard isNew else { return }
    let thread = Thread { [self] in
      while !background.withLock({ $0.isStopping }) {
        tick()
        Thread.sleep(forTimeInterval: Self.tickSeconds)
      }
      background.withLock { $0.thread = .ended }
      background.wakeAll()
    }
    thread.name = "sedai-array"
    thread.start()
  }

  /// Takes no more operations, closes every open volume, ends the thread, and flushes. The
  /// engine stays open.
  public func stop() throws(DiskArrayError) {
    background.withLock { $0.isStopping = true }
    let sessions = state.withLock { state in
      state.isStopping = true
      defer { state.sessions = [:] }
      return Array(state.sessions.values)
    }
    state.wakeAll()
    for session in sessions { close(session) }
    background.wait { (state) -> Void? in
      if case .running = state.thread { return nil }
      return ()
    }
    do {
      try engine.flushAll()
    } catch {
      throw DiskArrayError(error)
    }
  }

  /// One look at everything that happens by itself. Called by the array's thread; tests call
  /// it instead of starting one.
  package func tick() {
    state.wakeAll()
    let now = environment.monotonic()
    watchPaces(now: now)
    let (elapsed, wantsReclaim, isHousekeepingDue, isFlushDue) = background.withLock { state in
      let elapsed = state.lastTick == 0 ? 0 : now - state.lastTick
      state.lastTick = now
      let wants = state.wantsReclaim
      state.wantsReclaim = false
      let isDue = now - state.lastHousekeeping >= Self.housekeepingNanoseconds
      if isDue { state.lastHousekeeping = now }
      let isFlushDue = now - state.lastFlush >= Self.flushNanoseconds
      if isFlushDue { state.lastFlush = now }
      return (elapsed, wants, isDue, isFlushDue)
    }
    if wantsReclaim { beginReclaim() }
    if engine.isCheckpointDue { attempt { () throws(EngineError) in try engine.checkpoint() } }
    beginCopies()
    for job in state.withLock({ $0.jobs.jobs }) where job.state == .running {
      advance(job.id, elapsed: elapsed)
    }
    if isFlushDue, engine.isFlushDue {
      attempt { () throws(EngineError) in try engine.flushAll() }
    }
    if isHousekeepingDue {
      watchHealth()
      watchReserves()
      beginMoves()
      releaseStaging()
      followMasters()
    }
  }

  /// Does what is tried again anyway: a failure shows in a pool's condition, and once here.
  private func attempt(_ body: () throws(EngineError) -> Void) {
    do throws(EngineError) {
      try body()
      background.withLock { $0.hasFailed = false }
    } catch {
      let isNew = background.withLock { state in
        defer { state.hasFailed = true }
        return !state.hasFailed
      }
      if isNew { tell(failure: DiskArrayError(error)) }
    }
  }

  /// A reclaim job begins when there is more than one small step of work.
  private func beginReclaim() {
    guard state.withLock({ $0.jobs.reclaim == nil }) else { return }
    guard let progress = try? engine.reclaim(limit: Self.jobStep), !progress.isDone else {
      return
    }
    let job = state.withLock { state in
      let job = state.jobs.start(
        .reclaim, remaining: UInt64(progress.remaining), now: environment.now(),
        monotonic: environment.monotonic())
      return self.jobFacts(job, in: state)
    }
    tell(.jobStarted, job)
  }

  private func advance(_ id: JobID, elapsed: UInt64) {
    guard var job = state.withLock({ $0.jobs[id] }) else { return }
    var budget = UInt64(Self.jobStep * Self.stepsPerTick)
    if let limit = job.rateLimit {
      let earned = limit.multipliedFullWidth(by: elapsed)
      let whole = earned.high == 0 ? earned.low / 1_000_000_000 : budget
      budget = min(budget, job.allowance + whole)
      job.allowance = budget
    }
    do {
      var left = budget
      let began = environment.monotonic()
      let limit = Self.workNanoseconds * (isForeground(job) ? Self.foregroundShare : 1)
      while left > 0, job.state == .running, environment.monotonic() - began < limit {
        let units = try step(&job, limit: Int(min(left, UInt64(Self.jobStep))))
        left -= min(left, max(units, 1))
        if background.withLock({ $0.isStopping }) { break }
      }
      if job.rateLimit != nil { job.allowance = left }
    } catch {
      job.state = .failed(error, at: environment.now())
    }
    store(job)
  }

  /// One step of a job; answers how many units it did.
  private func step(_ job: inout Job, limit: Int) throws(DiskArrayError) -> UInt64 {
    do {
      switch job.kind {
      case .reclaim:
        let progress = try engine.reclaim(limit: limit)
        job.done += UInt64(progress.released)
        job.remaining = UInt64(progress.remaining)
        if progress.isDone { job.state = .ended(at: environment.now()) }
        return UInt64(progress.released)
      case .merge(let volume, let next, let mergedInPass):
        guard let image = state.withLock({ $0.disks[volume]?.volume?.image }) else {
          job.state = .ended(at: environment.now())
          return 0
        }
        if next.rawValue == 0 { try engine.flushAll() }
        let progress = try engine.merge(image, from: next, limit: limit)
        let merged = UInt64(progress.merged)
        job.done += merged
        job.remaining = engine.image(image)?.overlayChunks ?? 0
        if let next = progress.next {
          job.kind = .merge(volume: volume, next: next, mergedInPass: mergedInPass + merged)
        } else if mergedInPass + merged > 0 && job.remaining > 0 {
          job.kind = .merge(volume: volume, next: ChunkIndex(0), mergedInPass: 0)
        } else {
          job.state = .ended(at: environment.now())
        }
        return UInt64(limit)
      case .move(let volume, let pass):
        return try move(&job, volume, pass, limit: limit)
      case .copy(let replica): return try copyStep(&job, replica, limit: limit)
      }
    } catch let error as EngineError {
      throw DiskArrayError(error)
    } catch let error as DiskArrayError {
      throw error
    } catch {
      throw DiskArrayError(.failure, .internalFailure, ["reason": .text("\(error)")])
    }
  }

  /// Keeps how far a job came, unless somebody paused or limited it meanwhile.
  private func store(_ job: Job) {
    let facts = state.withLock { state -> JobFacts? in
      guard var kept = state.jobs[job.id] else { return nil }
      kept.kind = job.kind
      kept.done = job.done
      kept.remaining = job.remaining
      kept.allowance = job.allowance
      if !job.isUnderWay { kept.state = job.state }
      state.jobs[job.id] = kept
      return kept.isUnderWay ? nil : self.jobFacts(kept, in: state)
    }
    guard let facts, facts.kind != .move else { return }
    if case .failed(let error, _) = facts.state {
      tell(.jobFailed, facts, reason: error.text())
    } else {
      tell(.jobEnded, facts)
    }
  }
}
