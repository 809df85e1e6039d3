import SedaiEngine
import SedaiFormat
public import SedaiModel
import SedaiMonitor

extension DiskArray {
  // MARK: Create

  /// Takes snapshots of a set of base volumes at one moment: all of them or none.
  ///
  /// - Returns: what was taken, in the order of the requests.
  /// - Throws: `.generationInTransition`, `.snapshotLinked`, `.snapshotGuarded` (a cyclic
  ///   create never takes a younger generation instead), `.reserveFullForSnapshot`, …
  /// - Source: commands.md 2.1.
  public func createSnapshots(
    _ requests: [CreateRequest], by requester: Requester
  ) throws(DiskArrayError) -> [SnapshotFacts] {
    let ids = try perform(.createSnapshots, by: requester) {
      (state, change) throws(DiskArrayError) -> [VolumeID] in
      var taken: Set<VolumeID> = []
      var ids: [VolumeID] = []
      for request in requests {
        let (base, volume) = try state.base(request.base)
        guard taken.insert(base.id).inserted else { throw Self.twice(base) }
        let target = try target(of: request, base, in: state)
        try create(in: target, of: base, volume, in: state, &change)
        ids.append(target.id)
      }
      return ids
    }
    wantReclaim()
    return state.withLock { state in
      ids.compactMap { state.disks[$0] }.compactMap { self.snapshotFacts($0, in: state) }
    }
  }

  private func target(
    of request: CreateRequest, _ base: Disk, in state: ArrayState
  ) throws(DiskArrayError) -> Disk {
    switch request.target {
    case .snapshot(let reference):
      return try state.generation(reference, of: request.base).0
    case .cyclic:
      let chosen = GenerationChoice.cyclicTarget(of: cyclicCandidates(of: base.id, in: state))
      guard let chosen, let disk = generation(chosen, of: base.id, in: state) else {
        throw DiskArrayError(
          .stateConflict, .noGenerationBuilt, ["bv": .text(base.name.rawValue)])
      }
      return disk
    }
  }

  private func create(
    in target: Disk, of base: Disk, _ volume: DataVolume, in state: ArrayState,
    _ change: inout Change
  ) throws(DiskArrayError) {
    guard var snapshot = target.snapshot else { return }
    _ = try SnapshotRules.create(
      in: standing(of: target, snapshot, in: state, token: change.token),
      of: standing(ofBase: base, in: state, token: change.token), at: change.now)
    try PairRules.requireSeparated(state.connection(ofReplica: base))
    if volume.pair != nil { try requireReplicaAsBase(in: state) }
    try PairRules.requireIdle(state.connections(of: target.id))
    try requireRoomForSnapshot(of: base, in: target.pool, state)
    if let old = snapshot.active { change.perform(.delete(old.image)) }
    let image = engine.nextImageID()
    change.perform(.snapshot(source: volume.image, as: image, pool: target.pool))
    snapshot.content = .active(
      ActiveSnapshot(
        image: image, since: change.now, capacity: volume.capacity, isGuarded: false,
        signature: volume.signature))
    var disk = target
    disk.body = .snapshot(snapshot)
    change.put(disk)
    change.tell(
      .snapshotCreated,
      ["bv": .text(base.name.rawValue), "sv": .text(disk.name.rawValue)], in: state)
  }

  /// A reserve that keeps its generations takes no new ones when it is full.
  private func requireRoomForSnapshot(
    of base: Disk, in pool: PoolID, _ state: ArrayState
  ) throws(DiskArrayError) {
    guard let pool = state.pools[pool], let reserve = pool.reserve,
      reserve.policy == .keepGenerations, let capacity = engine.capacity(of: pool.id),
      capacity.reserveHeld >= capacity.reserve
    else { return }
    throw DiskArrayError(
      .noSpace, .reserveFullForSnapshot,
      ["pool": .text(pool.name.rawValue), "bv": .text(base.name.rawValue)])
  }

  /// Enough candidates for a choice: the first vacant generation and the oldest active one.
  private func cyclicCandidates(
    of base: VolumeID, in state: ArrayState
  ) -> [GenerationChoice.Candidate] {
    let family = state.families[base]
    return [family?.vacant.first?.volume, family?.active.first?.volume]
      .compactMap { $0 }.compactMap { state.disks[$0] }
      .compactMap { candidate($0, in: state) }
  }

