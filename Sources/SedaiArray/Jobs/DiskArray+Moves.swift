import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiModel
import SedaiMonitor

/// Jobs of volumes whose generations are in another pool. Such a job lasts as long as they are:
/// it is idle while everything is where it belongs.
extension DiskArray {
  /// How long a job that has nothing to do waits until it looks again.
  private static let idleNanoseconds: UInt64 = 200_000_000
  /// The same for one that could move nothing of what there is.
  private static let retryNanoseconds: UInt64 = 2_000_000_000

  /// Starts the jobs that are missing.
  func beginMoves() {
    state.withLock { state in
      let working = Set(
        state.jobs.jobs.compactMap { job in
          if case .move(let volume, _) = job.kind, job.isUnderWay { return volume }
          return nil
        })
      for disk in state.disks.values.sorted(by: { $0.id < $1.id })
      where disk.volume != nil && !working.contains(disk.id) && hasMoves(disk, in: state) {
        _ = state.jobs.start(
          .move(volume: disk.id, Job.MovePass()), remaining: 0, now: environment.now(),
          monotonic: environment.monotonic())
      }
    }
  }

  private func hasMoves(_ disk: Disk, in state: ArrayState) -> Bool {
    state.homeOfGenerations(of: disk) != disk.pool || isOnItsWay(disk)
  }

  /// A restored volume may have chunks in its generations' pool.
  private func isOnItsWay(_ disk: Disk) -> Bool {
    guard let volume = disk.volume else { return false }
    return engine.image(volume.image)?.isApart == true
  }

  /// One step of a job; answers how many units it did.
  func move(
    _ job: inout Job, _ volume: VolumeID, _ pass: Job.MovePass, limit: Int
  ) throws(EngineError) -> UInt64 {
    let now = environment.monotonic()
    // Nothing more in this tick.
    if now < pass.idleUntil { return .max }
    var pass = pass
    defer { if job.state == .running { job.kind = .move(volume: volume, pass) } }
    let work = state.withLock { state -> (disk: Disk, family: [ImageID])? in
      guard let disk = state.disks[volume], hasMoves(disk, in: state) else { return nil }
      return (disk, state.images(of: disk))
    }
    guard let work else {
      job.state = .ended(at: environment.now())
      return 0
    }
    job.remaining = engine.capacity(of: work.disk.pool)?.reserveHeld ?? 0
    if pass.next.rawValue == 0, job.remaining == 0, !isOnItsWay(work.disk) {
      pass.idleUntil = now + Self.idleNanoseconds
      return .max
    }
    let progress: RelocationProgress
    do throws(EngineError) {
      progress = try engine.relocate(work.family, from: pass.next, limit: limit)
    } catch {
      if error == .closed { throw error }
      // The pool's condition, or the volume's next write, tells what is wrong.
      pass = Job.MovePass(idleUntil: now + Self.retryNanoseconds)
      return .max
    }
    job.done += UInt64(progress.moved)
    pass.moved += progress.moved
    if let next = progress.next {
      pass.next = next
    } else {
      pass = Job.MovePass(idleUntil: pass.moved == 0 ? now + Self.retryNanoseconds : 0)
    }
    return UInt64(max(progress.moved, 1))
  }
}
