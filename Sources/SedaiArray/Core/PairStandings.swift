import SedaiEngine
import SedaiFormat
import SedaiModel

// What the rules are told about pairs.

/// A pair of the catalogue with both its volumes.
struct PairedDisks {
  var master: Disk
  var replica: Disk
  var volume: DataVolume
  var pair: ReplicaPair

  /// The replication volume with what was changed of it and of the pair.
  var changedReplica: Disk {
    var disk = replica
    var volume = volume
    volume.pair = pair
    disk.body = .volume(volume)
    return disk
  }
}

extension ArrayState {
  /// The pair that a request names by both volumes.
  /// - Throws: `.unknownVolume`, `.notPaired`
  func pair(_ selection: PairSelection) throws(DiskArrayError) -> PairedDisks {
    let master = try disk(selection.master)
    let replica = try disk(selection.replica)
    guard let found = pair(ofReplica: replica), found.master.id == master.id else {
      throw DiskArrayError(.stateConflict, .notPaired, ["name": .text(replica.name.rawValue)])
    }
    return found
  }

  /// The pair in which a volume is the copy.
  func pair(ofReplica replica: Disk) -> PairedDisks? {
    guard let volume = replica.volume, let pair = volume.pair, let master = disks[pair.master]
    else { return nil }
    return PairedDisks(master: master, replica: replica, volume: volume, pair: pair)
  }

  func connection(ofReplica disk: Disk) -> PairConnection? {
    pair(ofReplica: disk).map {
      PairConnection(master: $0.master.name, replica: $0.replica.name, state: $0.pair.state)
    }
  }

  /// Every pair that a volume belongs to, on either side.
  func connections(of volume: VolumeID) -> [PairConnection] {
    ([volume] + (replicas[volume] ?? [])).compactMap { disks[$0] }
      .compactMap { connection(ofReplica: $0) }
  }
}

extension DiskArray {
  func standing(
    of paired: PairedDisks, in state: ArrayState, token: UInt64 = 0
  ) -> PairStanding {
    let own = PairConnection(
      master: paired.master.name, replica: paired.replica.name, state: paired.pair.state)
    let others = state.connections(of: paired.master.id) + state.connections(of: paired.replica.id)
    return PairStanding(
      master: pairMember(paired.master, in: state, token: token),
      replica: pairMember(paired.replica, in: state, token: token), state: paired.pair.state,
      others: others.filter { $0 != own })
  }

  func pairMember(_ disk: Disk, in state: ArrayState, token: UInt64) -> PairMember {
    let kind: PairMember.Kind =
      if let snapshot = disk.snapshot {
        .snapshot(
          of: state.disks[snapshot.base]?.name ?? disk.name,
          snapshotState(of: disk, snapshot, in: state, token: token))
      } else {
        .disk
      }
    return PairMember(
      name: disk.name, kind: kind, capacity: capacity(of: disk, in: state),
      osType: disk.osType, linkedBy: state.linkedBy[disk.id].flatMap { state.disks[$0]?.name },
      masterName: disk.volume?.pair.flatMap { state.disks[$0.master]?.name },
      isAccessible: condition(of: disk.pool) == .ready,
      isInTransition: isInTransition(disk.id, state, token))
  }

  /// Refuses to remove a volume that a pair needs.
  func requireUnpaired(_ disk: Disk, in state: ArrayState) throws(DiskArrayError) {
    guard !state.connections(of: disk.id).isEmpty else { return }
    throw DiskArrayError(.stateConflict, .diskPaired, ["name": .text(disk.name.rawValue)])
  }
}
