import SedaiEngine
import SedaiFormat
public import SedaiModel
import SedaiMonitor

// Where both volumes are in one pool, a copy is the other's image under another name: made at
// once whatever its size, and the engine keeps the two apart from then on. What differs between
// them is what they do not share.

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
      try share(paired.master, with: &paired.volume, in: state, &change)
      paired.pair.isAllDifferent = false
      paired.pair.enter(.synchronised, by: .replicate, at: change.now)
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
        paired.pair.enter(try PairRules.cancel(standing), by: .separate, at: change.now)
        return
      }
      _ = try PairRules.separate(standing)
      paired.pair.access = access ?? .readWrite
      paired.pair.use = use
      try share(paired.master, with: &paired.volume, in: state, &change)
      paired.pair.enter(.separated, by: .separate, at: change.now)
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
      try share(paired.replica, with: &target, in: state, &change)
      var master = paired.master
      master.body = .volume(target)
      paired.master = master
      change.put(master)
      change.close(master.id)
      switch mode {
      case .update: paired.pair.enter(.restored, by: .restore, at: change.now)
      case .protect: paired.pair.enter(.separated, by: .restoreProtected, at: change.now)
      }
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

  /// `target` becomes what `source` is, with the signature that its hosts see.
  private func share(
    _ source: Disk, with target: inout DataVolume, in state: ArrayState, _ change: inout Change
  ) throws(DiskArrayError) {
    guard let image = shownImage(of: source, in: state) else { return }
    change.perform(.restore(target: target.image, from: image, undo: nil))
    if let undo = target.undo { change.perform(.delete(undo)) }
    target.undo = nil
    target.signature = source.volume?.signature ?? source.snapshot?.active?.signature
  }
}
