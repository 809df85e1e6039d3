import SedaiBytes
import SedaiFormat

/// What is used, and by whom.
extension EngineCore {
  /// Map pages kept for delete and recovery.
  static let fixedPages: UInt64 = 64
  /// Map pages of generations: a share of the reserve's chunks, and some in any case.
  static let pagesPerReserve: UInt64 = 1024
  static let reserveChunksPerPage: UInt64 = 4

  /// How many map pages generations may hold besides live images.
  var generationPageLimit: UInt64 {
    pools.values.reduce(Self.pagesPerReserve) {
      $0 + $1.allowance / Self.reserveChunksPerPage + Self.pagesPerReserve
    }
  }

  var generationPages: UInt64 {
    let counted =
      livePages + UInt64(statePages.count) + UInt64(freedPages.count)
      + UInt64(freedBefore.count)
    return map.allocated > counted ? map.allocated - counted : 0
  }

  func ensureGenerationPage(_ pool: PoolID) throws(CoreSignal) {
    if generationPages >= generationPageLimit { throw .failed(.reserveFull(pool)) }
  }

  /// Map pages that what is promised may need at worst.
  var pagesWanted: UInt64 {
    let live = images.values.reduce(0) {
      $1.record.role == .live ? $0 + MapPageLayout.pages(chunks: promise($1.record)) : $0
    }
    return live + generationPageLimit + Self.fixedPages + 2 * UInt64(statePages.count)
  }

  func capacity(_ pool: PoolState) -> PoolCapacity {
    PoolCapacity(
      pool: pool.id, condition: pool.condition, isSparse: pool.isSparse,
      total: pool.space.total, allocated: pool.space.allocated, promised: pool.promised,
      liveMapped: pool.liveMapped, reserve: pool.reserve, staging: pool.staging,
      awaitingReuse: pool.awaitingCount)
  }

  func facts(_ image: ArrayState.Image) -> ImageFacts {
    ImageFacts(
      id: image.id, role: image.role, pool: image.pool, length: ByteCount(image.length),
      mappedChunks: image.mapped, overlayChunks: image.overlays, mapPages: image.pages,
      isApart: image.isApart)
  }

  /// What would be free if all images of `set` were deleted now.
  ///
  /// Lowers the counts of what the set refers to, in a table beside the real ones, and goes
  /// on below a page only when its last reference is gone.
  func exclusiveSpace(_ set: Set<ImageID>) throws(CoreSignal) -> SpaceUsage {
    var walk = CacheWalk(limit: walkLimit)
    let usage = try exclusiveSpace(set, &walk)
    try complete(walk)
    return usage
  }

  private func exclusiveSpace(
    _ set: Set<ImageID>, _ walk: inout CacheWalk
  ) throws(CoreSignal) -> SpaceUsage {
    var usage = SpaceUsage()
    var lostPages: [PageNumber: UInt32] = [:]
    var lostChunks: [ChunkAddress: (lost: UInt32, mask: UInt16)] = [:]
    var stack: [PageNumber] = []
    for id in set.sorted() {
      let root = try image(id).record.root
      if root != .none { stack.append(root) }
    }
    while let page = stack.popLast() {
      let lost = lostPages[page, default: 0] + 1
      lostPages[page] = lost
      let counts = PageKey.counts(.map, Int(page.rawValue / segmentBlocks))
      guard try walk.slot(of: counts, in: self) >= 0 else {
        if walk.isFull { return usage } else { continue }
      }
      guard count(try place(ofPage: page)) == lost else { continue }
      usage.mapPages += 1
      let slot = try walk.slot(of: PageKey.map(page), in: self)
      guard slot >= 0 else {
        if walk.isFull { return usage } else { continue }
      }
      let isLeaf = level(slot) == 0
      for place in 0..<MapPageLayout.entries {
        if !isLeaf {
          let next = child(slot, place)
          if next != .none { stack.append(next) }
          continue
        }
        let entry = entry(slot, place)
        for (chunk, mask) in [(entry.own, entry.ownMask), (entry.base, entry.baseMask)] {
          guard let chunk else { continue }
          let before = lostChunks[chunk] ?? (lost: 0, mask: 0)
          let now = (lost: before.lost + 1, mask: before.mask | mask)
          lostChunks[chunk] = now
          guard try walk.slot(of: countKey(chunk), in: self) >= 0 else {
            if walk.isFull { return usage } else { continue }
          }
          if count(try self.place(ofChunk: chunk)) == now.lost {
            usage.chunks += 1
            usage.validBytes += UInt64(now.mask.nonzeroBitCount) * ChunkGeometry.blockBytes
          }
        }
      }
    }
    return usage
  }

  /// Everything that images of `set` refer to, each thing once.
  func totalSpace(_ set: Set<ImageID>) throws(CoreSignal) -> SpaceUsage {
    var usage = SpaceUsage()
    var seen: Set<PageNumber> = []
    var chunks: [ChunkAddress: UInt16] = [:]
    var walk = CacheWalk(limit: walkLimit)
    var stack: [PageNumber] = []
    for id in set.sorted() {
      let root = try image(id).record.root
      if root != .none { stack.append(root) }
    }
    while let page = stack.popLast() {
      guard seen.insert(page).inserted else { continue }
      usage.mapPages += 1
      let slot = try walk.slot(of: PageKey.map(page), in: self)
      guard slot >= 0 else {
        if walk.isFull { break } else { continue }
      }
      let isLeaf = level(slot) == 0
      for place in 0..<MapPageLayout.entries {
        if isLeaf {
          let entry = entry(slot, place)
          if let own = entry.own { chunks[own, default: 0] |= entry.ownMask }
          if let base = entry.base { chunks[base, default: 0] |= entry.baseMask }
        } else if child(slot, place) != .none {
          stack.append(child(slot, place))
        }
      }
    }
    try complete(walk)
    usage.chunks = UInt64(chunks.count)
    for mask in chunks.values {
      usage.validBytes += UInt64(mask.nonzeroBitCount) * ChunkGeometry.blockBytes
    }
    return usage
  }
}
