import SedaiBytes
import SedaiFormat

/// Where an image's chunks lie, for one read; its flight keeps them from being reused.
struct ReadPlan {
  var flight: Int
  var pools: ReachedPools
  var entries: InlineArray<16, MapEntry>
  var count: Int
}

/// What a write of one chunk has to do before it can be published.
enum WritePlan {
  /// Bytes go over bytes; nothing to publish.
  case inPlace(ChunkAddress)
  /// Whole blocks go into a chunk that has no content there yet.
  case fill(ChunkAddress, old: MapEntry)
  /// Whole blocks go into a new chunk, together with the blocks `carried` of the old entry.
  case redirect(ChunkAddress, old: MapEntry, carried: UInt16)
}

struct PlannedWrite {
  var flight: Int
  var pools: ReachedPools
  var plan: WritePlan
}

/// The blocks of one chunk that a call touches.
struct BlockSpan {
  /// Bytes of the chunk, 0…65536.
  var from: Int
  var to: Int

  var first: Int { from / Int(ChunkGeometry.blockBytes) }
  var last: Int { (to - 1) / Int(ChunkGeometry.blockBytes) }
  var isWholeBlocks: Bool {
    from % Int(ChunkGeometry.blockBytes) == 0 && to % Int(ChunkGeometry.blockBytes) == 0
  }
  /// Blocks touched at all.
  var mask: UInt16 { Self.mask(first, last) }
  /// Blocks covered from end to end.
  var wholeMask: UInt16 {
    let block = Int(ChunkGeometry.blockBytes)
    let start = (from + block - 1) / block
    let end = to / block
    return start < end ? Self.mask(start, end - 1) : 0
  }

  static func mask(_ first: Int, _ last: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: ((1 << (last + 1)) - 1) & ~((1 << first) - 1))
  }
}

extension EngineCore {
  func check(_ image: ArrayState.Image, _ offset: UInt64, _ count: UInt64) throws(CoreSignal) {
    guard offset <= image.length, count <= image.length - offset else {
      throw .failed(.outOfRange)
    }
  }

  private func home(
    _ image: ArrayState.Image
  ) throws(CoreSignal) -> (pool: PoolState, reached: ReachedPools) {
    let pool = try pool(image.pool)
    guard let devices = pool.devices else { throw .failed(.poolMissing(pool.id)) }
    return (pool, ReachedPools(home: pool.id, devices))
  }

  /// What a failed flush may have lost is shown to nobody.
  private func checkShown(_ entry: MapEntry, _ leaf: Int) throws(CoreSignal) {
    guard cache.isUnsaved(leaf) else { return }
    for chunk in [entry.own, entry.base].compactMap({ $0 }) {
      if pools[chunk.pool]?.condition == .poisoned { throw .failed(.poolPoisoned(chunk.pool)) }
    }
  }

  /// Looks up at most 16 chunks from the one that `offset` lies in.
  func planRead(_ id: ImageID, _ offset: UInt64, _ count: UInt64) throws(CoreSignal) -> ReadPlan {
    let state = try imageForData(id)
    try check(state.record, offset, count)
    let (pool, devices) = try home(state.record)
    var reached = devices
    let first = offset / ChunkGeometry.chunkBytes
    let last = (offset + count - 1) / ChunkGeometry.chunkBytes
    let chunks = Int(min(last - first + 1, UInt64(EngineLimits.chunksPerPlan)))
    var entries = InlineArray<16, MapEntry>(repeating: .empty)
    var leafSlot = -1
    for step in 0..<chunks {
      let index = first + UInt64(step)
      let place = Self.place(index, level: 0)
      if step == 0 || place == 0 {
        leafSlot = try leaf(of: state.record, index)
        if pool.condition == .poisoned, leafSlot >= 0, cache.isUnsaved(leafSlot) {
          throw .failed(.poolPoisoned(pool.id))
        }
      }
      guard leafSlot >= 0 else { continue }
      entries[step] = entry(leafSlot, place)
      if state.record.isApart || entries[step].reaches(beyond: pool.id) {
        try checkShown(entries[step], leafSlot)
        reached.add(entries[step], of: self)
      }
    }
    let flight = try flights.begin(id, first, .read, pool: pool.id)
    return ReadPlan(flight: flight, pools: reached, entries: entries, count: chunks)
  }

