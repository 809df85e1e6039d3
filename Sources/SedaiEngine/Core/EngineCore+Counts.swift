import SedaiBytes
import SedaiFormat

/// Reference counts and who may be given what.
extension EngineCore {
  /// A count: the slot of its page and the place in it.
  struct CountPlace {
    var slot: Int
    var offset: Int
    var page: Int
  }

  @inline(__always) func place(ofChunk chunk: ChunkAddress) throws(CoreSignal) -> CountPlace {
    let page = Int(chunk.index) / MapPageLayout.counts
    let slot = try cache.need(PageKey.counts(.pool(chunk.pool), page))
    return CountPlace(
      slot: slot, offset: MapPageLayout.countOffset(Int(chunk.index) % MapPageLayout.counts),
      page: page)
  }

  @inline(__always) func place(ofPage page: PageNumber) throws(CoreSignal) -> CountPlace {
    let segment = Int(page.rawValue / segmentBlocks)
    let block = Int(page.rawValue % segmentBlocks)
    guard block >= 2, block - 2 < pagesPerSegment, segment < segments.count else {
      throw .failed(.damaged("map page number \(page.rawValue) is no map page"))
    }
    let slot = try cache.need(PageKey.counts(.map, segment))
    return CountPlace(slot: slot, offset: MapPageLayout.countOffset(block - 2), page: segment)
  }

  @inline(__always) func count(_ place: CountPlace) -> UInt32 {
    cache.arena.load32(place.slot, at: place.offset)
  }

  /// One more reference to something that is referred to.
  @inline(__always) func gain(_ place: CountPlace) throws(CoreSignal) {
    let value = count(place)
    guard value > 0, value < CountSpace.Special.first - 1 else {
      throw .failed(.damaged("reference count \(value) cannot rise"))
    }
    cache.willChange(place.slot)
    cache.arena.store32(value + 1, place.slot, at: place.offset)
  }

  /// - Parameter writer: the pool whose data the record speaks of; nil if it always counts.
  func loseChunk(_ chunk: ChunkAddress, by writer: PoolState? = nil) throws(CoreSignal) {
    let place = try place(ofChunk: chunk)
    let pool = try pool(chunk.pool)
    let value = count(place)
    guard value > 0, value < CountSpace.Special.first else {
      throw .failed(.damaged("count of chunk \(chunk.index) in pool \(chunk.pool.rawValue) is 0"))
    }
    cache.willChange(place.slot)
    guard value == 1 else {
      // What is left may belong to one entry only now. A chunk without any reference is
      // not asked about: it awaits its reuse.
      // Neither is anything asked during recovery, which ends with everything durable.
      if !isReplaying {
        cache.setLastLoss(place.slot, log.position)
        pool.lastLoss = log.position.rawValue
        if let writer, writer !== pool { pool.lost(at: log.position.rawValue, by: writer) }
      }
      cache.arena.store32(value - 1, place.slot, at: place.offset)
      return
    }
    freedChunks += 1
    if isReplaying {
      // Nobody reads yet, and recovery ends with everything durable.
      cache.arena.store32(0, place.slot, at: place.offset)
      pool.space.free[place.page] += 1
      pool.space.allocated -= 1
      return
    }
    cache.arena.store32(CountSpace.Special.awaiting, place.slot, at: place.offset)
    pool.space.hidden[place.page] += 1
    cache.hold(place.slot, 1)
    pool.await(
      chunk.index, position: log.position.rawValue, ticket: flights.ticket - 1,
      writer: writer === pool ? nil : writer)
  }

  /// A map page loses a reference; the last one makes it free, after the next checkpoint.
  func losePage(_ page: PageNumber) throws(CoreSignal) {
    let place = try place(ofPage: page)
    let value = count(place)
    guard value > 0, value < CountSpace.Special.first else {
      throw .failed(.damaged("count of map page \(page.rawValue) is 0"))
    }
    cache.willChange(place.slot)
    guard value == 1 else {
      cache.arena.store32(value - 1, place.slot, at: place.offset)
      return
    }
    cache.arena.store32(CountSpace.Special.awaiting, place.slot, at: place.offset)
    map.hidden[place.page] += 1
    cache.hold(place.slot, 1)
    freedPages.append(page)
  }

  /// The first reference to a chunk that was free or reserved.
  func claimChunk(_ chunk: ChunkAddress) throws(CoreSignal) {
    let place = try place(ofChunk: chunk)
    let pool = try pool(chunk.pool)
    switch count(place) {
    case CountSpace.Special.reserved:
      pool.space.hidden[place.page] -= 1
      cache.hold(place.slot, -1)
    case 0:
      pool.space.free[place.page] -= 1
      pool.space.allocated += 1
    default:
      throw .failed(.damaged("chunk \(chunk.index) is allocated twice"))
    }
    cache.willChange(place.slot)
    cache.arena.store32(1, place.slot, at: place.offset)
  }

  func claimPage(_ page: PageNumber) throws(CoreSignal) {
    let place = try place(ofPage: page)
    guard count(place) == 0 else {
      throw .failed(.damaged("map page \(page.rawValue) is allocated twice"))
    }
    map.free[place.page] -= 1
    map.allocated += 1
    cache.willChange(place.slot)
    cache.arena.store32(1, place.slot, at: place.offset)
  }

