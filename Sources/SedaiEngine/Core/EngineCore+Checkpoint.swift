import SedaiBytes
import SedaiFormat

/// A checkpoint that has begun: what is to be written for it.
struct BegunCheckpoint {
  var number: UInt64
  var position: LogPosition
  var chain: UInt32
  var flushing: [Int]
  var state: [UInt8]
  var statePages: [PageNumber]
}

/// A page ready to go home.
struct HomeWrite {
  var offset: UInt64
  var start: Int
}

extension EngineCore {
  /// Page numbers in one page of the state's page list, after next page and count.
  static let listEntries = 510

  private static func pages(forState bytes: Int) -> (data: Int, lists: Int) {
    let data = max(1, (bytes + PageArena.pageBytes - 1) / PageArena.pageBytes)
    return (data, (data + listEntries - 1) / listEntries)
  }

  /// Fixes what the checkpoint holds: everything up to this moment.
  func beginCheckpoint() throws(CoreSignal) -> BegunCheckpoint {
    try ensureOpen()
    // Two more segments may come while pages for the state are looked for.
    let wanted = Self.pages(forState: state().encoded().count + 64)
    while nextStatePages.count < wanted.data + wanted.lists {
      let page = try freePage()
      try claimPage(page)
      nextStatePages.append(page)
    }
    // More may have been taken than it needs after all: only what it lists is found again.
    let exact = Self.pages(forState: state().encoded().count)
    let pages = Array(nextStatePages.prefix(exact.data + exact.lists))
    let released = statePages + nextStatePages.dropFirst(pages.count)
    for page in released { _ = try place(ofPage: page) }
    for page in released { try losePage(page) }
    nextStatePages = []
    statePages = pages
    log.seal()
    let flushing = cache.beginFlush()
    let begun = BegunCheckpoint(
      number: interval, position: log.position, chain: log.chain,
      flushing: flushing, state: state(afterFlushOf: flushing).encoded(), statePages: pages)
    interval += 1
    freedBefore += freedPages
    freedPages = []
    return begun
  }

  /// The state once the pages of `flushing` have gone home.
  private func state(afterFlushOf flushing: [Int]) -> ArrayState {
    var state = state()
    let places = Dictionary(
      uniqueKeysWithValues: state.pools.enumerated().map { ($0.element.id, $0.offset) })
    for slot in flushing {
      guard case .counts(let space, let page) = PageKey.meaning(cache.slots[slot].key) else {
        continue
      }
      switch space {
      case .map: state.pageHomes[page] = state.pageHomes[page].next
      case .pool(let id):
        guard let place = places[id] else { continue }
        state.pools[place].homes[page] = state.pools[place].homes[page].next
      }
    }
    return state
  }

  /// Everything of the metadata that is in no page.
  func state() -> ArrayState {
    var state = ArrayState()
    state.nextImage = nextImage
    state.nextEpoch = nextEpoch
    state.segments = segments
    state.freePages = map.freeAtHome
    state.pageHomes = map.homes
    state.pools = pools.values.sorted { $0.id < $1.id }.map {
      ArrayState.Pool(
        id: $0.id, isSparse: $0.isSparse, reserve: $0.reserve, staging: $0.staging,
        members: $0.members, free: $0.space.freeAtHome, homes: $0.space.homes)
    }
    state.images = images.values.map(\.record).sorted { $0.id < $1.id }
    state.releasing = releasing
    state.catalogue = catalogue.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map { (key: $0.key, value: $0.value) }
    return state
  }

  /// Byte offset of a block of the segments.
  func offset(block: UInt64) -> UInt64 {
    superblock.segmentsOffset + block * UInt64(PageArena.pageBytes)
  }

  /// Where the two homes of a count page, or the one of a map page, are.
  func homes(_ key: UInt64) throws(CoreSignal) -> [UInt64] {
    switch PageKey.meaning(key) {
    case .map(let page): return [offset(block: page.rawValue)]
    case .counts(.map, let segment):
      let first = UInt64(segment) * segmentBlocks
      return [offset(block: first), offset(block: first + 1)]
    case .counts(.pool(let id), let page):
      let segments = try pool(id).countSegments
      let number = page / countPagesPerSegment
      guard number < segments.count else {
        throw .failed(.damaged("count page \(page) of pool \(id.rawValue) has no segment"))
      }
      let first = segments[number] * segmentBlocks + UInt64(page % countPagesPerSegment * 2)
      return [offset(block: first), offset(block: first + 1)]
    }
  }

