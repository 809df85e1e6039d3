import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiModel
import SedaiMonitor

/// What a copy between pools needs to know of its volumes.
struct CopyPlace: Sendable {
  var replica: VolumeID
  var target: VolumeID
  var image: ImageID
  var pool: PoolID
  /// Bytes.
  var capacity: UInt64
}

extension ArrayState {
  /// The copy under way into a volume.
  func copyWork(into disk: Disk) -> CopyWork? {
    if disk.volume?.pair?.copy?.direction == .toReplica { return copies[disk.id] }
    let restored = replicas[disk.id]?.first {
      disks[$0]?.volume?.pair?.copy?.direction == .toMaster
    }
    return restored.flatMap { copies[$0] }
  }

  /// The copy into a volume whose image is `image`.
  func copyPlace(into volume: VolumeID, image: ImageID) -> CopyPlace? {
    let places = ([volume] + (replicas[volume] ?? [])).compactMap { copyPlace($0) }
    return places.first { $0.image == image }
  }

  func copyPlace(_ replica: VolumeID) -> CopyPlace? {
    guard let paired = disks[replica].flatMap({ pair(ofReplica: $0) }),
      let copy = paired.pair.copy
    else { return nil }
    let target = copy.direction == .toReplica ? paired.replica : paired.master
    guard let volume = target.volume else { return nil }
    return CopyPlace(
      replica: replica, target: target.id, image: volume.image, pool: target.pool,
      capacity: volume.capacity)
  }
}

extension DiskArray {
  /// How often a copy makes room for one window; each round frees something.
  private static let roundsForRoom = 100_000
  /// Bytes copied until the catalogue is told how far it is.
  private static let keptEvery: UInt64 = 256 << 20
  /// Windows that a host copies for the job when it has to wait for it.
  static let windowsPerHelp = 16

  /// Does some of a copy.
  ///
  /// - Returns: bytes dealt with, and whether nothing is left of the pair's copy.
  func advanceCopy(
    _ replica: VolumeID, windows: Int, mayMakeRoom: Bool = true
  ) throws(DiskArrayError) -> (bytes: UInt64, isOver: Bool) {
    let (place, work) = state.withLock { ($0.copyPlace(replica), $0.copies[replica]) }
    guard let place, let work else { return (0, true) }
    let before = work.doneBytes
    for _ in 0..<windows {
      let copy = work.copy
      guard let offset = try nextToCopy(copy, at: work.doneBytes, end: place.capacity) else {
        try finishPhase(of: copy, work, place)
        return (place.capacity - min(before, place.capacity), false)
      }
      let window = offset / CopyWork.windowBytes
      work.advance(to: window)
      if let claim = work.claimForJob(window) {
        defer { work.release(claim) }
        try copyMakingRoom(claim, place, mayMakeRoom: mayMakeRoom)
      }
      work.advance(to: window + 1)
    }
    let done = work.doneBytes
    if done >= work.copy.done + Self.keptEvery { try keep(done, of: work.copy, place) }
    return (done - min(before, done), false)
  }

  /// The first byte from `offset` on that the target lacks.
  private func nextToCopy(
    _ copy: PairCopy, at offset: UInt64, end: UInt64
  ) throws(DiskArrayError) -> UInt64? {
    var position = offset
    do {
      while position < end {
        let runs = try toCopy(from: copy.from, content: copy.source, position..<end, limit: 2)
        if let found = runs.first(where: \.isNeeded) { return found.range.lowerBound }
        guard let last = runs.last, last.range.upperBound > position else { return nil }
        position = last.range.upperBound
      }
    } catch {
      throw DiskArrayError(error)
    }
    return nil
  }

  private typealias CopyRun = (range: Range<UInt64>, isNeeded: Bool)

