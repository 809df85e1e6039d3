import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiModel
import SedaiMonitor
import Synchronization

/// One thread at a time makes room; the others wait for it and then try their writes again.
final class SpaceRounds: Sendable {
  private let count = Atomic<UInt64>(0)
  private let isBusy = Monitor(false)

  /// Rises whenever room was made. A writer reads it before its attempt.
  var round: UInt64 { count.load(ordering: .acquiring) }

  /// Runs `body` alone, unless somebody made room since `round`.
  func make(
    after round: UInt64, _ body: () throws(VolumeError) -> Void
  ) throws(VolumeError) {
    isBusy.wait { (isBusy) -> Void? in
      if isBusy { return nil }
      isBusy = true
      return ()
    }
    defer {
      isBusy.withLock { $0 = false }
      isBusy.wakeAll()
    }
    guard count.load(ordering: .acquiring) == round else { return }
    try body()
    count.wrappingAdd(1, ordering: .acquiringAndReleasing)
  }
}

extension DiskArray {
  /// References released in one step on behalf of a writer that waits.
  private static let reclaimStep = 4096
  /// Entries merged in one step on behalf of a writer that waits.
  private static let mergeStep = 256

  /// Makes room in a full reserve for a base volume's write: frees what is deleted already,
  /// merges overlays, moves what belongs to another pool, gives up an undo image, then generations, one thing per call. On return
  /// the write can be tried again.
  ///
  /// - Parameter round: of `space`, before the write that failed.
  /// - Throws: `noSpace` if nothing is left to give, or the reserve keeps its generations.
  /// - Parameter isFirst: the write has not been tried again yet.
  func makeRoom(
    in pool: PoolID, for volume: VolumeID, after round: UInt64, isFirst: Bool
  ) throws(VolumeError) {
    try space.make(after: round) { () throws(VolumeError) in
      do {
        let hasReleased = try reclaimSome()
        // What was given back may be used, and what is shared no more be merged, once that is
        // durable.
        try flush(for: pool)
        if isFirst || hasReleased { return }
        if try mergeSome(in: pool) || moveSome(from: pool) { return try flush(for: pool) }
        tellFull(pool)
        if try giveUpCommonPast(in: pool) {
          _ = try reclaimSome()
          return try engine.flushAll()
        }
        if try giveUpUndo(in: pool) {
          _ = try reclaimSome()
          return try flush(for: pool)
        }
        let mayGiveUp = policy(of: pool) == .giveUpGenerations
        if try !(mayGiveUp && giveUpOldest(in: pool)) {
          guard try endCopies(from: pool) else {
            if !mayGiveUp { tellRefusedWrite(to: volume, in: pool) }
            throw VolumeError.noSpace
          }
        }
        _ = try reclaimSome()
        try flush(for: pool)
      } catch let error as VolumeError {
        throw error
      } catch let error as EngineError {
        throw VolumeError(error)
      } catch {
        throw .inputOutput
      }
    }
  }

  /// Makes everything durable that can be: another pool's failure is none of this pool's.
  private func flush(for pool: PoolID) throws(EngineError) {
    do throws(EngineError) { try engine.flushAll() } catch {
      if case .poolPoisoned(let failed) = error, failed != pool { return }
      throw error
    }
  }

  /// Where a pool has no reserve, generations of its volumes that other pools cannot take are
  /// given up, unless those pools are there and keep theirs.
  private func policy(of pool: PoolID) -> ReservePolicy {
    state.withLock { state in
      if let reserve = state.pools[pool]?.reserve { return reserve.policy }
      let homes = Set(state.apart(in: pool).map { state.homeOfGenerations(of: $0) })
      let mayGiveUp = homes.contains { home in
        condition(of: home) != .ready
          || state.pools[home]?.reserve?.policy != .keepGenerations
      }
      return mayGiveUp || homes.isEmpty ? .giveUpGenerations : .keepGenerations
    }
  }

