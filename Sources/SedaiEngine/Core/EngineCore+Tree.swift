import SedaiBytes
import SedaiFormat

/// The way from an image's root to the leaf of an index.
extension EngineCore {
  @inline(__always) func entry(_ slot: Int, _ place: Int) -> MapEntry {
    let offset = MapPageLayout.entryOffset(place)
    return MapEntry(
      own: cache.arena.load64(slot, at: offset), base: cache.arena.load64(slot, at: offset + 8))
  }

  @inline(__always) func setEntry(_ slot: Int, _ place: Int, _ entry: MapEntry) {
    let offset = MapPageLayout.entryOffset(place)
    cache.arena.store64(entry.ownWord, slot, at: offset)
    cache.arena.store64(entry.baseWord, slot, at: offset + 8)
  }

  @inline(__always) func child(_ slot: Int, _ place: Int) -> PageNumber {
    PageNumber(cache.arena.load64(slot, at: MapPageLayout.entryOffset(place)))
  }

  @inline(__always) func epoch(_ slot: Int) -> UInt64 {
    cache.arena.load64(slot, at: MapPageLayout.epochOffset)
  }

  @inline(__always) func level(_ slot: Int) -> Int {
    Int(truncatingIfNeeded: cache.arena.load64(slot, at: 0) >> 40 & 255)
  }

  /// Which entry of a page of `level` leads to chunk `index`.
  @inline(__always) static func place(_ index: UInt64, level: Int) -> Int {
    let entries = UInt64(MapPageLayout.entries)
    switch level {
    case 0: return Int(index % entries)
    case 1: return Int(index / entries % entries)
    default:
      var rest = index
      for _ in 0..<level { rest /= entries }
      return Int(rest % entries)
    }
  }

  /// Whether all that a map page refers to exists. Checked when it is read: whatever a
  /// medium holds, nothing outside pools and segments is ever looked at.
  func isPlausible(_ bytes: [UInt8]) -> Bool {
    let isLeaf = bytes[5] == 0
    for place in 0..<MapPageLayout.entries {
      let offset = MapPageLayout.entryOffset(place)
      let first = bytes.load64(at: offset)
      let second = bytes.load64(at: offset + 8)
      if first == 0 && second == 0 { continue }
      if isLeaf {
        let entry = MapEntry(own: first, base: second)
        for chunk in [entry.own, entry.base] {
          guard let chunk else { continue }
          guard let pool = pools[chunk.pool], chunk.index < pool.space.total else { return false }
        }
      } else {
        let segment = first / segmentBlocks
        let block = first % segmentBlocks
        guard block >= 2, block - 2 < UInt64(pagesPerSegment), segment < UInt64(segments.count),
          segments[Int(segment)] == .mapPages
        else { return false }
      }
    }
    return true
  }

  /// The slot of the leaf that holds `index`, or -1: nothing there, zeroes.
  @inline(__always) func leaf(
    of image: ArrayState.Image, _ index: UInt64
  ) throws(CoreSignal) -> Int {
    var page = image.root
    if page == .none { return -1 }
    var level = Int(image.height) - 1
    if index >= MapPageLayout.span(level: level) { return -1 }
    while true {
      let slot = try cache.need(PageKey.map(page))
      guard self.level(slot) == level else {
        throw .failed(.damaged("map page \(page.rawValue) is of another level of its tree"))
      }
      if level == 0 { return slot }
      page = child(slot, Self.place(index, level: level))
      if page == .none { return -1 }
      level -= 1
    }
  }

  /// The leaf of `index`, owned by the image's present epoch: made, taken over or copied,
  /// with all pages above it, if it is not.
  ///
  /// Each step down is a complete change by itself, so a signal half way loses nothing. A
  /// step first makes room for the page it may add, then looks up all that it needs: from
  /// then on nothing is evicted, and its records apply.
  func ownedLeaf(_ state: ImageState, _ index: UInt64) throws(CoreSignal) -> Int {
    let found = try leaf(of: state.record, index)
    if found >= 0, epoch(found) == state.record.epoch { return found }
    try ownRoot(state, index)
    var page = state.record.root
    var level = Int(state.record.height) - 1
    while level > 0 {
      page = try ownChild(state, parent: page, index, level: level)
      level -= 1
    }
    return try cache.need(PageKey.map(page))
  }