  /// Parts of a range that the target lacks and that it does not, without gaps; may end before
  /// the range does.
  private func toCopy(
    from: ImageID?, content: ImageID, _ range: Range<UInt64>, limit: Int
  ) throws(EngineError) -> [CopyRun] {
    let count = range.upperBound - range.lowerBound
    guard let from else {
      return try engine.extents(of: content, at: range.lowerBound, count: count, limit: limit)
        .map { (range: $0.offset..<$0.offset + $0.count, isNeeded: $0.isAllocated) }
    }
    return try engine.differences(
      from: from, to: content, at: range.lowerBound, count: count, limit: limit
    ).map { (range: $0.offset..<$0.offset + $0.count, isNeeded: $0.isChanged) }
  }

  private func copyMakingRoom(
    _ claim: CopyWork.Claim, _ place: CopyPlace, mayMakeRoom: Bool
  ) throws(DiskArrayError) {
    for attempt in 0..<Self.roundsForRoom {
      let round = space.round
      do throws(EngineError) {
        return try copyWindow(claim, to: place.image, capacity: place.capacity)
      } catch {
        guard error.isLackOfRoom, mayMakeRoom else { throw DiskArrayError(error) }
        do throws(VolumeError) {
          try makeRoom(
            in: place.pool, for: place.target, after: round, isFirst: attempt == 0)
        } catch {
          throw DiskArrayError(EngineError.reserveFull(place.pool))
        }
      }
    }
  }

  /// Makes a window of the target what the claim says.
  func copyWindow(
    _ claim: CopyWork.Claim, to target: ImageID, capacity: UInt64
  ) throws(EngineError) {
    let start = claim.window * CopyWork.windowBytes
    let end = min(start + CopyWork.windowBytes, capacity)
    var position = start
    while position < end {
      let runs = try toCopy(
        from: claim.from, content: claim.content, position..<end, limit: 64)
      guard let last = runs.last, last.range.upperBound > position else { return }
      for run in runs where run.isNeeded {
        try copyRange(run.range, of: claim.content, to: target)
      }
      position = last.range.upperBound
    }
  }

  private func copyRange(
    _ range: Range<UInt64>, of source: ImageID, to target: ImageID
  ) throws(EngineError) {
    var position = range.lowerBound
    while position < range.upperBound {
      let extents = try engine.extents(
        of: source, at: position, count: range.upperBound - position, limit: 64)
      guard let last = extents.last, last.offset + last.count > position else { return }
      for extent in extents {
        guard extent.isAllocated else {
          try engine.trim(target, at: extent.offset, count: extent.count)
          continue
        }
        var bytes = [UInt8](repeating: 0, count: Int(extent.count))
        try bytes.withMutableBytes(0..<bytes.count) { (span) throws(EngineError) in
          try engine.read(source, at: extent.offset, into: &span)
        }
        try bytes.withBytes(0..<bytes.count) { (span) throws(EngineError) in
          try engine.write(target, at: extent.offset, from: span)
        }
      }
      position = last.offset + last.count
    }
  }

  // MARK: Steps that are kept

  private func flush(_ image: ImageID) throws(DiskArrayError) {
    do {
      try engine.flush(image)
    } catch {
      throw DiskArrayError(error)
    }
  }

  /// Tells the catalogue how far the copy is, after what was copied is durable.
  func keep(
    _ done: UInt64, of copy: PairCopy, _ place: CopyPlace
  ) throws(DiskArrayError) {
    try flush(place.image)
    try changeCopy(place.replica, source: copy.source) { copy in
      copy.done = max(copy.done, done)
      if copy.next == nil {
        copy.written.removeAll { $0.upperBound <= copy.done / CopyWork.windowBytes }
      }
    }
  }

  /// A window was just copied for a host: the copy never goes there again, not after a
  /// restart either.
  func noteSettled(_ window: UInt64, _ place: CopyPlace) throws(DiskArrayError) {
    try flush(place.image)
    try changeCopy(place.replica, source: nil) { copy in
      if let part = copy.written.firstIndex(where: { $0.upperBound == window }) {
        copy.written[part] = copy.written[part].lowerBound..<window + 1
      } else {
        copy.written.append(window..<window + 1)
      }
    }
  }