  /// Frees what deleted images held, until a chunk came free or nothing is left. True if
  /// anything was released: a write may lack a chunk or a map page.
  private func reclaimSome() throws -> Bool {
    var released = 0
    while true {
      let progress = try engine.reclaim(limit: Self.reclaimStep)
      released += progress.released
      if progress.isDone || progress.freedChunks > 0 { return released > 0 }
    }
  }

  /// Merges second chunks of images in the pool. True if one came free.
  private func mergeSome(in pool: PoolID) throws -> Bool {
    for image in engine.images() where image.pool == pool && image.overlayChunks > 0 {
      var position: ChunkIndex? = ChunkIndex(0)
      while let start = position {
        let progress = try engine.merge(image.id, from: start, limit: Self.mergeStep)
        if progress.merged > 0 { return true }
        position = progress.next
      }
    }
    return false
  }

  private func giveUpUndo(in pool: PoolID) throws(DiskArrayError) -> Bool {
    try perform(by: nil) { (state, change) throws(DiskArrayError) -> Bool in
      let oldest = state.disks.values
        .filter { $0.pool == pool && $0.volume?.undo != nil && state.transitions[$0.id] == nil }
        .min { ($0.volume?.undo?.rawValue ?? 0) < ($1.volume?.undo?.rawValue ?? 0) }
      guard var disk = oldest, var volume = disk.volume, let undo = volume.undo else {
        return false
      }
      volume.undo = nil
      disk.body = .volume(volume)
      change.perform(.delete(undo))
      change.put(disk)
      change.tell(
        .undoGivenUp,
        [
          "bv": .text(disk.name.rawValue),
          "pool": .text(state.pools[pool]?.name.rawValue ?? "-"),
        ], in: state)
      return true
    }
  }

  /// Gives up the oldest generation without guard, else the oldest with one. A linked one
  /// loses its link first; its readers get errors. False if there is none.
  private func giveUpOldest(in pool: PoolID) throws(DiskArrayError) -> Bool {
    waitForTransitions(in: pool)
    return try perform(by: nil) { (state, change) throws(DiskArrayError) -> Bool in
      guard var disk = oldest(in: pool, state, token: change.token),
        var snapshot = disk.snapshot, let active = snapshot.active
      else { return false }
      let sv = MessageArgument.text(disk.name.rawValue)
      if let linkID = state.linkedBy[disk.id], var link = state.disks[linkID],
        var shown = link.link
      {
        shown.state = .unlinked
        link.body = .link(shown)
        change.put(link)
        change.close(linkID)
        change.mark(linkID, .changing)
        change.tell(.linkLost, ["lv": .text(link.name.rawValue), "sv": sv], in: state)
      }
      failPairs(ofMaster: disk.id, in: state, &change)
      change.perform(.delete(active.image))
      change.mark(disk.id, .deleting)
      snapshot.content = .deleted(at: change.now)
      disk.body = .snapshot(snapshot)
      change.put(disk)
      change.tell(
        .generationGivenUp,
        [
          "sv": sv, "bv": .text(state.name(snapshot.base)),
          "pool": .text(state.pools[pool]?.name.rawValue ?? "-"),
        ], in: state)
      return true
    }
  }

  private func oldest(in pool: PoolID, _ state: ArrayState, token: UInt64) -> Disk? {
    var best: (rank: (Int, UInt64), disk: Disk)?
    for (base, family) in state.families {
      let isBase = state.disks[base]?.pool == pool
      for aged in family.active {
        guard let disk = state.disks[aged.volume], isBase || disk.pool == pool else { break }
        guard let snapshot = disk.snapshot, mayGiveUp(snapshot) else { continue }
        if let transition = state.transitions[disk.id], transition.token != token { continue }
        let isGuarded = isProtected(snapshot)
        if let best, best.rank <= (isGuarded ? 1 : 0, aged.image.rawValue) {
          if isGuarded { continue }
          break
        }
        best = ((isGuarded ? 1 : 0, aged.image.rawValue), disk)
        if !isGuarded { break }
      }
    }
    return best?.disk
  }

