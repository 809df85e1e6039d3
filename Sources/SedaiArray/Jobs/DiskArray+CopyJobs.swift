import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiModel
import SedaiMonitor

extension DiskArray {
  /// Copies that no job makes yet get one: after a start, and when a pair begins to copy.
  func beginCopies() {
    let begun = state.withLock { state -> [JobFacts] in
      var begun: [JobFacts] = []
      for replica in state.copies.keys.sorted() where state.jobs.copy(into: replica) == nil {
        let capacity = state.copyPlace(replica)?.capacity ?? 0
        let done = min(capacity, state.copies[replica]?.doneBytes ?? 0)
        let job = state.jobs.start(
          .copy(replica: replica), remaining: (capacity - done) / ChunkGeometry.chunkBytes,
          now: environment.now(), monotonic: environment.monotonic())
        begun.append(self.jobFacts(job, in: state))
      }
      return begun
    }
    for job in begun { tell(.jobStarted, job) }
  }

  /// Whether a job copies in the foreground.
  func isForeground(_ job: Job) -> Bool {
    guard case .copy(let replica) = job.kind else { return false }
    return state.withLock { $0.disks[replica]?.volume?.pair?.copyMode } == .foreground
  }

  /// One step of a copy; answers how many chunks it dealt with.
  func copyStep(
    _ job: inout Job, _ replica: VolumeID, limit: Int
  ) throws(DiskArrayError) -> UInt64 {
    let perWindow = Int(CopyWork.windowBytes / ChunkGeometry.chunkBytes)
    let step: (bytes: UInt64, isOver: Bool)
    do {
      step = try advanceCopy(replica, windows: max(1, limit / perWindow))
    } catch {
      // Cancelled, or the pair was ended: there is nothing left that could fail.
      guard state.withLock({ $0.copies[replica] != nil }) else {
        job.state = .ended(at: environment.now())
        return 0
      }
      failCopy(replica)
      throw error
    }
    if step.isOver { job.state = .ended(at: environment.now()) }
    let chunks = step.bytes / ChunkGeometry.chunkBytes
    job.done += chunks
    job.remaining = remainingBytes(of: replica) / ChunkGeometry.chunkBytes
    return max(1, chunks)
  }

  /// Bytes that a copy has not come to yet; what of them differs is not known before.
  func remainingBytes(of replica: VolumeID) -> UInt64 {
    state.withLock { self.remainingBytes(of: replica, in: $0) }
  }

  func remainingBytes(of replica: VolumeID, in state: ArrayState) -> UInt64 {
    guard let place = state.copyPlace(replica), let work = state.copies[replica] else { return 0 }
    return place.capacity - min(place.capacity, work.doneBytes)
  }

  /// Masters between pools that were written since their copies were the same: copies what
  /// they wrote.
  func followMasters() {
    let following = state.withLock { state in
      state.replicas.values.joined().filter { replica in
        let pair = state.disks[replica]?.volume?.pair
        return pair?.state == .synchronised && pair?.copy == nil && pair?.common != nil
      }
    }
    for replica in following { follow(replica) }
  }

  private func follow(_ replica: VolumeID) {
    let images = state.withLock { state -> (ImageID, ImageID, UInt64)? in
      guard let paired = state.disks[replica].flatMap({ state.pair(ofReplica: $0) }),
        let past = paired.pair.common?.master,
        let image = self.shownImage(of: paired.master, in: state)
      else { return nil }
      return (past, image, paired.volume.capacity)
    }
    guard let (past, image, capacity) = images,
      let list = try? compare(past, image, 0..<capacity, limit: 1), !list.ranges.isEmpty
    else { return }
    // Tried again a little later if it cannot be stored now.
    _ = try? perform(by: nil) { (state, change) throws(DiskArrayError) in
      guard var paired = state.disks[replica].flatMap({ state.pair(ofReplica: $0) }),
        paired.pair.state == .synchronised, paired.pair.copy == nil,
        paired.pair.common?.master == past,
        let image = shownImage(of: paired.master, in: state)
      else { return }
      let moment = engine.nextImageID()
      change.perform(.snapshot(source: image, as: moment))
      paired.pair.copy = PairCopy(direction: .toReplica, from: past, source: moment)
      paired.pair.common = nil
      change.put(paired.changedReplica)
    }
  }

  // MARK: Room

  /// Gives up what shows the differences of one pair: the next copy is a full one.
  func giveUpCommonPast(in pool: PoolID) throws(DiskArrayError) -> Bool {
    try perform(by: nil) { (state, change) throws(DiskArrayError) -> Bool in
      for replica in state.replicas.values.joined() {
        guard var paired = state.disks[replica].flatMap({ state.pair(ofReplica: $0) }),
          paired.pair.common != nil, paired.pair.copy == nil,
          paired.master.pool == pool || paired.replica.pool == pool
        else { continue }
        dropImages(of: &paired.pair, &change)
        change.put(paired.changedReplica)
        change.tell(
          .commonPastGivenUp,
          [
            "mv": .text(paired.master.name.rawValue), "rv": .text(paired.replica.name.rawValue),
            "pool": .text(state.pools[pool]?.name.rawValue ?? "-"),
          ], in: state)
        return true
      }
      return false
    }
  }

  /// Completes the copies that are made from a pool, so that what they copy can go; one that
  /// cannot be completed is given up. False if there is none.
  func endCopies(from pool: PoolID) throws(DiskArrayError) -> Bool {
    let replicas = state.withLock { state in
      state.copies.filter { replica, work in
        engine.image(work.copy.source)?.pool == pool
      }.map(\.key)
    }
    for replica in replicas {
      do throws(DiskArrayError) {
        while try !advanceCopy(
          replica, windows: Self.windowsPerHelp, mayMakeRoom: false
        ).isOver {}
      } catch {
        if state.withLock({ $0.copies[replica] != nil }) { failCopy(replica) }
      }
    }
    return !replicas.isEmpty
  }
}
