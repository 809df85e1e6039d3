import SedaiBytes
import SedaiFormat

/// The effect of each record, the same in the running engine and in recovery.
///
/// A record either applies whole, or signals what is missing before it has changed
/// anything.
extension EngineCore {
  func apply(_ record: JournalRecord) throws(CoreSignal) {
    switch record {
    case .pageImage: break
    case .pageNew(let page, let level, let index, let epoch, let image):
      try applyNew(page, level: level, index: index, epoch: epoch, image: image)
    case .pageCopy(let from, let to, let epoch): try applyCopy(from, to, epoch)
    case .pageOwn(let page, let epoch): try applyOwn(page, epoch)
    case .child(let parent, let slot, let child): try applyChild(parent, Int(slot), child)
    case .root(let id, let page, let height, let replaces):
      let image = try image(id)
      let old = image.record.root
      if replaces, old != .none { try losePage(old) }
      image.record.root = page
      image.record.height = height
    case .entry(let image, let page, let slot, let own, let base, let allocates):
      try applyEntry(image, page, Int(slot), MapEntry(own: own, base: base), allocates)
    case .clear(let image, let page, let from, let to):
      try applyClear(image, page, Int(from)..<max(Int(from), Int(to)), mask: .max)
    case .clearBlocks(let image, let page, let slot, let mask):
      try applyClear(image, page, Int(slot)..<Int(slot) + 1, mask: mask)
    case .release(let page): try applyRelease(page)
    case .segment(let index, let purpose): try applySegment(index, purpose)
    case .create, .derive, .restore, .delete, .resize, .atHome: try applyToImages(record)
    case .pool, .removePool, .reserve, .staging, .poisoned: try applyToPools(record)
    case .move(let page, let slot, let from, let to):
      try applyMove(page, Int(slot), from, to)
    case .put(let key, let value): catalogue[key] = value
    case .remove(let key): catalogue[key] = nil
    }
  }

  private func mapPage(_ page: PageNumber) throws(CoreSignal) -> Int {
    try cache.need(PageKey.map(page))
  }

  /// A slot for a page that begins to exist.
  private func freshSlot(_ page: PageNumber) throws(CoreSignal) -> Int {
    let found = cache.find(PageKey.map(page))
    let slot = found >= 0 ? found : try cache.add(PageKey.map(page))
    cache.willChange(slot)
    cache.setLogged(slot, in: interval)
    return slot
  }

  private func applyNew(
    _ page: PageNumber, level: UInt8, index: UInt64, epoch: UInt64, image: ImageID
  ) throws(CoreSignal) {
    let state = try self.image(image)
    // From here on nothing is evicted: what is looked up stays until the record has applied.
    try cache.ensureRoom()
    _ = try place(ofPage: page)
    let slot = try freshSlot(page)
    try claimPage(page)
    cache.arena.clear(slot)
    cache.arena.store64(
      MapPageLayout.head(kind: MapPageLayout.mapKind, level: level), slot, at: 0)
    cache.arena.store64(epoch, slot, at: MapPageLayout.epochOffset)
    cache.arena.store64(index, slot, at: MapPageLayout.indexOffset)
    state.record.pages += 1
    if state.record.role == .live { livePages += 1 }
  }

  private func applyCopy(
    _ from: PageNumber, _ to: PageNumber, _ epoch: UInt64
  ) throws(CoreSignal) {
    // From here on nothing is evicted: what is looked up stays until the record has applied.
    try cache.ensureRoom()
    let source = try mapPage(from)
    _ = try place(ofPage: to)
    let isLeaf = level(source) == 0
    for place in 0..<MapPageLayout.entries {
      if isLeaf {
        let entry = entry(source, place)
        if let own = entry.own { _ = try self.place(ofChunk: own) }
        if let base = entry.base { _ = try self.place(ofChunk: base) }
      } else {
        let page = child(source, place)
        if page != .none { _ = try self.place(ofPage: page) }
      }
    }
    let slot = try freshSlot(to)
    try claimPage(to)
    cache.arena.copy(source, to: slot)
    cache.arena.store64(epoch, slot, at: MapPageLayout.epochOffset)
    for place in 0..<MapPageLayout.entries {
      if isLeaf {
        let entry = entry(slot, place)
        if entry.isEmpty { continue }
        if let own = entry.own { try gain(self.place(ofChunk: own)) }
        if let base = entry.base { try gain(self.place(ofChunk: base)) }
        setEntry(slot, place, entry.shared)
      } else {
        let page = child(slot, place)
        if page != .none { try gain(self.place(ofPage: page)) }
      }
    }
  }

  private func applyOwn(_ page: PageNumber, _ epoch: UInt64) throws(CoreSignal) {
    let slot = try mapPage(page)
    willChangeMapPage(slot)
    cache.arena.store64(epoch, slot, at: MapPageLayout.epochOffset)
    guard level(slot) == 0 else { return }
    for place in 0..<MapPageLayout.entries {
      let entry = entry(slot, place)
      if entry.isExclusive { setEntry(slot, place, entry.shared) }
    }
  }

