import SedaiEngine
import SedaiFormat
import SedaiModel

// What the rules are told about volumes.

extension DiskArray {
  func condition(of pool: PoolID) -> PoolFacts.State {
    switch engine.capacity(of: pool)?.condition {
    case .ready: .ready
    case .poisoned: .poisoned
    case .missing, nil: .missing
    }
  }

  /// Of a snapshot volume, by record, transitions of others, and the condition of its pool.
  /// - Parameter token: of the operation that asks: its own transitions do not show.
  func snapshotState(
    of disk: Disk, _ snapshot: SnapshotVolume, in state: ArrayState, token: UInt64 = 0
  ) -> SnapshotState {
    switch snapshot.content {
    case .empty: return .empty
    case .deleted(let at): return .deleted(at: at)
    case .active(let active):
      if let transition = state.transitions[disk.id], transition.token != token {
        switch transition.kind {
        case .changing: break
        case .deleting: return .deleting(since: active.since)
        case .restoring(let started):
          return .restoring(since: active.since, started: started)
        }
      }
      if condition(of: disk.pool) == .missing { return .fault(since: active.since) }
      if let base = state.disks[snapshot.base]?.volume, let returning = base.returning,
        returning.snapshot == disk.id, engine.image(base.image)?.isApart == true
      {
        return .restoring(since: active.since, started: returning.since)
      }
      return .active(since: active.since)
    }
  }

  func standing(
    of disk: Disk, _ snapshot: SnapshotVolume, in state: ArrayState, token: UInt64 = 0
  ) -> GenerationStanding {
    GenerationStanding(
      name: disk.name, base: state.disks[snapshot.base]?.name ?? disk.name,
      state: snapshotState(of: disk, snapshot, in: state, token: token),
      linkedBy: state.linkedBy[disk.id].flatMap { state.disks[$0]?.name },
      isGuarded: isProtected(snapshot),
      isInTransition: isInTransition(disk.id, state, token))
  }

  func standing(ofBase disk: Disk, in state: ArrayState, token: UInt64 = 0) -> BaseStanding {
    BaseStanding(
      name: disk.name, linkedBy: state.linkedBy[disk.id].flatMap { state.disks[$0]?.name },
      isAccessible: condition(of: disk.pool) == .ready,
      isInTransition: isInTransition(disk.id, state, token))
  }

  func standing(
    of disk: Disk, _ link: LinkVolume, in state: ArrayState, token: UInt64 = 0
  ) -> LinkStanding {
    LinkStanding(
      name: disk.name, base: state.disks[link.base]?.name ?? disk.name, state: link.state,
      target: link.state.target.flatMap { state.disks[$0.volume]?.name },
      isInTransition: isInTransition(disk.id, state, token))
  }

  func isInTransition(_ id: VolumeID, _ state: ArrayState, _ token: UInt64) -> Bool {
    guard let transition = state.transitions[id] else { return false }
    return transition.token != token
  }

  /// Refuses configuration changes of a volume that another operation is changing.
  func requireSettled(_ disk: Disk, in state: ArrayState, _ change: Change) throws(DiskArrayError) {
    guard isInTransition(disk.id, state, change.token) else { return }
    throw DiskArrayError(
      .busy, .generationInTransition, ["name": .text(disk.name.rawValue)])
  }
}