  /// Decides how the bytes `span` of chunk `index` can be written.
  func planWrite(
    _ id: ImageID, _ index: UInt64, _ span: BlockSpan, mayMerge: Bool
  ) throws(CoreSignal) -> PlannedWrite {
    let state = try imageForData(id)
    try check(
      state.record, index * ChunkGeometry.chunkBytes + UInt64(span.from),
      UInt64(span.to - span.from))
    let (pool, devices) = try home(state.record)
    var reached = devices
    if pool.condition == .poisoned { throw .failed(.poolPoisoned(pool.id)) }
    let slot = try ownedLeaf(state, index)
    let old = entry(slot, Self.place(index, level: 0))
    if state.record.isApart || old.reaches(beyond: pool.id) {
      try checkShown(old, slot)
      reached.add(old, of: self)
    }
    let pools = reached
    func planned(
      _ plan: WritePlan, _ kind: Flights.Kind, overlay: ChunkAddress? = nil
    ) throws(CoreSignal) -> PlannedWrite {
      if kind == .exclusiveWrite, !mayMerge { throw .wait }
      if flights.conflict(id, index, kind) { throw .wait }
      let flight = try flights.begin(id, index, kind, pool: pool.id, overlay: overlay)
      return PlannedWrite(flight: flight, pools: pools, plan: plan)
    }

    let own = old.own
    let isOwned: Bool
    // What lies in another pool is on its way here: nothing is written there.
    if let own, own.pool == pool.id {
      isOwned = old.isExclusive ? true : try isExclusive(own)
    } else {
      isOwned = false
    }
    if let own, isOwned {
      if span.mask & ~old.ownMask == 0 { return try planned(.inPlace(own), .write) }
      try ensureRoom()
      return try planned(
        .fill(own, old: old), span.isWholeBlocks ? .write : .exclusiveWrite)
    }
    try ensureRoom()
    let isLive = state.record.role == .live
    let carried = Self.carried(old, written: span.mask, mayStack: !isLive || pool.takesOverlay)
    let kind: Flights.Kind =
      span.isWholeBlocks && carried == 0 ? .write : .exclusiveWrite
    if kind == .exclusiveWrite, !mayMerge { throw .wait }
    if flights.conflict(id, index, kind) { throw .wait }
    if kind == .write, let shared = flights.overlay(id, index) {
      return try planned(.redirect(shared, old: old, carried: 0), .write, overlay: shared)
    }
    if !isLive || !old.isEmpty, !pool.reserveTakes(1) {
      // What this image was the last but one to hold becomes its own with the next flush.
      if let own, own.pool == pool.id, try count(self.place(ofChunk: own)) == 1 {
        throw .cover(pool.id)
      }
      throw reserveSignal(pool)
    }
    let chunk = try reserveChunk(pool)
    do throws(CoreSignal) {
      return try planned(.redirect(chunk, old: old, carried: carried), kind, overlay: chunk)
    } catch {
      unreserveChunk(chunk)
      throw error
    }
  }

  /// The reserve is full, unless calls under way have chunks that they may give back.
  func reserveSignal(_ pool: PoolState) -> CoreSignal {
    flights.hasOverlays(in: pool.id) ? .wait : .failed(.reserveFull(pool.id))
  }

  /// Blocks to copy so that what is left of two chunks does not need a third: those of the
  /// side that has fewer, at most 7. Where one chunk may not become two, all that is left.
  static func carried(_ old: MapEntry, written: UInt16, mayStack: Bool) -> UInt16 {
    let own = old.ownMask & ~written
    let base = old.baseMask & ~old.ownMask & ~written
    if !mayStack, !old.hasTwo { return own }
    if own == 0 || base == 0 { return 0 }
    return own.nonzeroBitCount <= base.nonzeroBitCount ? own : base
  }

  /// The data is on the device: makes it the image's content. False if the entry has
  /// changed meanwhile and the write has to be planned again.
  func publish(_ write: PlannedWrite, _ span: BlockSpan) throws(CoreSignal) -> Bool {
    let flight = flights.entries[write.flight]
    if case .inPlace = write.plan { return true }
    let state = try image(flight.image)
    let slot = try ownedLeaf(state, flight.index)
    let place = Self.place(flight.index, level: 0)
    let page = PageNumber(cache.slots[slot].key)
    let now = entry(slot, place)
    let new: MapEntry
    var allocates = false
    switch write.plan {
    case .inPlace: return true
    case .fill(let chunk, let old):
      guard now.own == chunk else { return false }
      // Blocks were completed from what the entry held; a trim may have cleared them since.
      if flight.kind == .exclusiveWrite, !now.sharesAll(with: old) { return false }
      new = filled(now, chunk, span.mask)
    case .redirect(let chunk, let old, let carried):
      if now.own == chunk {
        new = filled(now, chunk, span.mask)
      } else if now.sharesAll(with: old),
        count(try self.place(ofChunk: chunk)) == CountSpace.Special.reserved
      {
        new = redirected(old, chunk, written: span.mask, carried: carried)
        if new.hasTwo, !old.hasTwo, state.record.role == .live,
          try !self.pool(state.record.pool).takesOverlay
        {
          return false
        }
        allocates = true
      } else {
        return false
      }
    }
    if new == now { return true }
    try need(now, new, allocates)
    try perform(
      .entry(
        flight.image, page: page, slot: UInt16(place), own: new.ownWord, base: new.baseWord,
        allocates: allocates))
    return true
  }