  private func generation(
    _ candidate: GenerationChoice.Candidate, of base: VolumeID, in state: ArrayState
  ) -> Disk? {
    state.families[base]?.generation(number: candidate.number).flatMap { state.disks[$0] }
  }

  // MARK: Delete

  /// Deletes snapshots, all or none. Their volumes are empty and reusable on return; the
  /// space comes back by a job.
  ///
  /// - Returns: those deleted: with `nextCyclic` none, if an empty generation waits already.
  /// - Source: commands.md 2.2.
  public func deleteSnapshots(
    _ requests: [DeleteRequest], by requester: Requester
  ) throws(DiskArrayError) -> [SnapshotFacts] {
    let ids = try perform(.deleteSnapshots, by: requester) {
      (state, change) throws(DiskArrayError) -> [VolumeID] in
      var taken: Set<VolumeID> = []
      var ids: [VolumeID] = []
      for request in requests {
        guard let disk = try target(of: request, in: state) else { continue }
        guard taken.insert(disk.id).inserted else { throw Self.twice(disk) }
        try delete(disk, in: state, &change)
        ids.append(disk.id)
      }
      return ids
    }
    wantReclaim()
    return state.withLock { state in
      ids.compactMap { state.disks[$0] }.compactMap { self.snapshotFacts($0, in: state) }
    }
  }

  private func target(
    of request: DeleteRequest, in state: ArrayState
  ) throws(DiskArrayError) -> Disk? {
    switch request.target {
    case .snapshot(let reference):
      return try state.generation(reference, of: request.base).0
    case .nextCyclic:
      guard let reference = request.base else {
        throw DiskArrayError(.invalidRequest, .missingOption, ["option": .text("-bv")])
      }
      let (base, _) = try state.base(reference)
      return GenerationChoice.automaticDelete(of: cyclicCandidates(of: base.id, in: state))
        .flatMap { generation($0, of: base.id, in: state) }
    }
  }

  func delete(
    _ disk: Disk, in state: ArrayState, _ change: inout Change
  ) throws(DiskArrayError) {
    guard var snapshot = disk.snapshot else { return }
    _ = try SnapshotRules.delete(
      standing(of: disk, snapshot, in: state, token: change.token), at: change.now)
    try PairRules.requireIdle(state.connections(of: disk.id))
    if let active = snapshot.active { change.perform(.delete(active.image)) }
    snapshot.content = .deleted(at: change.now)
    var disk = disk
    disk.body = .snapshot(snapshot)
    change.put(disk)
    change.tell(
      .snapshotDeleted,
      ["bv": .text(state.name(snapshot.base)), "sv": .text(disk.name.rawValue)], in: state)
  }

  // MARK: Guard

  /// Sets or cancels the protection of a snapshot against deletion and reuse.
  /// - Source: commands.md 2.9.
  public func setGuard(
    _ reference: SnapshotReference, isGuarded: Bool, by requester: Requester
  ) throws(DiskArrayError) -> SnapshotFacts {
    let id = try perform(.guardSnapshot, by: requester) {
      (state, change) throws(DiskArrayError) -> VolumeID in
      var (disk, snapshot) = try state.generation(reference)
      try SnapshotRules.changeGuard(
        of: standing(of: disk, snapshot, in: state, token: change.token))
      guard var active = snapshot.active, active.isGuarded != isGuarded else { return disk.id }
      active.isGuarded = isGuarded
      snapshot.content = .active(active)
      disk.body = .snapshot(snapshot)
      change.put(disk)
      change.tell(
        .guardChanged,
        [
          "bv": .text(state.name(snapshot.base)), "sv": .text(disk.name.rawValue),
          "guard": .text(isGuarded ? "on" : "off"),
        ], in: state)
      return disk.id
    }
    return try snapshotFacts(id)
  }

  static func twice(_ disk: Disk) -> DiskArrayError {
    DiskArrayError(
      .invalidRequest, .volumeTwiceInSet, ["name": .text(disk.name.rawValue)])
  }
}
