import SedaiBytes
import SedaiEngine
import SedaiFormat
public import SedaiModel
import SedaiMonitor

extension DiskArray {
  /// Jobs under way and the last that ended, oldest first. A host sees those of its disks.
  public func jobs() -> [JobFacts] {
    look { state in
      let facts = state.jobs.jobs.map { self.jobFacts($0, in: state) }
      return viewer?.isHost == true ? facts.filter { $0.volume != nil } : facts
    }
  }

  /// Merges the second chunks of partly overwritten ones of a volume, which frees space.
  public func startMerge(
    of reference: DiskReference, by requester: Requester
  ) throws(DiskArrayError) -> JobFacts {
    try requester.require(.startMerge)
    let now = environment.now()
    let facts = try state.withLock { (state) throws(DiskArrayError) -> JobFacts in
      let (disk, volume) = try state.volume(
        reference, missing: .unknownDisk, wrong: .wrongKindForConfiguration)
      let job = state.jobs.start(
        .merge(volume: disk.id, next: ChunkIndex(0), mergedInPass: 0),
        remaining: engine.image(volume.image)?.overlayChunks ?? 0, now: now,
        monotonic: environment.monotonic())
      return jobFacts(job, in: state)
    }
    tell(.jobStarted, facts, by: requester)
    return facts
  }

  /// Stops a job until it is resumed. Deleted generations stay deleted; their space counts as
  /// used meanwhile.
  public func pauseJob(_ id: JobID, by requester: Requester) throws(DiskArrayError) -> JobFacts {
    try change(id, by: requester) { $0.state = .paused }
  }

  /// Lets a paused job go on.
  /// - Throws: `.unknownJob`, `.jobHasEnded`
  public func resumeJob(_ id: JobID, by requester: Requester) throws(DiskArrayError) -> JobFacts {
    try change(id, by: requester) { $0.state = .running }
  }

  /// - Parameter unitsPerSecond: at most so many a second, 1…; nil for no limit.
  public func limitJob(
    _ id: JobID, unitsPerSecond: UInt64?, by requester: Requester
  ) throws(DiskArrayError) -> JobFacts {
    if unitsPerSecond == 0 {
      throw DiskArrayError(
        .invalidRequest, .numberOutOfRange,
        ["number": .count(0), "what": .text("units a second")])
    }
    return try change(id, by: requester) { $0.rateLimit = unitsPerSecond }
  }

  private func change(
    _ id: JobID, by requester: Requester, _ body: (inout Job) -> Void
  ) throws(DiskArrayError) -> JobFacts {
    try requester.require(.changeJob)
    return try state.withLock { (state) throws(DiskArrayError) -> JobFacts in
      let arguments: MessageArguments = ["job": .text(String(id.rawValue))]
      guard var job = state.jobs[id] else {
        throw DiskArrayError(.notFound, .unknownJob, arguments)
      }
      guard job.isUnderWay else {
        throw DiskArrayError(.stateConflict, .jobHasEnded, arguments)
      }
      body(&job)
      state.jobs[id] = job
      return jobFacts(job, in: state)
    }
  }

  func jobFacts(_ job: Job, in state: ArrayState) -> JobFacts {
    let volume = job.volume.flatMap { state.disks[$0]?.name }
    var secondsLeft: UInt64?
    let elapsed = environment.monotonic() &- job.measuredFrom
    if case .running = job.state, job.done > 0, elapsed > 0 {
      let left = Double(job.remaining) * Double(elapsed) / Double(job.done) / 1e9
      secondsLeft = UInt64(exactly: left.rounded(.up))
    }
    return JobFacts(
      id: job.id, kind: job.kindFact, volume: volume, state: job.state,
      startedAt: job.startedAt, done: job.done, estimatedTotal: job.done + job.remaining,
      secondsLeft: secondsLeft, rateLimit: job.rateLimit)
  }

  func tell(
    _ id: MessageID, _ job: JobFacts, reason: String? = nil, by requester: Requester? = nil
  ) {
    var arguments: MessageArguments = [
      "job": .text(String(job.id.rawValue)), "kind": .text(job.kind.rawValue),
    ]
    if let reason { arguments["reason"] = .text(reason) }
    tell(id, arguments, by: requester)
  }

  /// Deleted images may have something to release: looks into it at the next tick.
  func wantReclaim() {
    background.withLock { $0.wantsReclaim = true }
    background.wakeAll()
  }
}
