import SedaiBytes
import SedaiFormat
import SedaiMonitor

/// Counts every reference that the trees hold, visiting each page once.
struct TreeWalk {
  /// What a subtree holds.
  struct Sums {
    var mapped: UInt64 = 0
    var overlays: UInt64 = 0
    var pages: UInt64 = 1
  }

  /// A page's content, copied out of the cache.
  private enum Content {
    case children([(place: Int, page: PageNumber)])
    case entries([(place: Int, entry: MapEntry)])
  }

  private let engine: Engine
  private let totals: [PoolID: UInt64]
  private(set) var report: CheckReport
  /// References to each map page.
  private(set) var pages: [PageNumber: UInt32] = [:]
  /// References to the chunks of each count page of a pool.
  private(set) var chunks: [UInt64: [UInt32]] = [:]
  /// What each image's tree holds.
  private(set) var imageSums: [ImageID: Sums] = [:]
  private var sums: [PageNumber: Sums?] = [:]
  private var places: [PageNumber: (level: Int, index: UInt64)] = [:]

  init(_ engine: Engine, report: CheckReport) {
    self.engine = engine
    self.report = report
    totals = engine.core.withLock { core in core.pools.mapValues(\.space.total) }
  }

  /// Walks everything that is referred to: images, deleted images that are still being
  /// released, and the pages of the state itself.
  mutating func run() throws(EngineError) {
    let (images, releasing, state) = engine.core.withLock { core in
      (
        core.images.values.map(\.record).sorted { $0.id < $1.id }, core.releasing,
        core.statePages
      )
    }
    report.images = images.count
    for image in images {
      guard image.root != .none else {
        compare(image, Sums(pages: 0))
        continue
      }
      let level = Int(image.height) - 1
      if let sums = try visit(image.root, level: level, index: 0) {
        compare(image, sums)
      }
    }
    for page in releasing { try visitReleased(page) }
    for page in state { pages[page, default: 0] += 1 }
    report.mapPages = pages.count
  }

  private mutating func compare(_ image: ArrayState.Image, _ sums: Sums) {
    imageSums[image.id] = sums
    let pairs = [
      ("indices that hold data", image.mapped, sums.mapped),
      ("overlays", image.overlays, sums.overlays), ("map pages", image.pages, sums.pages),
    ]
    for (what, noted, found) in pairs where noted != found {
      report.add(
        .accounting, "image \(image.id.rawValue): \(what): \(noted) noted, \(found) found")
    }
  }

  /// A page of a deleted image knows its own level and place.
  private mutating func visitReleased(_ page: PageNumber) throws(EngineError) {
    let place: (level: Int, index: UInt64)?
    do throws(EngineError) {
      place = try engine.run { (core) throws(CoreSignal) in
        let slot = try core.cache.need(PageKey.map(page))
        return (
          core.level(slot), core.cache.arena.load64(slot, at: MapPageLayout.indexOffset)
        )
      }
    } catch {
      place = nil
      try note(error, page)
    }
    guard let place else {
      pages[page, default: 0] += 1
      return
    }
    _ = try visit(page, level: place.level, index: place.index)
  }

  private mutating func note(_ error: EngineError, _ page: PageNumber) throws(EngineError) {
    guard case .damaged(let what) = error else { throw error }
    report.add(.damage, what)
  }

  /// Counts one more reference to a page; the first time also what is below it. Nil if
  /// something below cannot be read.
  private mutating func visit(
    _ page: PageNumber, level: Int, index: UInt64
  ) throws(EngineError) -> Sums? {
    pages[page, default: 0] += 1
    if let known = sums[page] {
      if let place = places[page], place != (level, index) {
        report.add(
          .damage, "map page \(page.rawValue) is referred to at two different places")
      }
      return known
    }
    sums[page] = .some(nil)
    places[page] = (level, index)
    let content: Content
    do throws(EngineError) { content = try read(page, level: level, index: index) } catch {
      try note(error, page)
      return nil
    }
    let found = try below(content, page, level: level, index: index)
    sums[page] = .some(found)
    return found
  }

  private mutating func below(
    _ content: Content, _ page: PageNumber, level: Int, index: UInt64
  ) throws(EngineError) -> Sums? {
    var total = Sums()
    switch content {
    case .entries(let entries):
      for (place, entry) in entries {
        total.mapped += 1
        if entry.hasTwo { total.overlays += 1 }
        for chunk in [entry.own, entry.base].compactMap({ $0 }) {
          count(chunk, page, place)
        }
      }
    case .children(let children):
      var isWhole = true
      for (place, child) in children {
        let childIndex = index * UInt64(MapPageLayout.entries) + UInt64(place)
        let below = try visit(child, level: level - 1, index: childIndex)
        guard let below else {
          isWhole = false
          continue
        }
        total.mapped += below.mapped
        total.overlays += below.overlays
        total.pages += below.pages
      }
      if !isWhole { return nil }
    }
    return total
  }

  private mutating func count(
    _ chunk: ChunkAddress, _ page: PageNumber, _ place: Int
  ) {
    guard chunk.index < totals[chunk.pool] ?? 0 else {
      report.add(
        .damage,
        "map page \(page.rawValue), entry \(place): chunk \(chunk.index) of pool "
          + "\(chunk.pool.rawValue) does not exist")
      return
    }
    let number = Int(chunk.index) / MapPageLayout.counts
    let key = PageKey.counts(.pool(chunk.pool), number)
    var counts =
      chunks.removeValue(forKey: key) ?? [UInt32](repeating: 0, count: MapPageLayout.counts)
    counts[Int(chunk.index) % MapPageLayout.counts] += 1
    chunks[key] = counts
  }

  private func read(
    _ page: PageNumber, level: Int, index: UInt64
  ) throws(EngineError) -> Content {
    try engine.run { (core) throws(CoreSignal) -> Content in
      guard page.rawValue % core.segmentBlocks >= 2,
        page.rawValue / core.segmentBlocks < UInt64(core.segments.count)
      else { throw .failed(.damaged("map page \(page.rawValue) is outside the system area")) }
      let slot = try core.cache.need(PageKey.map(page))
      let found = core.cache.arena.load64(slot, at: MapPageLayout.indexOffset)
      guard core.level(slot) == level, found == index else {
        throw .failed(
          .damaged(
            "map page \(page.rawValue) is of level \(core.level(slot)), index \(found); it is "
              + "referred to as level \(level), index \(index)"))
      }
      var children: [(place: Int, page: PageNumber)] = []
      var entries: [(place: Int, entry: MapEntry)] = []
      for place in 0..<MapPageLayout.entries {
        if level == 0 {
          let entry = core.entry(slot, place)
          if !entry.isEmpty { entries.append((place: place, entry: entry)) }
        } else if core.child(slot, place) != .none {
          children.append((place: place, page: core.child(slot, place)))
        }
      }
      return level == 0 ? .entries(entries) : .children(children)
    }
  }

  mutating func add(_ kind: CheckFinding.Kind, _ text: String) { report.add(kind, text) }
  mutating func addChunks(_ count: UInt64) { report.chunks += count }
}