  /// The counts that replacing `old` by `new` changes are at hand.
  private func need(
    _ old: MapEntry, _ new: MapEntry, _ allocates: Bool
  ) throws(CoreSignal) {
    if allocates, let own = new.own { _ = try place(ofChunk: own) }
    if let own = old.own { _ = try place(ofChunk: own) }
    if let base = old.base { _ = try place(ofChunk: base) }
  }

  private func filled(_ entry: MapEntry, _ chunk: ChunkAddress, _ mask: UInt16) -> MapEntry {
    MapEntry(
      own: chunk, ownMask: entry.ownMask | mask, exclusive: entry.isExclusive,
      base: entry.base, baseMask: entry.baseMask & ~mask)
  }

  private func redirected(
    _ old: MapEntry, _ chunk: ChunkAddress, written: UInt16, carried: UInt16
  ) -> MapEntry {
    let mask = written | carried
    let own = old.ownMask & ~mask
    if own != 0 {
      return MapEntry(
        own: chunk, ownMask: mask, exclusive: true, base: old.own, baseMask: own)
    }
    return MapEntry(
      own: chunk, ownMask: mask, exclusive: true, base: old.base,
      baseMask: old.baseMask & ~mask)
  }

  /// A data call is over; a chunk it allocated in vain is free again.
  func end(_ place: Int) {
    let flight = flights.entries[place]
    flights.end(place)
    // Counted when the data is on the device, not before: a flush that began meanwhile may
    // have missed it.
    if flight.kind != .read { pools[flight.pool]?.writes += 1 }
    if let overlay = flight.overlay, flights.users(of: overlay) == 0 {
      unreserveChunk(overlay)
    }
    changes &+= 1
  }

  /// Makes whole blocks read as zeroes, in at most one leaf; returns the index after the
  /// last chunk dealt with.
  func trim(
    _ id: ImageID, from offset: UInt64, to end: UInt64
  ) throws(CoreSignal) -> UInt64 {
    let state = try imageForData(id)
    try check(state.record, offset, end - offset)
    let pool = try home(state.record).pool
    if pool.condition == .poisoned { throw .failed(.poolPoisoned(pool.id)) }
    let index = offset / ChunkGeometry.chunkBytes
    let entries = UInt64(MapPageLayout.entries)
    let leafEnd = (index / entries + 1) * entries * ChunkGeometry.chunkBytes
    let stop = min(end, leafEnd)
    let found = try leaf(of: state.record, index)
    if found < 0 { return min(end, try afterHole(state.record, index)) }
    let range = clears(found, from: offset, to: stop)
    if range.isEmpty { return stop }
    try ensureRoom()
    let slot = try ownedLeaf(state, index)
    var emptied: UInt64 = 0
    var freed: UInt64 = 0
    for (place, mask) in range {
      let old = entry(slot, place)
      let new = old.clearing(mask)
      if new.isEmpty { emptied += 1 }
      for chunk in [old.own, old.base].compactMap({ $0 }) {
        let count = count(try self.place(ofChunk: chunk))
        if count == 1, chunk != new.own, chunk != new.base { freed += 1 }
      }
    }
    if state.record.role == .live, emptied > freed, !pool.reserveTakes(emptied - freed) {
      throw reserveSignal(pool)
    }
    let page = PageNumber(cache.slots[slot].key)
    for (place, mask) in range {
      if mask == .max {
        try perform(.clear(id, page: page, from: UInt16(place), to: UInt16(place + 1)))
      } else {
        try perform(.clearBlocks(id, page: page, slot: UInt16(place), mask: mask))
      }
    }
    return stop
  }

  /// Entries of a leaf, with blocks, that the range would change.
  private func clears(
    _ slot: Int, from offset: UInt64, to end: UInt64
  ) -> [(place: Int, mask: UInt16)] {
    var result: [(place: Int, mask: UInt16)] = []
    var at = offset
    while at < end {
      let index = at / ChunkGeometry.chunkBytes
      let next = min(end, (index + 1) * ChunkGeometry.chunkBytes)
      let base = index * ChunkGeometry.chunkBytes
      let span = BlockSpan(from: Int(at - base), to: Int(next - base))
      let place = Self.place(index, level: 0)
      if entry(slot, place).mask & span.wholeMask != 0 {
        result.append((place: place, mask: span.wholeMask))
      }
      at = next
    }
    return result
  }
}
