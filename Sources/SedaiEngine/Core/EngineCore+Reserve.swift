import SedaiBytes
import SedaiFormat

/// What families of images hold beyond what their live images account for.
///
/// The images of a family are walked side by side from their roots. Where only the live
/// image is left, or generations share its page, nothing below differs and the walk goes no
/// further; what second chunks the live image has there is known from its record, and the
/// two masks of an entry never name the same block. A chunk is only ever referred to at its
/// own index, so distinct chunks are told apart index by index.
extension EngineCore {
  /// Nil if the families do not name all images that may hold chunks of the pool.
  func reserveUsage(
    _ id: PoolID, _ families: [Set<ImageID>]
  ) throws(CoreSignal) -> ReserveUsage? {
    let pool = try pool(id)
    var named: Set<ImageID> = []
    for family in families {
      for image in family {
        guard images[image] != nil, named.insert(image).inserted else { return nil }
      }
    }
    for (image, state) in images where state.record.pool == id || state.record.isApart {
      guard named.contains(image) else { return nil }
    }
    var walk = CacheWalk(limit: walkLimit)
    var usages: [SpaceUsage] = []
    for family in families { usages.append(try spaceBeyondLive(family, in: id, &walk)) }
    try complete(walk)
    return ReserveUsage(capacity: capacity(pool), families: usages)
  }

  func spaceBeyondLive(_ family: Set<ImageID>) throws(CoreSignal) -> SpaceUsage {
    var walk = CacheWalk(limit: walkLimit)
    let usage = try spaceBeyondLive(family, in: nil, &walk)
    try complete(walk)
    return usage
  }

  /// - Parameter pool: counts only its chunks; nil counts all.
  private func spaceBeyondLive(
    _ family: Set<ImageID>, in pool: PoolID?, _ walk: inout CacheWalk
  ) throws(CoreSignal) -> SpaceUsage {
    var roots: [Int: [SharedPage]] = [:]
    var sums = FamilySums(pool: pool)
    for id in family {
      let record = try image(id).record
      let live: UInt64 = record.role == .live ? 1 : 0
      let charged = pool == nil || record.pool == pool ? live : 0
      sums.liveImages += live
      sums.unseenOverlays += charged * record.overlays
      if record.isApart, live == 1, pool != nil { sums.isMixed = true }
      if record.root == .none { continue }
      roots[Int(record.height) - 1, default: []].append(
        SharedPage(page: record.root, live: live, charged: charged))
    }
    var stack: [Position] = []
    if let top = roots.keys.max() { stack = [Position(level: top, isFirst: true, pages: [])] }
    while let position = stack.popLast() {
      // Lower trees of shorter images begin where the taller ones do.
      let joining = position.isFirst ? roots.removeValue(forKey: position.level) ?? [] : []
      let pages = SharedPage.combined(position.pages + joining)
      let isMet = position.isFirst && !roots.isEmpty
      if !isMet, pages.isEmpty || sums.isLiveAlone(pages) { continue }
      guard let slots = try slots(of: pages, &walk) else {
        if walk.isFull { break }
        continue
      }
      for page in pages where page.live == 0 { sums.mapPages += 1 }
      if position.level == 0 {
        addLeaves(pages, slots, to: &sums)
      } else {
        push(position, pages, slots, sums, isMet: isMet, on: &stack)
      }
    }
    return sums.usage
  }

  /// Nil if any is missing.
  private func slots(
    of pages: [SharedPage], _ walk: inout CacheWalk
  ) throws(CoreSignal) -> [Int]? {
    var slots: [Int] = []
    slots.reserveCapacity(pages.count)
    for page in pages {
      let slot = try walk.slot(of: PageKey.map(page.page), in: self)
      if slot >= 0 { slots.append(slot) }
    }
    return slots.count == pages.count ? slots : nil
  }

  /// The positions below a page that have anything to tell.
  private func push(
    _ position: Position, _ pages: [SharedPage], _ slots: [Int], _ sums: FamilySums,
    isMet: Bool, on stack: inout [Position]
  ) {
    for place in 0..<MapPageLayout.entries {
      var below: [SharedPage] = []
      for (page, slot) in zip(pages, slots) {
        let next = child(slot, place)
        if next != .none {
          below.append(SharedPage(page: next, live: page.live, charged: page.charged))
        }
      }
      let isFirst = position.isFirst && place == 0
      if !isFirst || !isMet {
        below = SharedPage.combined(below)
        if below.isEmpty || sums.isLiveAlone(below) { continue }
      }
      stack.append(Position(level: position.level - 1, isFirst: isFirst, pages: below))
    }
  }