  /// A restore, link or delete under way may hold, or soon free, what is needed.
  private func waitForTransitions(in pool: PoolID) {
    state.wait { (state) -> Void? in
      let isUnderWay = state.transitions.keys.contains { id in
        guard let disk = state.disks[id] else { return false }
        return disk.pool == pool || state.disks[disk.baseID]?.pool == pool
      }
      return isUnderWay ? nil : ()
    }
  }

  // MARK: Telling

  private func tellFull(_ pool: PoolID) {
    let isNew = state.withLock { state in
      guard state.pools[pool]?.reserve != nil else { return false }
      defer { state.levels[pool] = .full }
      return state.levels[pool] != .full
    }
    guard isNew else { return }
    tell(.reserveFull, pool)
  }

  private func tellRefusedWrite(to volume: VolumeID, in pool: PoolID) {
    let isNew = state.withLock { $0.refusedWrites.insert(volume).inserted }
    guard isNew else { return }
    _ = try? perform(by: nil) { (state, change) throws(DiskArrayError) in
      change.tell(
        .writeRefusedByReserve,
        [
          "bv": .text(state.name(volume)),
          "pool": .text(state.pools[pool]?.name.rawValue ?? "-"),
        ], in: state)
    }
  }

  func tell(_ id: MessageID, _ pool: PoolID, percent: Int? = nil, state text: String? = nil) {
    // An event that cannot be stored is lost: the failure that prevents it shows elsewhere.
    _ = try? perform(by: nil) { (state, change) throws(DiskArrayError) in
      var arguments: MessageArguments = [
        "pool": .text(state.pools[pool]?.name.rawValue ?? String(pool.rawValue))
      ]
      if let percent { arguments["percent"] = .percent(percent) }
      if let text { arguments["state"] = .text(text) }
      change.tell(id, arguments, in: state)
    }
  }

  func tell(failure: DiskArrayError) {
    tell(.backgroundFailed, ["reason": .text(failure.text())])
  }

  /// Tells what no change goes with.
  func tell(
    _ id: MessageID, _ arguments: MessageArguments, by requester: Requester? = nil
  ) {
    // An event that cannot be stored is lost: the failure that prevents it shows elsewhere.
    _ = try? perform(by: requester) { (state, change) throws(DiskArrayError) in
      change.tell(id, arguments, in: state)
    }
  }

  /// Compares every reserve with its thresholds and every pool with its last condition, and
  /// tells what changed.
  func watchReserves() {
    let pools = state.withLock { Array($0.pools.values) }
    for pool in pools {
      watchCondition(of: pool)
      guard let reserve = pool.reserve, let capacity = engine.capacity(of: pool.id),
        capacity.condition != .missing
      else { continue }
      let used = capacity.reserveHeld
      let level = ReserveLevel(
        used: used, capacity: reserve.chunks, thresholds: reserve.thresholds)
      let before = state.withLock { state -> ReserveLevel in
        defer { state.levels[pool.id] = level }
        if level < .full { state.refusedWrites = [] }
        return state.levels[pool.id] ?? .normal
      }
      let percent = Int(clamping: used * 100 / max(reserve.chunks, 1))
      if level > before {
        tell(level == .full ? .reserveFull : .reserveAboveThreshold, pool.id, percent: percent)
      } else if level < before {
        tell(.reserveRelaxed, pool.id, percent: percent)
      }
    }
  }

  private func watchCondition(of pool: Pool) {
    let now = condition(of: pool.id)
    let before = state.withLock { state in
      defer { state.conditions[pool.id] = now }
      return state.conditions[pool.id] ?? .ready
    }
    if now == before { return }
    if now != .ready { failPairs(in: pool.id) }
    if now == .ready {
      tell(.poolRecovered, pool.id)
    } else {
      tell(.poolFailed, pool.id, state: now.rawValue)
    }
  }
}

extension PoolCapacity {
  /// Chunks of the reserve that generations hold, or deleted ones that are not released yet.
  /// Those that are free but wait for a flush do not count: the engine gives them out as soon
  /// as it needs one.
  var reserveHeld: UInt64 {
    reserveUsed > awaitingReuse ? reserveUsed - awaitingReuse : 0
  }
}