  private func applyChild(
    _ parent: PageNumber, _ place: Int, _ new: PageNumber
  ) throws(CoreSignal) {
    let slot = try mapPage(parent)
    let old = child(slot, place)
    if old != .none { _ = try self.place(ofPage: old) }
    willChangeMapPage(slot)
    cache.arena.store64(new.rawValue, slot, at: MapPageLayout.entryOffset(place))
    if old != .none { try losePage(old) }
  }

  private func applyEntry(
    _ id: ImageID, _ page: PageNumber, _ place: Int, _ new: MapEntry, _ allocates: Bool
  ) throws(CoreSignal) {
    let image = try image(id)
    let pool = try pool(image.record.pool)
    let slot = try mapPage(page)
    let old = entry(slot, place)
    let lost = [old.own, old.base].compactMap { $0 }.filter { $0 != new.own && $0 != new.base }
    for chunk in lost { _ = try self.place(ofChunk: chunk) }
    if allocates, let own = new.own { try claimChunk(own) }
    willChangeMapPage(slot)
    setEntry(slot, place, new)
    for chunk in lost { try loseChunk(chunk, by: pool) }
    tally(image, pool, from: old, to: new)
    pool.lastRecord = log.position.rawValue
  }

  private func tally(
    _ image: ImageState, _ pool: PoolState, from old: MapEntry, to new: MapEntry
  ) {
    if old.isEmpty != new.isEmpty {
      if new.isEmpty { image.record.mapped -= 1 } else { image.record.mapped += 1 }
      if image.record.role == .live {
        if new.isEmpty { pool.liveMapped -= 1 } else { pool.liveMapped += 1 }
      }
    }
    if old.hasTwo != new.hasTwo {
      if new.hasTwo { image.record.overlays += 1 } else { image.record.overlays -= 1 }
      if image.record.role == .live {
        if new.hasTwo { pool.liveOverlays += 1 } else { pool.liveOverlays -= 1 }
      }
    }
  }

  private func applyClear(
    _ id: ImageID, _ page: PageNumber, _ places: Range<Int>, mask: UInt16
  ) throws(CoreSignal) {
    let image = try image(id)
    let pool = try pool(image.record.pool)
    let slot = try mapPage(page)
    for place in places {
      let entry = entry(slot, place)
      if let own = entry.own { _ = try self.place(ofChunk: own) }
      if let base = entry.base { _ = try self.place(ofChunk: base) }
    }
    willChangeMapPage(slot)
    for place in places {
      let old = entry(slot, place)
      if old.isEmpty { continue }
      let new = old.clearing(mask)
      if new == old { continue }
      setEntry(slot, place, new)
      for chunk in [old.own, old.base].compactMap({ $0 })
      where chunk != new.own && chunk != new.base {
        try loseChunk(chunk)
      }
      tally(image, pool, from: old, to: new)
    }
  }

  /// Whoever shares the leaf sees the same content as before. After a power cut the entry may
  /// be without a write that was lost, and refer to less.
  private func applyMove(
    _ page: PageNumber, _ place: Int, _ from: ChunkAddress, _ to: ChunkAddress
  ) throws(CoreSignal) {
    let slot = try mapPage(page)
    guard let new = entry(slot, place).replacing(from, by: to) else { return }
    _ = try self.place(ofChunk: from)
    let target = try self.place(ofChunk: to)
    willChangeMapPage(slot)
    setEntry(slot, place, new)
    let value = count(target)
    if value == 0 || value == CountSpace.Special.reserved {
      try claimChunk(to)
    } else {
      try gain(target)
    }
    try loseChunk(from)
  }

  private func applyRelease(_ page: PageNumber) throws(CoreSignal) {
    guard releasing.last == page else {
      throw .failed(.damaged("released page \(page.rawValue) is not the next to release"))
    }
    if count(try place(ofPage: page)) > 1 {
      try losePage(page)
      releasing.removeLast()
      return
    }
    let slot = try mapPage(page)
    let isLeaf = level(slot) == 0
    var pages: [PageNumber] = []
    var chunks: [ChunkAddress] = []
    for place in 0..<MapPageLayout.entries {
      if isLeaf {
        let entry = entry(slot, place)
        if let own = entry.own { chunks.append(own) }
        if let base = entry.base { chunks.append(base) }
      } else if child(slot, place) != .none {
        pages.append(child(slot, place))
      }
    }
    for chunk in chunks { _ = try place(ofChunk: chunk) }
    try losePage(page)
    releasing.removeLast()
    releasing += pages
    for chunk in chunks { try loseChunk(chunk) }
  }

  private func applySegment(
    _ index: UInt64, _ purpose: SegmentPurpose
  ) throws(CoreSignal) {
    guard index == UInt64(segments.count) else {
      throw .failed(.damaged("segment \(index) added after \(segments.count)"))
    }
    if case .counts(let id, _) = purpose { try pool(id).countSegments.append(index) }
    segments.append(purpose)
    let free = purpose == .mapPages ? UInt16(pagesPerSegment) : 0
    map.free.append(free)
    map.hidden.append(0)
    map.homes.append(.none)
    map.total += UInt64(free)
  }
}