  private func changeCopy(
    _ replica: VolumeID, source: ImageID?, _ body: (inout PairCopy) -> Void
  ) throws(DiskArrayError) {
    try perform(by: nil) { (state, change) throws(DiskArrayError) in
      guard var paired = state.disks[replica].flatMap({ state.pair(ofReplica: $0) }),
        var copy = paired.pair.copy, source == nil || copy.source == source
      else { return }
      body(&copy)
      paired.pair.copy = copy
      change.put(paired.changedReplica)
    }
  }

  /// All of a moment is copied: a later one follows, or the pair enters its next state.
  private func finishPhase(
    of copy: PairCopy, _ work: CopyWork, _ place: CopyPlace
  ) throws(DiskArrayError) {
    try flush(place.image)
    let outcome: Result<Void, DiskArrayError> = work.whileIdle {
      do throws(DiskArrayError) {
        try perform(by: nil) { (state, change) throws(DiskArrayError) in
          guard var paired = state.disks[place.replica].flatMap({ state.pair(ofReplica: $0) }),
            let now = paired.pair.copy, now.source == copy.source
          else { return }
          finishPhase(now, of: &paired, in: state, &change)
        }
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try outcome.get()
    wantReclaim()
  }

  private func finishPhase(
    _ copy: PairCopy, of paired: inout PairedDisks, in state: ArrayState,
    _ change: inout Change
  ) {
    if copy.direction == .toReplica, let from = copy.from { change.perform(.delete(from)) }
    if let next = copy.next {
      paired.pair.copy = PairCopy(
        direction: copy.direction, from: copy.source, source: next, written: copy.written)
      change.put(paired.changedReplica)
      return
    }
    let before = paired.pair.hostAccess
    let wasFollowing = paired.pair.state == .synchronised
    paired.pair.copy = nil
    switch paired.pair.state {
    case .separating: finishSeparation(copy, of: &paired, in: state, &change)
    case .restoring:
      change.perform(.delete(copy.source))
      let isProtected = paired.pair.activity == .restoreProtected
      paired.pair.enter(isProtected ? .separated : .restored, at: change.now)
    case .replicating, .synchronised, .separated, .restored, .cancelled, .fault:
      paired.pair.common = CommonPast(master: copy.source)
      paired.pair.isAllDifferent = false
      paired.pair.enter(.synchronised, at: change.now)
    }
    if wasFollowing {
      change.put(paired.changedReplica)
    } else {
      put(paired, in: state, &change)
    }
    if paired.pair.hostAccess != before { change.close(paired.replica.id) }
  }

  /// What both were at the separation is kept, where reserves can hold what they overwrite. A
  /// copy that hosts have used already may differ from it.
  private func finishSeparation(
    _ copy: PairCopy, of paired: inout PairedDisks, in state: ArrayState,
    _ change: inout Change
  ) {
    let hasReserves = [paired.master.pool, paired.replica.pool].allSatisfy {
      state.pools[$0]?.reserve != nil
    }
    if hasReserves, paired.pair.use == .complete {
      let past = engine.nextImageID()
      change.perform(.snapshot(source: paired.volume.image, as: past))
      paired.pair.common = CommonPast(master: copy.source, replica: past)
      paired.pair.isAllDifferent = false
    } else {
      change.perform(.delete(copy.source))
      paired.pair.isAllDifferent = true
    }
    paired.pair.enter(.separated, at: change.now)
  }
}

extension EngineError {
  /// Whether making room may help. A pool lacks a chunk only while generations hold more than
  /// their reserve, as after the removal of a volume that shared with them.
  var isLackOfRoom: Bool {
    switch self {
    case .reserveFull, .poolFull: true
    default: false
    }
  }
}
