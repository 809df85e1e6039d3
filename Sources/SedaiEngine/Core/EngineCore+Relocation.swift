import SedaiFormat

/// A chunk that no live image holds and that is to be in another pool.
struct ChunkMove {
  var place: Int
  var from: ChunkAddress
  /// Where it belongs.
  var home: PoolID
  /// Blocks that any entry declares valid.
  var mask: UInt16
  /// Its new place, once reserved.
  var to: ChunkAddress?
}

/// What there is to do among the entries `places` of the leaf position `first`.
struct RelocationStep {
  var first: UInt64
  var places: Range<Int>
  /// Indices that live images had better hold in one chunk of their own pool.
  var gatherings: [(image: ImageID, index: UInt64)] = []
  var moves: [ChunkMove] = []
  /// Chunks that belong elsewhere and that somebody outside of the family holds too.
  var left = 0

  var end: UInt64 { first + UInt64(places.upperBound) }
}

/// Chunks on their way to the pool where they belong: those that a live image holds to that
/// image's, all others to that of the generations.
extension EngineCore {
  /// What the images of a family refer to at one index.
  fileprivate struct Holders {
    var count: UInt32 = 0
    var mask: UInt16 = 0
    var live: [ImageID] = []
    var homes: [PoolID] = []
  }

  /// The next step of a pass, from chunk `start` on; nil at the end.
  ///
  /// - Parameter limit: of gatherings and moves together.
  func nextRelocation(
    _ family: [ImageID], from start: UInt64, limit: Int
  ) throws(CoreSignal) -> RelocationStep? {
    try ensureOpen()
    guard let (first, pages) = try nextFamilyLeaf(family, from: start) else {
      try noteChecked(family, start, .max)
      return nil
    }
    let begin = start > first ? Int(start - first) : 0
    return try relocation(pages, first, begin..<MapPageLayout.entries, limit: limit)
  }

  /// The same places again, after what was found for live images is done.
  func relocation(
    _ family: [ImageID], again step: RelocationStep
  ) throws(CoreSignal) -> RelocationStep {
    try relocation(try familyLeaf(family, at: step.first), step.first, step.places, limit: .max)
  }

  private func relocation(
    _ pages: [FamilyPage], _ first: UInt64, _ places: Range<Int>, limit: Int
  ) throws(CoreSignal) -> RelocationStep {
    var step = RelocationStep(first: first, places: places)
    var slots: [Int] = []
    for page in pages { slots.append(try cache.need(PageKey.map(page.page))) }
    for place in places {
      if step.gatherings.count + step.moves.count >= limit {
        step.places = places.lowerBound..<place
        break
      }
      try look(at: place, pages, slots, &step)
    }
    return step
  }

  private func look(
    at place: Int, _ pages: [FamilyPage], _ slots: [Int], _ step: inout RelocationStep
  ) throws(CoreSignal) {
    let index = step.first + UInt64(place)
    var held: [ChunkAddress: Holders] = [:]
    var order: [ChunkAddress] = []
    for (slot, page) in zip(slots, pages) {
      let entry = entry(slot, place)
      for (chunk, mask) in [(entry.own, entry.ownMask), (entry.base, entry.baseMask)] {
        guard let chunk else { continue }
        if held[chunk] == nil { order.append(chunk) }
        held[chunk, default: Holders()].add(mask, page)
      }
    }
    for (slot, page) in zip(slots, pages) {
      let entry = entry(slot, place)
      for id in page.live where try mustGather(id, entry, held) {
        step.gatherings.append((image: id, index: index))
      }
    }
    for chunk in order {
      guard let holders = held[chunk], holders.live.isEmpty, let home = holders.homes.first,
        !holders.homes.contains(chunk.pool)
      else { continue }
      if try count(self.place(ofChunk: chunk)) != holders.count {
        step.left += 1
      } else if flights.hasWrites(at: index) {
        throw .wait
      } else {
        step.moves.append(
          ChunkMove(place: place, from: chunk, home: home, mask: holders.mask))
      }
    }
  }

  /// Whether a live image holds something outside of its pool, or keeps by its second chunk
  /// what could go to the generations' pool, or come free, otherwise.
  private func mustGather(
    _ id: ImageID, _ entry: MapEntry, _ held: [ChunkAddress: Holders]
  ) throws(CoreSignal) -> Bool {
    let home = try image(id).record.pool
    let chunks = [entry.own, entry.base].compactMap { $0 }
    if chunks.contains(where: { $0.pool != home }) { return true }
    return entry.hasTwo
      && chunks.contains { chunk in
        let homes = held[chunk]?.homes ?? []
        return homes.isEmpty || homes.contains { $0 != home }
      }
  }

  /// Moves that are possible still and take the reserved chunk; false if the chunk is held in
  /// another way than when it was planned. A signal half way loses nothing.
  func publish(
    _ move: ChunkMove, to target: ChunkAddress, at first: UInt64, _ family: [ImageID]
  ) throws(CoreSignal) -> Bool {
    var holders: [PageNumber] = []
    for page in try familyLeaf(family, at: first) {
      let slot = try cache.need(PageKey.map(page.page))
      let entry = entry(slot, move.place)
      guard entry.own == move.from || entry.base == move.from else { continue }
      if !page.live.isEmpty { return false }
      holders.append(page.page)
    }
    guard try count(place(ofChunk: move.from)) == UInt32(holders.count) else { return false }
    for page in holders {
      try ensureRoom()
      try perform(.move(page: page, slot: UInt16(move.place), from: move.from, to: target))
    }
    return try count(place(ofChunk: target)) < CountSpace.Special.first
  }

  /// Takes note that live images hold everything from `start` to `end` in their own pool.
  func noteChecked(_ family: [ImageID], _ start: UInt64, _ end: UInt64) throws(CoreSignal) {
    for id in family {
      guard let image = images[id], image.record.role == .live, image.record.isApart,
        image.checkedTo >= start
      else { continue }
      if try isAtHome(image.record, start, end) { image.checkedTo = max(image.checkedTo, end) }
    }
  }

  /// What lies between the leaf positions that a pass stops at needs no look.
  private func isAtHome(
    _ image: ArrayState.Image, _ start: UInt64, _ end: UInt64
  ) throws(CoreSignal) -> Bool {
    if end == .max { return true }
    let leaf = (end - 1) / UInt64(MapPageLayout.entries) * UInt64(MapPageLayout.entries)
    let slot = try self.leaf(of: image, leaf)
    if slot < 0 { return true }
    for index in max(start, leaf)..<end {
      let entry = entry(slot, Self.place(index, level: 0))
      for chunk in [entry.own, entry.base].compactMap({ $0 }) where chunk.pool != image.pool {
        return false
      }
    }
    return true
  }

  /// A live image that a whole pass has found at home, and that does not say so yet.
  func foundAtHome(_ family: [ImageID]) -> ImageState? {
    for id in family {
      if let image = images[id], image.record.isApart, image.checkedTo == .max { return image }
    }
    return nil
  }
}

extension EngineCore.Holders {
  fileprivate mutating func add(_ blocks: UInt16, _ page: FamilyPage) {
    count += 1
    mask |= blocks
    live += page.live
    for home in page.homes where !homes.contains(home) { homes.append(home) }
  }
}