  /// A chunk for a write that is not published yet.
  func reserveChunk(_ pool: PoolState) throws(CoreSignal) -> ChunkAddress {
    // In a sparse pool the host gets the space of freed chunks first, see discardFreed.
    if !pool.isSparse || pool.space.pageWithFree() == nil { try takeBack(pool) }
    guard let page = pool.space.pageWithFree() else {
      // Deleted images may hold what this one was promised: they give it back first.
      let mayCome = pool.awaitingCount > 0 || !releasing.isEmpty
      throw mayCome ? .cover(pool.id) : .failed(.poolFull(pool.id))
    }
    let slot = try cache.need(PageKey.counts(.pool(pool.id), page))
    let most = min(
      MapPageLayout.counts, Int(pool.space.total) - page * MapPageLayout.counts)
    for step in 0..<most {
      let place = (pool.space.cursorSlot + step) % most
      let offset = MapPageLayout.countOffset(place)
      if cache.arena.load32(slot, at: offset) == 0 {
        cache.arena.store32(CountSpace.Special.reserved, slot, at: offset)
        cache.hold(slot, 1)
        pool.space.free[page] -= 1
        pool.space.hidden[page] += 1
        pool.space.allocated += 1
        pool.space.cursorSlot = place + 1
        return ChunkAddress(
          pool: pool.id, index: UInt64(page * MapPageLayout.counts + place))
      }
    }
    throw .failed(.damaged("count page \(page) of pool \(pool.id.rawValue) has no free chunk"))
  }

  /// Gives back a reserved chunk that came to nothing.
  func unreserveChunk(_ chunk: ChunkAddress) {
    guard let pool = pools[chunk.pool] else { return }
    let page = Int(chunk.index) / MapPageLayout.counts
    let slot = cache.find(PageKey.counts(.pool(chunk.pool), page))
    let offset = MapPageLayout.countOffset(Int(chunk.index) % MapPageLayout.counts)
    guard slot >= 0, cache.arena.load32(slot, at: offset) == CountSpace.Special.reserved
    else { return }
    cache.arena.store32(0, slot, at: offset)
    cache.hold(slot, -1)
    pool.space.free[page] += 1
    pool.space.hidden[page] -= 1
    pool.space.allocated -= 1
  }

  /// Makes freed chunks available whose freeing is durable and which nobody reads.
  func takeBack(_ pool: PoolState) throws(CoreSignal) {
    if pool.awaitingCount == 0 { return }
    let oldest = flights.oldestTicket
    while let chunk = pool.popReusable(before: oldest) { try makeFree(chunk, pool) }
  }

  /// Freed chunks that may be used again; they stay unused until ``makeFree(_:_:)``.
  func takeForDiscard(_ pool: PoolState, limit: Int) -> [UInt64] {
    var chunks: [UInt64] = []
    let oldest = flights.oldestTicket
    while chunks.count < limit, let chunk = pool.popReusable(before: oldest) {
      chunks.append(chunk)
    }
    pool.discarding += UInt64(chunks.count)
    return chunks
  }

  func makeFree(_ chunk: UInt64, _ pool: PoolState) throws(CoreSignal) {
    let page = Int(chunk) / MapPageLayout.counts
    let slot = cache.find(PageKey.counts(.pool(pool.id), page))
    guard slot >= 0 else {
      throw .failed(.damaged("count page \(page) was evicted while chunks waited in it"))
    }
    cache.arena.store32(0, slot, at: MapPageLayout.countOffset(Int(chunk) % MapPageLayout.counts))
    cache.hold(slot, -1)
    pool.space.hidden[page] -= 1
    pool.space.free[page] += 1
    pool.space.allocated -= 1
  }

  /// Takes a further segment for map pages.
  private func addMapSegment() throws(CoreSignal) {
    guard segments.count < grownSegments else { throw .grow(segments.count + 1) }
    try perform(.segment(index: UInt64(segments.count), .mapPages))
  }

  /// A free map page; it stays free until a record claims it.
  func freePage() throws(CoreSignal) -> PageNumber {
    if map.pageWithFree() == nil { try addMapSegment() }
    guard let segment = map.pageWithFree() else { throw .failed(.systemAreaFull) }
    let slot = try cache.need(PageKey.counts(.map, segment))
    for step in 0..<pagesPerSegment {
      let place = (map.cursorSlot + step) % pagesPerSegment
      if cache.arena.load32(slot, at: MapPageLayout.countOffset(place)) == 0 {
        map.cursorSlot = place
        return PageNumber(UInt64(segment) * segmentBlocks + UInt64(place) + 2)
      }
    }
    throw .failed(.damaged("segment \(segment) has no free map page"))
  }

  /// Freed map pages whose freeing a complete checkpoint has recorded.
  func takeBackPages(_ pages: [PageNumber]) {
    for page in pages {
      let segment = Int(page.rawValue / segmentBlocks)
      let slot = cache.find(PageKey.counts(.map, segment))
      guard slot >= 0 else { continue }
      let place = Int(page.rawValue % segmentBlocks) - 2
      cache.arena.store32(0, slot, at: MapPageLayout.countOffset(place))
      cache.hold(slot, -1)
      map.hidden[segment] -= 1
      map.free[segment] += 1
      map.allocated -= 1
    }
  }

  /// Whether the chunk belongs to one entry only, for good: a write may go into it.
  func isExclusive(_ chunk: ChunkAddress) throws(CoreSignal) -> Bool {
    let place = try place(ofChunk: chunk)
    guard count(place) == 1, let pool = pools[chunk.pool], pool.hasCoveredLosses else {
      return false
    }
    return cache.slots[place.slot].lastLoss < pool.covered
      || cache.slots[place.slot].lastLoss == 0
  }
}
