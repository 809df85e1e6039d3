import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiModel

/// Long work in the background, done in small steps.
struct Job: Sendable {
  let id: JobID
  var kind: Kind
  let startedAt: Timestamp
  /// Of the monotonic clock, in nanoseconds: when its speed began to count.
  var measuredFrom: UInt64
  var state: JobFacts.State = .running
  var done: UInt64 = 0
  var remaining: UInt64
  /// Units a second; nil for no limit.
  var rateLimit: UInt64?
  /// Units it may do before the next tick, under a limit.
  var allowance: UInt64 = 0

  enum Kind: Sendable {
    /// Releases what deleted images held, of all pools.
    case reclaim
    /// Goes through a volume until a pass from its start finds nothing more to merge: what
    /// a merge frees keeps its neighbours from being merged before the next flush.
    case merge(volume: VolumeID, next: ChunkIndex, mergedInPass: UInt64)
    /// Goes through a volume and its generations in another pool, over and over.
    case move(volume: VolumeID, MovePass)
    /// Copies between the pools of a pair's volumes.
    case copy(replica: VolumeID)
  }

  /// How far a pass has come.
  struct MovePass: Sendable {
    var next = ChunkIndex(0)
    var moved = 0
    /// Of the monotonic clock: nothing to do before, as far as is known.
    var idleUntil: UInt64 = 0
  }

  var isUnderWay: Bool {
    switch state {
    case .running, .paused: true
    case .ended, .failed: false
    }
  }

  var isReclaim: Bool {
    if case .reclaim = kind { return true }
    return false
  }

  var kindFact: JobFacts.Kind {
    switch kind {
    case .reclaim: .reclaim
    case .merge: .merge
    case .move: .move
    case .copy: .copy
    }
  }

  /// The volume it works on; nil for work on the whole array.
  var volume: VolumeID? {
    switch kind {
    case .reclaim: nil
    case .merge(let volume, _, _), .move(let volume, _), .copy(let volume): volume
    }
  }

  func isCopy(into replica: VolumeID) -> Bool {
    if case .copy(replica) = kind { return true }
    return false
  }
}

/// The jobs of the array: those under way and the last that ended.
struct JobTable: Sendable {
  /// Ended jobs that are still shown.
  static let endedLimit = 32

  private(set) var jobs: [Job] = []
  private var next: UInt64 = 1

  var underWay: Int { jobs.count(where: \.isUnderWay) }
  func copy(into replica: VolumeID) -> Job? {
    jobs.first { $0.isCopy(into: replica) && $0.isUnderWay }
  }
  var reclaim: Job? { jobs.first { $0.isReclaim && $0.isUnderWay } }

  subscript(id: JobID) -> Job? {
    get { jobs.first { $0.id == id } }
    set {
      guard let place = jobs.firstIndex(where: { $0.id == id }), let newValue else { return }
      jobs[place] = newValue
      forgetOldest()
    }
  }

  mutating func start(
    _ kind: Job.Kind, remaining: UInt64, now: Timestamp, monotonic: UInt64
  ) -> Job {
    let job = Job(
      id: JobID(next), kind: kind, startedAt: now, measuredFrom: monotonic,
      remaining: remaining)
    next += 1
    jobs.append(job)
    forgetOldest()
    return job
  }

  private mutating func forgetOldest() {
    var surplus = jobs.count - underWay - Self.endedLimit
    jobs.removeAll { job in
      guard surplus > 0, !job.isUnderWay else { return false }
      surplus -= 1
      return true
    }
  }
}