  private func ownRoot(_ state: ImageState, _ index: UInt64) throws(CoreSignal) {
    let id = state.record.id
    let epoch = state.record.epoch
    try cache.ensureRoom()
    if state.record.root == .none {
      let chunks = ChunkGeometry.chunks(covering: ByteCount(state.record.length))
      let height = MapPageLayout.height(chunks: max(chunks, index + 1))
      let page = try newPage(for: state)
      try perform(
        .pageNew(page, level: UInt8(height - 1), index: 0, epoch: epoch, image: id))
      try perform(.root(id, page, height: UInt8(height), replaces: true))
      return
    }
    while index >= MapPageLayout.span(level: Int(state.record.height) - 1) {
      let height = state.record.height
      let page = try newPage(for: state)
      let old = state.record.root
      try perform(.pageNew(page, level: height, index: 0, epoch: epoch, image: id))
      try perform(.child(parent: page, slot: 0, child: old))
      try perform(.root(id, page, height: height + 1, replaces: false))
      try cache.ensureRoom()
    }
    let root = state.record.root
    let slot = try cache.need(PageKey.map(root))
    if self.epoch(slot) == epoch { return }
    if count(try place(ofPage: root)) == 1 {
      try ensureRoom()
      try perform(.pageOwn(root, epoch: epoch))
    } else {
      let page = try copyTarget(of: slot, for: state)
      try perform(.pageCopy(from: root, to: page, epoch: epoch))
      try perform(.root(id, page, height: state.record.height, replaces: true))
    }
  }

  /// Makes the child of an owned page on the way to `index` owned; returns it.
  private func ownChild(
    _ state: ImageState, parent parentPage: PageNumber, _ index: UInt64, level: Int
  ) throws(CoreSignal) -> PageNumber {
    let epoch = state.record.epoch
    let place = Self.place(index, level: level)
    try cache.ensureRoom()
    let page = child(try cache.need(PageKey.map(parentPage)), place)
    if page == .none {
      let new = try newPage(for: state)
      let first = index / MapPageLayout.span(level: level - 1)
      try perform(
        .pageNew(new, level: UInt8(level - 1), index: first, epoch: epoch, image: state.record.id))
      try perform(.child(parent: parentPage, slot: UInt16(place), child: new))
      return new
    }
    let slot = try cache.need(PageKey.map(page))
    if self.epoch(slot) == epoch { return page }
    let pageCount = count(try self.place(ofPage: page))
    if pageCount == 1 {
      try ensureRoom()
      try perform(.pageOwn(page, epoch: epoch))
      return page
    }
    let copy = try copyTarget(of: slot, for: state)
    try perform(.pageCopy(from: page, to: copy, epoch: epoch))
    try perform(.child(parent: parentPage, slot: UInt16(place), child: copy))
    return copy
  }

  /// A page that may be made now: cache, journal, quota and counts have room for it.
  private func newPage(for state: ImageState) throws(CoreSignal) -> PageNumber {
    try ensureRoom()
    if state.record.role != .live { try ensureGenerationPage(state.record.pool) }
    return try freePage()
  }

  /// Like ``newPage(for:)``, for a copy of the page in `slot`: the counts of all that it
  /// refers to are there too.
  private func copyTarget(of slot: Int, for state: ImageState) throws(CoreSignal) -> PageNumber {
    try ensureRoom()
    try ensureGenerationPage(state.record.pool)
    var missing: [UInt64] = []
    try forEachReference(slot) { (key: UInt64) in
      if cache.find(key) < 0, missing.last != key { missing.append(key) }
    }
    if !missing.isEmpty { throw .load(missing) }
    return try freePage()
  }

  /// Calls `body` with the key of the count page of everything that a map page refers to.
  private func forEachReference(
    _ slot: Int, _ body: (UInt64) -> Void
  ) throws(CoreSignal) {
    let isLeaf = level(slot) == 0
    for place in 0..<MapPageLayout.entries {
      if isLeaf {
        let entry = entry(slot, place)
        if let own = entry.own { body(countKey(own)) }
        if let base = entry.base { body(countKey(base)) }
      } else {
        let page = child(slot, place)
        if page != .none {
          body(PageKey.counts(.map, Int(page.rawValue / segmentBlocks)))
        }
      }
    }
  }

  func countKey(_ chunk: ChunkAddress) -> UInt64 {
    PageKey.counts(.pool(chunk.pool), Int(chunk.index) / MapPageLayout.counts)
  }
}