  private func addLeaves(_ pages: [SharedPage], _ slots: [Int], to sums: inout FamilySums) {
    var found: [FamilySums.Found] = []
    for place in 0..<MapPageLayout.entries {
      found.removeAll(keepingCapacity: true)
      for (page, slot) in zip(pages, slots) {
        let entry = entry(slot, place)
        if entry.isEmpty { continue }
        if page.charged > 0 { sums.addLive(entry, times: page.charged) }
        if let own = entry.own, sums.counts(own) {
          found.append((chunk: own.rawValue, mask: entry.ownMask))
        }
        if let base = entry.base, sums.counts(base) {
          found.append((chunk: base.rawValue, mask: entry.baseMask))
        }
      }
      if found.count > 1 { found.sort { $0.chunk < $1.chunk } }
      sums.addHeld(found)
    }
  }

  /// Where several images may each have a map page.
  private struct Position {
    var level: Int
    /// It covers index 0.
    var isFirst: Bool
    var pages: [SharedPage]
  }
}

/// A map page at some position, how many live images of the family have it there, and how many
/// of those have their promise from the pool that is counted.
private struct SharedPage {
  var page: PageNumber
  var live: UInt64
  var charged: UInt64

  /// Each page once.
  /// - Complexity: O(n log n)
  static func combined(_ pages: [SharedPage]) -> [SharedPage] {
    guard let first = pages.first else { return [] }
    if pages.count == 1 { return pages }
    if pages.allSatisfy({ $0.page == first.page }) {
      return [
        SharedPage(
          page: first.page, live: pages.reduce(0) { $0 + $1.live },
          charged: pages.reduce(0) { $0 + $1.charged })
      ]
    }
    var result: [SharedPage] = []
    for page in pages.sorted(by: { $0.page.rawValue < $1.page.rawValue }) {
      if let last = result.last, last.page == page.page {
        result[result.count - 1].live += page.live
        result[result.count - 1].charged += page.charged
      } else {
        result.append(page)
      }
    }
    return result
  }
}

/// What a walk has found of one family so far.
private struct FamilySums {
  typealias Found = (chunk: UInt64, mask: UInt16)

  /// Whose chunks count; nil for all.
  let pool: PoolID?
  /// A live image may hold chunks of other pools, anywhere: none of its pages is left out.
  var isMixed = false
  var liveImages: UInt64 = 0
  /// Second chunks of live images in parts that the walk has not come to, or leaves out.
  var unseenOverlays: UInt64 = 0
  var mapPages: UInt64 = 0
  private var held: UInt64 = 0
  private var heldBlocks: UInt64 = 0
  private var live: UInt64 = 0
  private var liveBlocks: UInt64 = 0

  init(pool: PoolID?) { self.pool = pool }

  func counts(_ chunk: ChunkAddress) -> Bool { pool == nil || chunk.pool == pool }

  /// Nothing below these pages differs from the one live image.
  func isLiveAlone(_ pages: [SharedPage]) -> Bool {
    !isMixed && liveImages == 1 && pages.count == 1 && pages[0].live == 1
  }

  /// What a live image has in other pools is not accounted for by its promise here.
  mutating func addLive(_ entry: MapEntry, times: UInt64) {
    let isHere = entry.own.map(counts) == true || entry.base.map(counts) == true
    if isHere { live += times }
    let own = entry.own.map(counts) == true ? entry.ownMask : 0
    let base = entry.base.map(counts) == true ? entry.baseMask : 0
    liveBlocks += times * UInt64((own | base).nonzeroBitCount)
    if entry.hasTwo { unseenOverlays -= min(times, unseenOverlays) }
  }

  /// - Parameter found: what all images refer to at one index, sorted by chunk.
  mutating func addHeld(_ found: [Found]) {
    var index = 0
    while index < found.count {
      let chunk = found[index].chunk
      var mask: UInt16 = 0
      while index < found.count, found[index].chunk == chunk {
        mask |= found[index].mask
        index += 1
      }
      held += 1
      heldBlocks += UInt64(mask.nonzeroBitCount)
    }
  }

  var usage: SpaceUsage {
    var usage = SpaceUsage()
    // With several live images the walk leaves nothing out: no overlay is unseen.
    let chunks = held + unseenOverlays
    usage.chunks = chunks > live ? chunks - live : 0
    let blocks = heldBlocks > liveBlocks ? heldBlocks - liveBlocks : 0
    usage.validBytes = blocks * ChunkGeometry.blockBytes
    usage.mapPages = mapPages
    return usage
  }
}
