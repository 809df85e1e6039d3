public import SedaiBytes
public import SedaiFormat
import SedaiMonitor

/// Making one chunk of two, where nobody else needs either.
extension Engine {
  /// An overlay whose two chunks belong to it alone.
  private struct Merge {
    var flight: Int
    var devices: PoolDevices
    var index: UInt64
    var old: MapEntry
    var kept: ChunkAddress
    var carried: UInt16
  }

  /// Looks at up to `limit` entries from `start` on and merges the overlays that no other
  /// image shares; each gives a chunk back to the reserve.
  public func merge(
    _ image: ImageID, from start: ChunkIndex, limit: Int
  ) throws(EngineError) -> MergeProgress {
    var index = start.rawValue
    var merged = 0
    for _ in 0..<limit {
      let from = index
      let found = try run { (core) throws(CoreSignal) in try core.nextOverlay(image, from) }
      guard let found else { return MergeProgress(merged: merged, next: nil) }
      index = found + 1
      let plan = try run { (core) throws(CoreSignal) -> Merge? in
        try self.plan(core, image, found)
      }
      guard let plan else { continue }
      defer { end(plan.flight) }
      do throws(DeviceError) {
        let place = try plan.devices.locate(plan.kept)
        try carry(plan.devices, place, plan.old, plan.carried)
      } catch { throw .device(error) }
      let isDone = try run { (core) throws(CoreSignal) in
        try core.publishMerge(
          image, plan.index, old: plan.old, kept: plan.kept)
      }
      if isDone { merged += 1 }
    }
    return MergeProgress(merged: merged, next: ChunkIndex(index))
  }

  private func plan(
    _ core: EngineCore, _ image: ImageID, _ index: UInt64
  ) throws(CoreSignal) -> Merge? {
    let state = try core.imageForData(image)
    if let pool = core.pools[state.record.pool], pool.condition == .poisoned {
      throw .failed(.poolPoisoned(pool.id))
    }
    try core.ensureRoom()
    let found = try core.leaf(of: state.record, index)
    guard found >= 0 else { return nil }
    let place = EngineCore.place(index, level: 0)
    var entry = core.entry(found, place)
    guard let own = entry.own, let base = entry.base, try core.isExclusive(own),
      try core.isExclusive(base)
    else { return nil }
    let slot = try core.ownedLeaf(state, index)
    entry = core.entry(slot, place)
    // Taking the leaf over may have found it shared: then so are its chunks.
    guard try core.isExclusive(own), try core.isExclusive(base) else { return nil }
    guard let pool = core.pools[state.record.pool], let devices = pool.devices else { return nil }
    if core.flights.conflict(image, index, .exclusiveWrite) { throw .wait }
    let flight = try core.flights.begin(image, index, .exclusiveWrite, pool: pool.id)
    let keepsOwn = entry.ownMask.nonzeroBitCount >= entry.baseMask.nonzeroBitCount
    return Merge(
      flight: flight, devices: devices, index: index, old: entry, kept: keepsOwn ? own : base,
      carried: keepsOwn ? entry.baseMask & ~entry.ownMask : entry.ownMask)
  }
}

extension EngineCore {
  /// The first index from `start` on whose entry holds two chunks.
  func nextOverlay(_ id: ImageID, _ start: UInt64) throws(CoreSignal) -> UInt64? {
    let image = try image(id).record
    if image.overlays == 0 { return nil }
    let end = promise(image)
    var index = start
    while index < end {
      let slot = try leaf(of: image, index)
      if slot < 0 {
        let extents = try extents(
          id, index * ChunkGeometry.chunkBytes,
          image.length - index * ChunkGeometry.chunkBytes, limit: 1)
        guard let hole = extents.first, !hole.isAllocated else { return nil }
        index += max(1, hole.count / ChunkGeometry.chunkBytes)
        continue
      }
      repeat {
        let entry = entry(slot, Self.place(index, level: 0))
        if entry.hasTwo { return index }
        index += 1
      } while index < end && Self.place(index, level: 0) != 0
    }
    return nil
  }

  /// Replaces an overlay by its merged chunk, unless it has changed meanwhile.
  func publishMerge(
    _ id: ImageID, _ index: UInt64, old: MapEntry, kept: ChunkAddress
  ) throws(CoreSignal) -> Bool {
    let state = try image(id)
    let slot = try ownedLeaf(state, index)
    let place = Self.place(index, level: 0)
    guard entry(slot, place).sharesAll(with: old), let own = old.own, let base = old.base else {
      return false
    }
    _ = try self.place(ofChunk: own)
    _ = try self.place(ofChunk: base)
    let new = MapEntry(own: kept, ownMask: old.mask, exclusive: false)
    try perform(
      .entry(
        id, page: PageNumber(cache.slots[slot].key), slot: UInt16(place), own: new.ownWord,
        base: new.baseWord, allocates: false))
    return true
  }
}