  /// Appends the checkpoint's copy of some pages to `bytes`, complete with checksums, and
  /// says where each goes.
  func pagesHome(
    _ slots: ArraySlice<Int>, number: UInt64, into bytes: inout [UInt8]
  ) throws(CoreSignal) -> [HomeWrite] {
    var writes: [HomeWrite] = []
    for slot in slots {
      let key = cache.slots[slot].key
      let homes = try homes(key)
      let start = bytes.count
      cache.appendFlushed(slot, to: &bytes)
      var home = 0
      if case .counts(let space, let page) = PageKey.meaning(key) {
        home = moveHome(space, page) == .first ? 0 : 1
        Self.finishCounts(&bytes, start, key: key, number: number)
      }
      bytes.store32(
        bytes.crc32c(start + 4..<start + PageArena.pageBytes), at: start)
      writes.append(HomeWrite(offset: homes[home], start: start))
    }
    return writes
  }

  /// The page goes to its other home, which holds it from now on.
  private func moveHome(_ space: CountSpace.ID, _ page: Int) -> CountHome {
    switch space {
    case .map:
      map.homes[page] = map.homes[page].next
      return map.homes[page]
    case .pool(let id):
      guard let pool = pools[id] else { return .first }
      pool.space.homes[page] = pool.space.homes[page].next
      return pool.space.homes[page]
    }
  }

  /// Which home holds a count page.
  func home(_ space: CountSpace.ID, _ page: Int) -> CountHome {
    switch space {
    case .map: page < map.homes.count ? map.homes[page] : .none
    case .pool(let id):
      pools[id].map { page < $0.space.homes.count ? $0.space.homes[page] : .none } ?? .none
    }
  }

  private static func finishCounts(
    _ bytes: inout [UInt8], _ start: Int, key: UInt64, number: UInt64
  ) {
    bytes.store64(MapPageLayout.head(kind: MapPageLayout.countKind, level: 0), at: start)
    bytes.store64(number, at: start + MapPageLayout.sequenceOffset)
    bytes.store64(key, at: start + MapPageLayout.epochOffset)
    for place in 0..<MapPageLayout.counts {
      let offset = start + MapPageLayout.countOffset(place)
      // Special values are 0xFFFFFFxx: one look decides for nearly all.
      if bytes[offset + 3] == 0xFF, bytes.load32(at: offset) >= CountSpace.Special.first {
        bytes.store32(0, at: offset)
      }
    }
  }

  func pagesAreHome(_ slots: ArraySlice<Int>) {
    for slot in slots { cache.endFlush(slot) }
    changes &+= 1
  }

  /// The superblock that makes the checkpoint the one to recover from.
  func superblock(for begun: BegunCheckpoint, boot: [UInt8], clean: Bool) -> Superblock {
    var next = superblock
    next.turn += 1
    next.checkpoint = begun.number
    next.position = begun.position
    next.chain = begun.chain
    next.boot = boot
    next.isClean = clean
    next.stateLength = UInt64(begun.state.count)
    next.stateChecksum = begun.state.crc32c(0..<begun.state.count)
    next.statePage = begun.statePages.first ?? .none
    return next
  }

  func finishCheckpoint(_ begun: BegunCheckpoint, _ new: Superblock) {
    superblock = new
    log.tail = begun.position.rawValue
    takeBackPages(freedBefore)
    freedBefore = []
    changes &+= 1
  }

  /// The checkpoint could not begin to write: as if it had not begun.
  func abandonCheckpoint(_ begun: BegunCheckpoint) throws(CoreSignal) {
    cache.abandonFlush(begun.flushing)
    freedPages = freedBefore + freedPages
    freedBefore = []
    changes &+= 1
  }

  /// The pages of the state: first those of the list, then those it lists.
  static func stateWrites(_ begun: BegunCheckpoint) -> [(page: PageNumber, bytes: [UInt8])] {
    let (data, lists) = pages(forState: begun.state.count)
    let contents = Array(begun.statePages.dropFirst(lists).prefix(data))
    var writes: [(page: PageNumber, bytes: [UInt8])] = []
    for list in 0..<lists {
      let listed = contents.dropFirst(list * listEntries).prefix(listEntries)
      var bytes: [UInt8] = []
      bytes.append64(list + 1 < lists ? begun.statePages[list + 1].rawValue : 0)
      bytes.append64(UInt64(listed.count))
      for page in listed { bytes.append64(page.rawValue) }
      bytes.pad(to: PageArena.pageBytes)
      writes.append((page: begun.statePages[list], bytes: bytes))
    }
    for (number, page) in contents.enumerated() {
      let start = number * PageArena.pageBytes
      var bytes = Array(begun.state.dropFirst(start).prefix(PageArena.pageBytes))
      bytes.pad(to: PageArena.pageBytes)
      if bytes.isEmpty { bytes = [UInt8](repeating: 0, count: PageArena.pageBytes) }
      writes.append((page: page, bytes: bytes))
    }
    return writes
  }
}
