import SedaiEngine
import SedaiFormat
public import SedaiModel
import SedaiMonitor

extension DiskArray {
  /// Makes two volumes of one size a pair. Nothing is copied yet.
  ///
  /// The master volume is a disk or a generation that holds a snapshot; it may have several
  /// copies, and be a copy itself. A replication volume without a type takes the master's.
  /// - Throws: `.alreadyReplica`, `.pairCapacitiesDiffer`, `.pairTypesDiffer`,
  ///   `.pairBlockSizesDiffer`, `.wrongKind`, `.tooMany`, `.licenceMissing`, …
  /// - Source: commands.md 4.1.
  public func pair(
    _ selection: PairSelection, by requester: Requester
  ) throws(DiskArrayError) -> PairFacts {
    let id = try perform(.pairVolumes, by: requester) {
      (state, change) throws(DiskArrayError) -> VolumeID in
      let master = try state.master(selection.master)
      var (replica, volume) = try state.volume(selection.replica)
      guard !volume.isControl else {
        throw state.wrongKind(replica, expected: "IV/BV", .wrongKind)
      }
      try requireLicence(.replication, in: state)
      var pair = ReplicaPair(of: master.id, at: change.now)
      pair.state = try PairRules.pair(
        master: pairMember(master, in: state, token: change.token),
        replica: pairMember(replica, in: state, token: change.token))
      guard state.blockSize(of: master) == volume.blockSize else {
        throw DiskArrayError(
          .stateConflict, .pairBlockSizesDiffer,
          ["mv": .text(master.name.rawValue), "rv": .text(replica.name.rawValue)])
      }
      try requireNoCircle(from: master, to: replica, in: state)
      try requireRoom(for: replica, at: master, in: state)
      if state.families[replica.id]?.generations.isEmpty == false {
        try requireReplicaAsBase(in: state)
      }
      volume.pair = pair
      replica.body = .volume(volume)
      if replica.osType == nil { replica.osType = master.osType }
      change.put(replica)
      change.tell(.pairMade, Self.arguments(master, replica), in: state)
      return replica.id
    }
    return try pairFacts(id)
  }

  /// A volume never becomes the copy of one of its own copies.
  private func requireNoCircle(
    from master: Disk, to replica: Disk, in state: ArrayState
  ) throws(DiskArrayError) {
    var above = master
    while let upper = above.volume?.pair.flatMap({ state.disks[$0.master] }) {
      if upper.id == replica.id {
        throw DiskArrayError(
          .stateConflict, .alreadyReplica,
          ["rv": .text(above.name.rawValue), "mv": .text(upper.name.rawValue)])
      }
      above = upper
    }
  }

  private func requireRoom(
    for replica: Disk, at master: Disk, in state: ArrayState
  ) throws(DiskArrayError) {
    guard state.replicas[master.id]?.count ?? 0 < ArrayLimits.replicasPerMaster else {
      throw DiskArrayError(
        .noSpace, .tooMany,
        [
          "limit": .count(UInt64(ArrayLimits.replicasPerMaster)),
          "what": .text("replication volumes of a volume"),
        ])
    }
  }

  /// Ends a pair: both volumes are on their own, and each keeps what it holds.
  /// - Parameter isForced: also while it is not separated; the copy may be half done then.
  /// - Source: commands.md 4.1.
  public func unpair(
    _ selection: PairSelection, isForced: Bool = false, by requester: Requester
  ) throws(DiskArrayError) {
    try perform(.unpairVolumes, by: requester) { (state, change) throws(DiskArrayError) in
      var paired = try state.pair(selection)
      try PairRules.unpair(
        standing(of: paired, in: state, token: change.token), isForced: isForced)
      closeRestored(paired, &change)
      dropImages(of: &paired.pair, &change)
      paired.volume.pair = nil
      paired.replica.body = .volume(paired.volume)
      change.put(paired.replica)
      change.close(paired.replica.id)
      change.tell(.pairEndedByRequest, Self.arguments(paired.master, paired.replica), in: state)
    }
    wantReclaim()
  }

