public import SedaiBytes
public import SedaiFormat
import SedaiMonitor

/// Making one chunk of what an index holds.
extension Engine {
  /// An entry whose content is to lie in one chunk.
  struct Gathering {
    var flight: Int
    var pools: ReachedPools
    var index: UInt64
    var old: MapEntry
    var kept: ChunkAddress
    /// Blocks to copy into the chunk that is kept.
    var carried: UInt16
    /// The chunk is a new one.
    var allocates = false
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
      let plan = try run { (core) throws(CoreSignal) -> Gathering? in
        try core.planMerge(image, found)
      }
      if let plan, try perform(plan, on: image) { merged += 1 }
    }
    return MergeProgress(merged: merged, next: ChunkIndex(index))
  }

  /// False if the entry has changed meanwhile.
  func perform(_ plan: Gathering, on image: ImageID) throws(EngineError) -> Bool {
    defer { end(plan.flight) }
    do throws(DeviceError) {
      let place = try plan.pools.locate(plan.kept)
      try carry(plan.pools, place, plan.old, plan.carried)
    } catch { throw .device(error) }
    return try run { (core) throws(CoreSignal) in try core.publish(plan, on: image) }
  }
}

extension EngineCore {
  /// The pool that an image's data calls go to, and its devices.
  func pools(of state: ImageState) throws(CoreSignal) -> (PoolState, ReachedPools) {
    let pool = try pool(state.record.pool)
    if pool.condition == .poisoned { throw .failed(.poolPoisoned(pool.id)) }
    guard let devices = pool.devices else { throw .failed(.poolMissing(pool.id)) }
    return (pool, ReachedPools(home: pool.id, devices))
  }

  fileprivate func planMerge(
    _ image: ImageID, _ index: UInt64
  ) throws(CoreSignal) -> Engine.Gathering? {
    let state = try imageForData(image)
    let (pool, reached) = try pools(of: state)
    try ensureRoom()
    let found = try leaf(of: state.record, index)
    guard found >= 0 else { return nil }
    let place = EngineCore.place(index, level: 0)
    var entry = entry(found, place)
    guard let own = entry.own, let base = entry.base, own.pool == pool.id, base.pool == pool.id,
      try isExclusive(own), try isExclusive(base)
    else { return nil }
    let slot = try ownedLeaf(state, index)
    entry = self.entry(slot, place)
    // Taking the leaf over may have found it shared: then so are its chunks.
    guard try isExclusive(own), try isExclusive(base) else { return nil }
    if flights.conflict(image, index, .exclusiveWrite) { throw .wait }
    let flight = try flights.begin(image, index, .exclusiveWrite, pool: pool.id)
    let keepsOwn = entry.ownMask.nonzeroBitCount >= entry.baseMask.nonzeroBitCount
    return Engine.Gathering(
      flight: flight, pools: reached, index: index, old: entry, kept: keepsOwn ? own : base,
      carried: keepsOwn ? entry.baseMask & ~entry.ownMask : entry.ownMask)
  }

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

  /// Replaces an entry by the chunk that holds all of it now, unless it has changed meanwhile.
  fileprivate func publish(
    _ plan: Engine.Gathering, on id: ImageID
  ) throws(CoreSignal) -> Bool {
    let state = try image(id)
    let slot = try ownedLeaf(state, plan.index)
    let place = Self.place(plan.index, level: 0)
    let now = entry(slot, place)
    guard now.sharesAll(with: plan.old) else { return false }
    for chunk in [plan.old.own, plan.old.base].compactMap({ $0 }) {
      _ = try self.place(ofChunk: chunk)
    }
    if plan.allocates { _ = try self.place(ofChunk: plan.kept) }
    let new = MapEntry(
      own: plan.kept, ownMask: plan.old.mask,
      exclusive: plan.allocates || now.isExclusive && now.own == plan.kept)
    try perform(
      .entry(
        id, page: PageNumber(cache.slots[slot].key), slot: UInt16(place), own: new.ownWord,
        base: new.baseWord, allocates: plan.allocates))
    return true
  }
}
