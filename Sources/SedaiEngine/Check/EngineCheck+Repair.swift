public import SedaiBytes
public import SedaiFormat
import SedaiMonitor

extension EngineCheck {
  /// Writes counts and sums as the trees have them, in memory.
  func rebuild(_ engine: Engine, _ walk: TreeWalk, _ sums: [ImageID: TreeWalk.Sums])
    throws(EngineError)
  {
    let keys = engine.core.withLock { core -> [UInt64] in
      let map = core.segments.indices.filter { core.segments[$0] == .mapPages }
        .map { PageKey.counts(.map, $0) }
      return map
        + core.pools.values.sorted { $0.id < $1.id }.flatMap { pool in
          pool.space.free.indices.map { PageKey.counts(.pool(pool.id), $0) }
        }
    }
    for key in keys {
      try engine.run { (core) throws(CoreSignal) in
        try core.rebuildCounts(key, pages: walk.pages, chunks: walk.chunks[key])
      }
    }
    engine.core.withLock { $0.rebuildSums(sums) }
  }
}

extension EngineCore {
  /// Makes one count page say what the trees hold.
  fileprivate func rebuildCounts(
    _ key: UInt64, pages: [PageNumber: UInt32], chunks: [UInt32]?
  ) throws(CoreSignal) {
    let slot = try cache.need(key)
    if damagedCounts.contains(key) { cache.willChange(slot) }
    func expected(_ place: Int) -> UInt32 {
      switch PageKey.meaning(key) {
      case .counts(.map, let segment):
        pages[PageNumber(UInt64(segment) * segmentBlocks + UInt64(place) + 2)] ?? 0
      case .counts(.pool, _), .map: chunks?[place] ?? 0
      }
    }
    var zeroes: UInt16 = 0
    let most = countedThings(key)
    for place in 0..<most {
      let offset = MapPageLayout.countOffset(place)
      let value = cache.arena.load32(slot, at: offset)
      let wanted = expected(place)
      // What recovery freed is free at home already; it stays hidden until then.
      if value >= CountSpace.Special.first, wanted == 0 { continue }
      if wanted == 0 { zeroes += 1 }
      if value == wanted { continue }
      cache.willChange(slot)
      cache.arena.store32(wanted, slot, at: offset)
    }
    switch PageKey.meaning(key) {
    case .counts(.map, let segment): map.free[segment] = zeroes
    case .counts(.pool(let id), let page): pools[id]?.space.free[page] = zeroes
    case .map: break
    }
  }

  private func countedThings(_ key: UInt64) -> Int {
    switch PageKey.meaning(key) {
    case .counts(.map, _): return pagesPerSegment
    case .counts(.pool(let id), let page):
      let total = pools[id]?.space.total ?? 0
      return Int(min(total - UInt64(page * MapPageLayout.counts), UInt64(MapPageLayout.counts)))
    case .map: return 0
    }
  }

  /// Makes the sums kept beside the trees say what these hold.
  fileprivate func rebuildSums(_ sums: [ImageID: TreeWalk.Sums]) {
    livePages = 0
    for pool in pools.values {
      pool.liveMapped = 0
      pool.liveOverlays = 0
      pool.promised = 0
      pool.space.allocated = pool.space.total - pool.space.free.reduce(0) { $0 + UInt64($1) }
    }
    map.allocated = map.total - map.free.reduce(0) { $0 + UInt64($1) }
    for (id, image) in images {
      if let found = sums[id] {
        image.record.mapped = found.mapped
        image.record.overlays = found.overlays
        image.record.pages = found.pages
      }
      if let pool = pools[image.record.pool] { account(image.record, in: pool) }
    }
  }
}

/// What `sedai-check --dump` prints of an image's map.
public struct DumpedEntry: Sendable, Equatable {
  public let index: ChunkIndex
  public let own: UInt64?
  public let ownMask: UInt16
  public let base: UInt64?
  public let baseMask: UInt16
}

extension EngineCheck {
  /// All images, by number.
  public func images() -> [ImageFacts] { engine.images() }

  /// The array's own records, by key.
  public func catalogue() -> [(key: [UInt8], value: [UInt8])] { engine.catalogue() }

  /// Pools and their capacity.
  public func pools() -> [PoolCapacity] { engine.pools() }

  /// Calls `body` with every index of an image that holds anything, in order.
  /// - Complexity: O(leaves of the image)
  public func map(of image: ImageID, _ body: (DumpedEntry) -> Void) throws(EngineError) {
    let end = try engine.run { (core) throws(CoreSignal) in
      core.promise(try core.image(image).record)
    }
    var index: UInt64 = 0
    while index < end {
      let (entries, next) = try leaf(of: image, at: index, end: end)
      for entry in entries { body(entry) }
      index = next
    }
  }

  private func leaf(
    of image: ImageID, at index: UInt64, end: UInt64
  ) throws(EngineError) -> (entries: [DumpedEntry], next: UInt64) {
    try engine.run { (core) throws(CoreSignal) in
      let record = try core.image(image).record
      let first = index / UInt64(MapPageLayout.entries) * UInt64(MapPageLayout.entries)
      let next = first + UInt64(MapPageLayout.entries)
      let slot = try core.leaf(of: record, index)
      guard slot >= 0 else {
        let hole = try core.extents(
          image, index * ChunkGeometry.chunkBytes,
          record.length - index * ChunkGeometry.chunkBytes, limit: 1)
        let count = (hole.first?.count ?? 0) / ChunkGeometry.chunkBytes
        return ([], index + max(1, count))
      }
      let entries = (Int(index - first)..<MapPageLayout.entries).compactMap {
        place -> DumpedEntry? in
        let entry = core.entry(slot, place)
        return entry.isEmpty
          ? nil
          : DumpedEntry(
            index: ChunkIndex(first + UInt64(place)), own: entry.own?.index,
            ownMask: entry.ownMask, base: entry.base?.index, baseMask: entry.baseMask)
      }
      return (entries, next)
    }
  }
}