  /// Changes how a pair copies, and what hosts may do with the copy once it is separated.
  /// - Parameters: nil leaves as it is.
  /// - Source: commands.md 4.5.
  public func changePair(
    _ selection: PairSelection, mode: CopyMode? = nil, access: AccessMode? = nil,
    by requester: Requester
  ) throws(DiskArrayError) -> PairFacts {
    let id = try perform(.changePair, by: requester) {
      (state, change) throws(DiskArrayError) -> VolumeID in
      var paired = try state.pair(selection)
      try requireSettled(paired.replica, in: state, change)
      let before = paired.pair
      if let mode { paired.pair.copyMode = mode }
      if let access { paired.pair.access = access }
      guard paired.pair != before else { return paired.replica.id }
      put(paired, in: state, &change)
      if before.hostAccess != paired.pair.hostAccess { change.close(paired.replica.id) }
      return paired.replica.id
    }
    return try pairFacts(id)
  }

  /// Keeps a changed pair and tells of it.
  func put(_ paired: PairedDisks, in state: ArrayState, _ change: inout Change) {
    change.put(paired.changedReplica)
    var arguments = Self.arguments(paired.master, paired.replica)
    arguments["mvNumber"] = .text(paired.master.number?.description ?? "-")
    arguments["rvNumber"] = .text(paired.replica.number?.description ?? "-")
    arguments["array"] = .text(state.identity.name)
    arguments["activity"] = .text(paired.pair.activity.rawValue)
    arguments["state"] = .text(paired.pair.state.rawValue)
    arguments["copy"] = .text(paired.pair.copyMode.text)
    change.tell(.pairChanged, arguments, in: state)
  }

  // MARK: Failures

  /// Pairs that cannot go on without their master's contents are separated by the failure;
  /// those that are separated already lose nothing, nor do those whose separation is on its
  /// way: they have what they copy.
  func failPairs(ofMaster volume: VolumeID, in state: ArrayState, _ change: inout Change) {
    for id in state.replicas[volume] ?? []
    where state.disks[id]?.volume?.pair?.state != .separating {
      fail(id, in: state, &change)
    }
  }

  private func fail(_ replica: VolumeID, in state: ArrayState, _ change: inout Change) {
    guard var paired = state.disks[replica].flatMap({ state.pair(ofReplica: $0) }),
      !paired.pair.state.isIdle
    else { return }
    closeRestored(paired, &change)
    change.close(replica)
    dropImages(of: &paired.pair, &change)
    paired.pair.enter(.fault, at: change.now)
    put(paired, in: state, &change)
  }

  /// A copy between pools met a failure.
  func failCopy(_ replica: VolumeID) {
    // Where even this cannot be stored, the failure shows elsewhere.
    _ = try? perform(by: nil) { (state, change) throws(DiskArrayError) in
      fail(replica, in: state, &change)
    }
    wantReclaim()
  }

  /// A pool is missing or takes no more writes.
  func failPairs(in pool: PoolID) {
    // Where even this cannot be stored, the failure shows elsewhere.
    _ = try? perform(by: nil) { (state, change) throws(DiskArrayError) in
      for replica in state.replicas.values.joined() {
        guard let paired = state.disks[replica].flatMap({ state.pair(ofReplica: $0) }),
          paired.master.pool == pool || paired.replica.pool == pool
        else { continue }
        fail(replica, in: state, &change)
      }
    }
  }

  private static func arguments(_ master: Disk, _ replica: Disk) -> MessageArguments {
    ["mv": .text(master.name.rawValue), "rv": .text(replica.name.rawValue)]
  }
}

extension ArrayState {
  /// A volume that can be copied: a disk, or a generation.
  fileprivate func master(_ reference: DiskReference) throws(DiskArrayError) -> Disk {
    let disk = try disk(reference)
    if disk.snapshot != nil { return disk }
    guard let volume = disk.volume, !volume.isControl else {
      throw wrongKind(disk, expected: "IV/BV/SV", .wrongKind)
    }
    return disk
  }
}
