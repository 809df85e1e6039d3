import SedaiBytes
import SedaiEngine
import SedaiFormat
public import SedaiModel
import SedaiMonitor

extension DiskArray {
  /// Brings a set of base volumes back to generations: all of them or none.
  ///
  /// A base volume keeps its length; what lies beyond the generation's end reads as zeroes.
  /// From generations in another pool it is usable at once, and `rst/exec` until all of it has
  /// been copied back.
  /// Who has it open is cut off and finds the restored contents when opening it again.
  /// The contents before are kept for ``undoRestore(of:by:)`` if the request wishes and the
  /// reserve has room; if it has not, an event tells that they are not.
  ///
  /// - Returns: the generations restored from.
  /// - Throws: `.baseLinked`, `.snapshotNotActive`, `.restoreDoesNotFit`; with
  ///   `derived: .delete` also what forbids deleting a newer generation.
  /// - Source: commands.md 2.3.
  public func restore(
    _ requests: [RestoreRequest], by requester: Requester
  ) throws(DiskArrayError) -> [SnapshotFacts] {
    var ids: [VolumeID]
    do {
      ids = try restore(requests, keepsUndo: true, by: requester)
    } catch {
      let mayGoWithout =
        error.messageID == .restoreDoesNotFit
        && requests.contains(where: \.keepsUndo)
      guard mayGoWithout else { throw error }
      ids = try restore(requests, keepsUndo: false, by: requester)
    }
    wantReclaim()
    return state.withLock { state in
      ids.compactMap { state.disks[$0] }.compactMap { self.snapshotFacts($0, in: state) }
    }
  }

  private func restore(
    _ requests: [RestoreRequest], keepsUndo: Bool, by requester: Requester
  ) throws(DiskArrayError) -> [VolumeID] {
    try perform(.restoreSnapshots, by: requester) {
      (state, change) throws(DiskArrayError) -> [VolumeID] in
      var taken: Set<VolumeID> = []
      var ids: [VolumeID] = []
      for request in requests {
        let (base, volume) = try state.base(request.base)
        let (disk, snapshot) = try state.generation(request.snapshot, of: request.base)
        guard taken.insert(base.id).inserted else { throw Self.twice(base) }
        _ = try SnapshotRules.beginRestore(
          of: standing(ofBase: base, in: state, token: change.token),
          from: standing(of: disk, snapshot, in: state, token: change.token), at: change.now)
        try PairRules.requireIdle(state.connections(of: base.id))
        guard let active = snapshot.active else { continue }
        if request.derived == .delete {
          for newer in state.families[base.id]?.newer(than: active.image) ?? [] {
            guard let newer = state.disks[newer.volume] else { continue }
            try delete(newer, in: state, &change)
            change.mark(newer.id, .deleting)
          }
        }
        change.mark(disk.id, .restoring(started: change.now))
        change.reserveRefusal = refusal(base, disk, in: state)
        var restored = volume
        restored.returning =
          disk.pool == base.pool ? nil : Returning(snapshot: disk.id, since: change.now)
        try replaceContents(
          of: base, restored, by: active.image, keepsUndo: keepsUndo && request.keepsUndo,
          in: state, &change)
        tellRestore(
          of: base, from: disk, withoutUndo: request.keepsUndo && !keepsUndo, in: state,
          &change)
        ids.append(disk.id)
      }
      return ids
    }
  }

  private func refusal(_ base: Disk, _ disk: Disk, in state: ArrayState) -> DiskArrayError {
    DiskArrayError(
      .noSpace, .restoreDoesNotFit,
      [
        "bv": .text(base.name.rawValue), "sv": .text(disk.name.rawValue),
        "pool": .text(state.pools[base.pool]?.name.rawValue ?? "-"),
      ])
  }

  /// The base volume's image takes the contents of another; its signature stays, for types
  /// that keep signatures apart.
  private func replaceContents(
    of base: Disk, _ volume: DataVolume, by image: ImageID, keepsUndo: Bool,
    in state: ArrayState, _ change: inout Change
  ) throws(DiskArrayError) {
    var volume = volume
    if base.osType?.keepsDiskSignatures == true {
      volume.signature = try signature(of: volume)
    }
    let undo = keepsUndo ? engine.nextImageID() : nil
    change.perform(.restore(target: volume.image, from: image, undo: undo))
    if let old = volume.undo { change.perform(.delete(old)) }
    volume.undo = undo
    var base = base
    base.body = .volume(volume)
    change.put(base)
    change.mark(base.id, .changing)
    change.close(base.id)
  }

  private func tellRestore(
    of base: Disk, from disk: Disk, withoutUndo: Bool, in state: ArrayState,
    _ change: inout Change
  ) {
    let bv = MessageArgument.text(base.name.rawValue)
    if withoutUndo {
      let pool = state.pools[base.pool]?.name.rawValue ?? "-"
      change.tell(.restoreWithoutUndo, ["bv": bv, "pool": .text(pool)], in: state)
    }
    change.tell(
      .snapshotRestored, ["bv": bv, "sv": .text(disk.name.rawValue)], in: state)
  }

  /// Brings a base volume back to what it was before its last restore. What it was just now
  /// is kept in turn, so that this can be undone too.
  public func undoRestore(
    of reference: DiskReference, by requester: Requester
  ) throws(DiskArrayError) {
    try perform(.undoRestore, by: requester) { (state, change) throws(DiskArrayError) in
      let (base, volume) = try state.volume(reference)
      try requireSettled(base, in: state, change)
      guard let undo = volume.undo else {
        throw DiskArrayError(.stateConflict, .noUndo, ["bv": .text(base.name.rawValue)])
      }
      if let link = state.linkedBy[base.id] {
        throw DiskArrayError(
          .stateConflict, .baseLinked,
          ["bv": .text(base.name.rawValue), "lv": .text(state.name(link))])
      }
      try PairRules.requireIdle(state.connections(of: base.id))
      change.reserveRefusal = refusal(base, base, in: state)
      var restored = volume
      restored.returning = nil
      try replaceContents(
        of: base, restored, by: undo, keepsUndo: true, in: state, &change)
      change.tell(.restoreUndone, ["bv": .text(base.name.rawValue)], in: state)
    }
    wantReclaim()
  }

  /// The signature a volume shows now: its overlay's, else that of its block 0.
  private func signature(of volume: DataVolume) throws(DiskArrayError) -> DiskSignature {
    if let own = volume.signature { return own }
    var bytes = [UInt8](repeating: 0, count: Int(DiskSignature.byteCount))
    do {
      try bytes.withMutableBytes(0..<bytes.count) { (span) throws(EngineError) in
        try engine.read(volume.image, at: DiskSignature.offset, into: &span)
      }
    } catch {
      throw DiskArrayError(error)
    }
    return DiskSignature(bytes: bytes)
  }
}
