import SedaiFormat

/// A map page that images of a family have at some position, and whose it is.
struct FamilyPage {
  var page: PageNumber
  /// Live images that reach it.
  var live: [ImageID]
  /// Pools of the other images that reach it.
  var homes: [PoolID]
  /// A live one of them may refer to chunks outside of its pool.
  var isApart: Bool

  mutating func add(_ other: FamilyPage) {
    live += other.live
    for home in other.homes where !homes.contains(home) { homes.append(home) }
    isApart = isApart || other.isApart
  }
}

/// The maps of a family, side by side.
extension EngineCore {
  typealias FamilyLeaf = (first: UInt64, pages: [FamilyPage])

  /// The trees of a family: the highest, and those that begin further down.
  private struct FamilyTrees {
    var top = 0
    var roots: [Int: [FamilyPage]] = [:]

    /// Whether a tree begins below `level`, at the start of the images.
    func begins(below level: Int) -> Bool { roots.keys.contains { $0 < level } }
  }

  /// The next leaf position, from chunk `start` on, at which chunks of the family may lie in
  /// another pool than they belong to.
  /// - Complexity: O(family + pages at the position), times 254 for each level.
  func nextFamilyLeaf(
    _ family: [ImageID], from start: UInt64
  ) throws(CoreSignal) -> FamilyLeaf? {
    let trees = trees(family)
    guard let pages = trees.roots[trees.top] else { return nil }
    return try search(pages, trees, level: trees.top, index: 0, from: start)
  }

  /// All leaves of the family at one position.
  func familyLeaf(_ family: [ImageID], at first: UInt64) throws(CoreSignal) -> [FamilyPage] {
    let trees = trees(family)
    guard var pages = trees.roots[trees.top], first < MapPageLayout.span(level: trees.top) else {
      return []
    }
    for level in stride(from: trees.top, to: 0, by: -1) {
      let index = first / MapPageLayout.span(level: level - 1)
      pages = try below(pages, trees, level: level, index: index)
    }
    return pages
  }

  private func trees(_ family: [ImageID]) -> FamilyTrees {
    var trees = FamilyTrees()
    for id in family {
      guard let record = images[id]?.record, record.root != .none else { continue }
      let level = Int(record.height) - 1
      trees.top = max(trees.top, level)
      let isLive = record.role == .live
      trees.roots[level, default: []].append(
        FamilyPage(
          page: record.root, live: isLive ? [id] : [], homes: isLive ? [] : [record.pool],
          isApart: isLive && record.isApart))
    }
    for level in trees.roots.keys {
      trees.roots[level] = Self.distinct(trees.roots[level] ?? [])
    }
    return trees
  }

  private static func distinct(_ pages: [FamilyPage]) -> [FamilyPage] {
    if pages.count < 2 { return pages }
    var places: [PageNumber: Int] = [:]
    var result: [FamilyPage] = []
    for page in pages {
      if let place = places[page.page] {
        result[place].add(page)
      } else {
        places[page.page] = result.count
        result.append(page)
      }
    }
    return result
  }

  /// Nothing below is anywhere else than it belongs: a live image has all of it, at home.
  private static func isQuiet(_ pages: [FamilyPage]) -> Bool {
    pages.isEmpty || pages.count == 1 && !pages[0].live.isEmpty && !pages[0].isApart
  }

  private func slots(of pages: [FamilyPage]) throws(CoreSignal) -> [Int] {
    if pages.count > walkLimit { throw .failed(.walkTooLarge(pages: UInt64(walkLimit))) }
    let slots = pages.map { cache.find(PageKey.map($0.page)) }
    guard slots.contains(where: { $0 < 0 }) else { return slots }
    var missing: [UInt64] = []
    for (slot, page) in zip(slots, pages) where slot < 0 { missing.append(PageKey.map(page.page)) }
    throw .load(missing)
  }

  /// The pages of the next lower level at `index` of that level.
  private func below(
    _ pages: [FamilyPage], _ trees: FamilyTrees, level: Int, index: UInt64
  ) throws(CoreSignal) -> [FamilyPage] {
    let place = Int(index % UInt64(MapPageLayout.entries))
    return below(pages, try slots(of: pages), trees, level: level, place: place, index: index)
  }

  private func below(
    _ pages: [FamilyPage], _ slots: [Int], _ trees: FamilyTrees, level: Int, place: Int,
    index: UInt64
  ) -> [FamilyPage] {
    var result = index == 0 ? trees.roots[level - 1] ?? [] : []
    for (slot, page) in zip(slots, pages) {
      let next = child(slot, place)
      if next == .none { continue }
      var part = page
      part.page = next
      result.append(part)
    }
    return Self.distinct(result)
  }

  private func search(
    _ pages: [FamilyPage], _ trees: FamilyTrees, level: Int, index: UInt64, from start: UInt64
  ) throws(CoreSignal) -> FamilyLeaf? {
    let entries = UInt64(MapPageLayout.entries)
    if level == 0 {
      let first = index * entries
      return first + entries <= start || Self.isQuiet(pages) ? nil : (first, pages)
    }
    let slots = try slots(of: pages)
    let span = MapPageLayout.span(level: level - 1)
    let begin = max(start / span, index * entries)
    for child in begin..<max(begin, (index + 1) * entries) {
      let place = Int(child - index * entries)
      let pages = below(pages, slots, trees, level: level, place: place, index: child)
      let isJoined = child == 0 && trees.begins(below: level - 1)
      if !isJoined, Self.isQuiet(pages) { continue }
      if let found = try search(pages, trees, level: level - 1, index: child, from: start) {
        return found
      }
    }
    return nil
  }
}
