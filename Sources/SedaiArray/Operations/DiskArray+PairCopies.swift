import SedaiBytes
import SedaiEngine
import SedaiFormat
public import SedaiModel
import SedaiMonitor

// Where both volumes are in one pool, a copy is the other's image under another name: made at
// once whatever its size, and the engine keeps the two apart from then on. What differs between
// them is what they do not share.
//
// Into another pool a moment of the source, kept as an image, is copied by a job. What both
// were when they were the same is kept as two images, as long as the reserves have room: then
// only what differs from them is copied the next time.

extension DiskArray {
  /// Makes the replication volume what the master volume is, and keeps it so until it is
  /// separated. Hosts have no access to it meanwhile; who has it open is cut off.
  ///
  /// - Throws: `.pairStateForbids`, `.pairNotSeparated`, `.snapshotNotActive`, …
  /// - Source: states.md 4; commands.md 4.2.
  public func replicate(
    _ selection: PairSelection, range: CopyRange = .differences, mode: CopyMode? = nil,
    by requester: Requester
  ) throws(DiskArrayError) -> PairFacts {
    try changeState(of: selection, by: requester) {
      (paired, state, change) throws(DiskArrayError) in
      _ = try PairRules.replicate(standing(of: paired, in: state, token: change.token))
      if let mode { paired.pair.copyMode = mode }
      if paired.isInOnePool {
        share(paired.master, with: &paired.volume, in: state, &change)
        paired.pair.isAllDifferent = false
        paired.pair.enter(.synchronised, by: .replicate, at: change.now)
      } else {
        beginCopy(toReplica: &paired, range, in: state, &change)
        paired.pair.enter(.replicating, by: .replicate, at: change.now)
      }
      change.close(paired.replica.id)
    }
  }

  /// Ends the copying: the replication volume is what the master volume is at this moment, and
  /// both go their own ways.
  ///
  /// - Parameters:
  ///   - access: what hosts may do with the copy; nil: read and write.
  ///   - use: when they may.
  ///   - isForced: stop where the copying is instead; the pair is cancelled then.
  /// - Source: states.md 4; commands.md 4.3.
  public func separate(
    _ selection: PairSelection, access: AccessMode? = nil, use: ReplicaUse = .complete,
    isForced: Bool = false, by requester: Requester
  ) throws(DiskArrayError) -> PairFacts {
    try changeState(of: selection, by: requester) {
      (paired, state, change) throws(DiskArrayError) in
      let standing = standing(of: paired, in: state, token: change.token)
      if isForced {
        let next = try PairRules.cancel(standing)
        closeRestored(paired, &change)
        change.close(paired.replica.id)
        dropImages(of: &paired.pair, &change)
        paired.pair.enter(next, by: .separate, at: change.now)
        return
      }
      _ = try PairRules.separate(standing)
      paired.pair.access = access ?? .readWrite
      paired.pair.use = use
      if paired.isInOnePool {
        share(paired.master, with: &paired.volume, in: state, &change)
        paired.pair.enter(.separated, by: .separate, at: change.now)
      } else {
        try beginSeparation(of: &paired, in: state, &change)
        paired.pair.enter(.separating, by: .separate, at: change.now)
      }
      change.close(paired.replica.id)
    }
  }

  /// Brings the master volume back to what the replication volume is. Hosts find it so when
  /// they open it again; who has it open is cut off.
  ///
  /// - Parameter mode: whether the replication volume follows the master volume afterwards.
  /// - Source: states.md 4; commands.md 4.4.
  public func restore(
    _ selection: PairSelection, mode: PairRestoreMode, range: CopyRange = .differences,
    by requester: Requester
  ) throws(DiskArrayError) -> PairFacts {
    try changeState(of: selection, by: requester) {
      (paired, state, change) throws(DiskArrayError) in
      _ = try PairRules.restore(standing(of: paired, in: state, token: change.token))
      guard var target = paired.master.volume else { return }
      let activity: PairActivity = mode == .update ? .restore : .restoreProtected
      if paired.isInOnePool {
        share(paired.replica, with: &target, in: state, &change)
        let next: PairState = mode == .update ? .restored : .separated
        paired.pair.enter(next, by: activity, at: change.now)
      } else {
        beginCopy(of: &paired, toMaster: &target, range, in: state, &change)
        paired.pair.enter(.restoring, by: activity, at: change.now)
      }
      paired.master.body = .volume(target)
      change.put(paired.master)
      change.close(paired.master.id)
      change.close(paired.replica.id)
    }
  }

  private func changeState(
    of selection: PairSelection, by requester: Requester,
    _ body: (inout PairedDisks, ArrayState, inout Change) throws(DiskArrayError) -> Void
  ) throws(DiskArrayError) -> PairFacts {
    let id = try perform(.copyPair, by: requester) {
      (state, change) throws(DiskArrayError) -> VolumeID in
      var paired = try state.pair(selection)
      try body(&paired, state, &change)
      put(paired, in: state, &change)
      return paired.replica.id
    }
    wantReclaim()
    return try pairFacts(id)
  }

  // MARK: Within a pool

  /// `target` becomes what `source` is, with the signature that its hosts see.
  private func share(
    _ source: Disk, with target: inout DataVolume, in state: ArrayState, _ change: inout Change
  ) {
    guard let image = shownImage(of: source, in: state) else { return }
    change.perform(.restore(target: target.image, from: image, undo: nil))
    replaceLabels(of: &target, by: source, &change)
  }

  private func replaceLabels(
    of target: inout DataVolume, by source: Disk, _ change: inout Change
  ) {
    if let undo = target.undo { change.perform(.delete(undo)) }
    target.undo = nil
    target.signature = source.volume?.signature ?? source.snapshot?.active?.signature
  }

  // MARK: Between pools

  /// What is kept for a pair alone is needed no more, and its volumes have nothing in common.
  func dropImages(of pair: inout ReplicaPair, _ change: inout Change) {
    for image in pair.hiddenImages { change.perform(.delete(image)) }
    if !pair.hiddenImages.isEmpty { pair.isAllDifferent = true }
    pair.copy = nil
    pair.common = nil
  }

  /// Hosts that use a master volume while it is being restored find that it is not any more.
  func closeRestored(_ paired: PairedDisks, _ change: inout Change) {
    if paired.pair.copy?.direction == .toMaster { change.close(paired.master.id) }
  }

  private func beginCopy(
    toReplica paired: inout PairedDisks, _ range: CopyRange, in state: ArrayState,
    _ change: inout Change
  ) {
    guard let image = shownImage(of: paired.master, in: state) else { return }
    let source = engine.nextImageID()
    var from: ImageID?
    if range == .differences, let common = paired.pair.common, let past = common.replica {
      change.perform(.restore(target: paired.volume.image, from: past, undo: nil))
      change.perform(.delete(past))
      from = common.master
      paired.pair.common = nil
    } else {
      dropImages(of: &paired.pair, &change)
      empty(&paired.volume, of: paired.replica, &change)
    }
    change.perform(.snapshot(source: image, as: source))
    paired.pair.copy = PairCopy(direction: .toReplica, from: from, source: source)
    paired.pair.isAllDifferent = true
    replaceLabels(of: &paired.volume, by: paired.master, &change)
  }

  private func beginCopy(
    of paired: inout PairedDisks, toMaster target: inout DataVolume, _ range: CopyRange,
    in state: ArrayState, _ change: inout Change
  ) {
    let source = engine.nextImageID()
    var from: ImageID?
    if range == .differences, let common = paired.pair.common, let past = common.replica {
      change.perform(.restore(target: target.image, from: common.master, undo: nil))
      from = past
    } else {
      dropImages(of: &paired.pair, &change)
      empty(&target, of: paired.master, &change)
      paired.pair.isAllDifferent = true
    }
    change.perform(.snapshot(source: paired.volume.image, as: source))
    paired.pair.copy = PairCopy(direction: .toMaster, from: from, source: source)
    replaceLabels(of: &target, by: paired.replica, &change)
  }

  /// An image without contents takes the place of a volume's.
  private func empty(_ volume: inout DataVolume, of disk: Disk, _ change: inout Change) {
    change.perform(.delete(volume.image))
    volume.image = engine.nextImageID()
    change.perform(
      .create(volume.image, pool: disk.pool, length: ByteCount(volume.capacity)))
  }

  /// The master volume as it is now is what the copy becomes, after what is on its way.
  private func beginSeparation(
    of paired: inout PairedDisks, in state: ArrayState, _ change: inout Change
  ) throws(DiskArrayError) {
    guard paired.pair.state != .restoring else {
      throw DiskArrayError(
        .busy, .generationInTransition, ["name": .text(paired.master.name.rawValue)])
    }
    guard paired.pair.state != .restored,
      let image = shownImage(of: paired.master, in: state),
      paired.pair.copy != nil || paired.pair.common != nil
    else { return beginCopy(toReplica: &paired, .differences, in: state, &change) }
    let moment = engine.nextImageID()
    change.perform(.snapshot(source: image, as: moment))
    if paired.pair.copy != nil {
      paired.pair.copy?.next = moment
    } else {
      paired.pair.copy = PairCopy(
        direction: .toReplica, from: paired.pair.common?.master, source: moment)
      paired.pair.common = nil
    }
    replaceLabels(of: &paired.volume, by: paired.master, &change)
  }
}

extension PairedDisks {
  var isInOnePool: Bool { master.pool == replica.pool }
}
