import SedaiBytes
import SedaiFormat
import SedaiMonitor

/// Brings the metadata back to where the journal ends.
///
/// Pages are first put back to what they were when the last checkpoint began (the first
/// image of each in the journal); then the records are applied in order. Whatever the
/// crash left of later pages at home does not matter. After a power cut, a write's record
/// counts only if its pool says that the data is there; everything else always counts.
struct Recovery {
  /// Counts that change when a page is copied or released, and when an entry is replaced.
  private static let countsOfPage = 2 * MapPageLayout.entries
  private static let countsOfEntry = 4
  /// Pages that are read on the way, and those of the state.
  private static let sparePages = 1024

  private struct Group {
    var position: UInt64
    var length: Int
  }

  /// What the first pass over the journal found.
  private struct Scan {
    var groups: [Group] = []
    var end: UInt64
    var chain: UInt32
    /// What the last group says of the pools that there are.
    var durable: [PoolID: LogPosition] = [:]
    /// The same of all pools that there were: what a removed one had may matter to images
    /// that hold chunks of others.
    var covered: [PoolID: LogPosition] = [:]
    var poisoned: Set<PoolID> = []
    var images: [PageNumber: [UInt8]] = [:]
    var newPages = 0
    /// Count pages that the records change, at most.
    var countChanges = 0
  }

  private let device: any BlockDevice
  private let block: Superblock
  private let environment: EngineEnvironment

  init(
    systemArea: any BlockDevice, superblock: Superblock, environment: EngineEnvironment
  ) throws(EngineError) {
    device = systemArea
    block = superblock
    self.environment = environment
  }

  /// The metadata as the journal leaves it, in memory: nothing is written yet.
  struct Prepared {
    var engine: Engine
    var isClean: Bool
    var problems: [String]
  }

  func open() throws(EngineError) -> Engine { try finish(try prepare()) }

  func prepare() throws(EngineError) -> Prepared {
    let state = try readState()
    let scan = try scan()
    let countPages = state.state.pools.reduce(state.state.segments.count) { $0 + $1.free.count }
    // All that the records change stays in memory until the checkpoint at the end. The
    // engine that wrote them held two intervals' changes at most.
    let changed = min(scan.countChanges, countPages, 2 * environment.limits.cachedPages)
    let needed = scan.images.count + scan.newPages * 2 + changed + Self.sparePages
    let core = EngineCore(
      superblock: block, limits: environment.limits,
      cachedPages: max(environment.limits.cachedPages, scan.groups.isEmpty ? 0 : needed))
    try load(state.state, pages: state.pages, into: core)
    core.log = JournalBuffer(
      end: scan.end, chain: JournalGroup.chain(reopening: scan.chain, turn: block.turn),
      tail: block.position.rawValue, durable: scan.durable)
    let isClean = block.isClean && scan.groups.isEmpty
    core.interval = block.checkpoint + 1
    let problems = Problems()
    let engine = Engine(core: core, system: device, environment: environment, problems: [])
    try replay(scan, engine)
    let found = try openPools(engine, problems)
    return Prepared(engine: engine, isClean: isClean, problems: found)
  }

  private final class Problems {
    var texts: [String] = []
  }

  // MARK: State

  private func readState() throws(EngineError) -> (state: ArrayState, pages: [PageNumber]) {
    var lists: [PageNumber] = []
    var contents: [PageNumber] = []
    var next = block.statePage
    let most = block.stateLength / UInt64(PageArena.pageBytes) + 2
    while next != .none {
      guard UInt64(lists.count) <= most else { throw .damaged("the state's page list") }
      lists.append(next)
      let bytes = try readPage(next)
      let count = bytes.load64(at: 8)
      guard count <= UInt64(EngineCore.listEntries) else { throw .damaged("the state's page list") }
      for entry in 0..<Int(count) {
        contents.append(PageNumber(bytes.load64(at: 16 + entry * 8)))
      }
      next = PageNumber(bytes.load64(at: 0))
    }
    var bytes: [UInt8] = []
    for page in contents { bytes += try readPage(page) }
    guard UInt64(bytes.count) >= block.stateLength else { throw .damaged("the state is cut short") }
    bytes.removeLast(bytes.count - Int(block.stateLength))
    guard bytes.crc32c(0..<bytes.count) == block.stateChecksum else {
      throw .damaged("the state's checksum")
    }
    do throws(FormatError) {
      return (try ArrayState(decoding: bytes), lists + contents)
    } catch { throw EngineError(error) }
  }

  private func readPage(_ page: PageNumber) throws(EngineError) -> [UInt8] {
    try Engine.readBlock(
      device, at: block.segmentsOffset + page.rawValue * UInt64(PageArena.pageBytes))
  }

  private func load(
    _ state: ArrayState, pages: [PageNumber], into core: EngineCore
  ) throws(EngineError) {
    core.nextImage = state.nextImage
    core.nextEpoch = state.nextEpoch
    core.segments = state.segments
    core.grownSegments = state.segments.count
    core.releasing = state.releasing
    core.statePages = pages
    for (key, value) in state.catalogue { core.catalogue[key] = value }
    let total = state.segments.reduce(0) {
      $1 == .mapPages ? $0 + UInt64(core.pagesPerSegment) : $0
    }
    core.map = CountSpace(free: state.freePages, homes: state.pageHomes, total: total)
    for pool in state.pools {
      let new = PoolState(
        id: pool.id, isSparse: pool.isSparse, members: pool.members, free: pool.free,
        homes: pool.homes)
      new.reserve = pool.reserve
      new.staging = pool.staging
      core.pools[pool.id] = new
    }
    for (index, purpose) in state.segments.enumerated() {
      if case .counts(let id, _) = purpose { core.pools[id]?.countSegments.append(UInt64(index)) }
    }
    for image in state.images {
      core.images[image.id] = ImageState(image)
      guard let pool = core.pools[image.pool] else {
        throw .damaged("image \(image.id.rawValue) is in pool \(image.pool.rawValue), which is not")
      }
      core.account(image, in: pool)
    }
  }

  // MARK: Journal

  /// Finds the groups since the checkpoint, up to the first that is not whole.
  private func scan() throws(EngineError) -> Scan {
    var scan = Scan(end: block.position.rawValue, chain: block.chain)
    let limit = block.position.rawValue + block.journalLength
    while let (bytes, position) = try group(after: scan.end, chain: scan.chain, limit: limit) {
      let decoded: (JournalGroup, [JournalRecord])
      do throws(FormatError) { decoded = try JournalGroup.decode(bytes) } catch { break }
      scan.groups.append(Group(position: position, length: bytes.count))
      scan.end = position + UInt64(bytes.count)
      scan.chain = decoded.0.checksum
      scan.durable = decoded.0.durable
      scan.covered.merge(scan.durable) { max($0, $1) }
      for record in decoded.1 {
        switch record {
        case .pageImage(let page, let bytes):
          if scan.images[page] == nil { scan.images[page] = bytes }
        case .pageNew: scan.newPages += 1
        case .pageCopy:
          scan.newPages += 1
          scan.countChanges += Self.countsOfPage
        case .release: scan.countChanges += Self.countsOfPage
        case .clear(_, _, let from, let to):
          scan.countChanges += 2 * (Int(to) - min(Int(from), Int(to)))
        case .entry, .clearBlocks, .move: scan.countChanges += Self.countsOfEntry
        case .poisoned(let pool): scan.poisoned.insert(pool)
        // A later pool of the same number is not the one that was poisoned.
        case .removePool(let pool): scan.poisoned.remove(pool)
        default: break
        }
      }
    }
    return scan
  }

  /// The bytes of the next group: right behind `end`, or at the next aligned place.
  private func group(
    after end: UInt64, chain: UInt32, limit: UInt64
  ) throws(EngineError) -> (bytes: [UInt8], position: UInt64)? {
    let aligned =
      (end + JournalGroup.alignment - 1) / JournalGroup.alignment
      * JournalGroup.alignment
    for position in end == aligned ? [end] : [end, aligned] {
      guard position + UInt64(JournalGroup.headerBytes) <= limit else { continue }
      let header = try readRing(position, count: JournalGroup.headerBytes)
      let length = JournalGroup.length(
        header: header, position: LogPosition(position), chain: chain)
      guard let length, position + UInt64(length) <= limit else { continue }
      let bytes = try readRing(position, count: length)
      if bytes.crc32c(8..<length) == bytes.load32(at: 4) { return (bytes, position) }
    }
    return nil
  }

  private func readRing(_ position: UInt64, count: Int) throws(EngineError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let start = position % block.journalLength
    let first = Int(min(UInt64(count), block.journalLength - start))
    do throws(DeviceError) {
      try bytes.withMutableBytes(0..<first) { (span) throws(DeviceError) in
        try device.read(into: &span, at: block.journalOffset + start)
      }
      if first < count {
        try bytes.withMutableBytes(first..<count) { (span) throws(DeviceError) in
          try device.read(into: &span, at: block.journalOffset)
        }
      }
    } catch {
      if case .outOfRange = error { throw .damaged("the system area is cut short") }
      throw .device(error)
    }
    return bytes
  }

  /// Puts pages back, then applies the records.
  private func replay(_ scan: Scan, _ engine: Engine) throws(EngineError) {
    let isSameBoot = !block.isClean && block.boot == environment.boot
    engine.core.withLock { $0.isReplaying = true }
    for page in scan.images.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
      guard let bytes = scan.images[page] else { continue }
      try engine.run { (core) throws(CoreSignal) in
        let slot = try core.cache.add(PageKey.map(page))
        core.cache.arena.fill(slot, from: bytes, at: 0)
        core.cache.willChange(slot)
      }
    }
    for group in scan.groups {
      let bytes = try readRing(group.position, count: group.length)
      let records: [JournalRecord]
      do throws(FormatError) { records = try JournalGroup.decode(bytes).1 } catch {
        throw EngineError(error)
      }
      for record in records {
        if case .entry(let image, _, _, _, _, _) = record,
          !isCovered(image, group.position, scan, isSameBoot, engine)
        {
          continue
        }
        if case .poisoned = record { continue }
        try engine.run { (core) throws(CoreSignal) in try core.apply(record) }
      }
    }
    engine.core.withLock { $0.isReplaying = false }
  }

  /// Whether the data that a write's record speaks of is certain to be there.
  private func isCovered(
    _ image: ImageID, _ position: UInt64, _ scan: Scan, _ isSameBoot: Bool, _ engine: Engine
  ) -> Bool {
    guard let pool = engine.core.withLock({ $0.images[image]?.record.pool }) else { return true }
    if isSameBoot, !scan.poisoned.contains(pool) { return true }
    return position < scan.covered[pool]?.rawValue ?? 0
  }

  // MARK: Pools

  private func openPools(_ engine: Engine, _ problems: Problems) throws(EngineError) -> [String] {
    let (array, pools) = engine.core.withLock { core in
      (
        core.superblock.array,
        core.pools.values.map { (id: $0.id, members: $0.members) }.sorted { $0.id < $1.id }
      )
    }
    for pool in pools {
      var devices: [any BlockDevice] = []
      for (position, member) in pool.members.enumerated() {
        let path = String(decoding: member.path, as: UTF8.self)
        switch open(member, array: array, pool: pool.id, position: position) {
        case .success(let device): devices.append(device)
        case .failure(let reason): problems.texts.append("\(path): \(reason.text)")
        }
      }
      let isWhole = devices.count == pool.members.count
      let prepared = PreparedMembers(pool: pool.id, records: pool.members, devices: devices)
      engine.core.withLock { core in
        if isWhole { core.attach(prepared) } else { core.pools[pool.id]?.condition = .missing }
      }
    }
    return problems.texts
  }

  private struct Reason: Error {
    var text: String
  }

  private func open(
    _ member: PoolMemberRecord, array: [UInt8], pool: PoolID, position: Int
  ) -> Result<any BlockDevice, Reason> {
    let device: any BlockDevice
    let bytes: [UInt8]
    do throws(DeviceError) { device = try environment.openMember(member) } catch {
      return .failure(Reason(text: "cannot be opened (\(error))"))
    }
    do throws(EngineError) { bytes = try Engine.readBlock(device, at: 0) } catch {
      return .failure(Reason(text: "its label cannot be read (\(error))"))
    }
    let label: PoolLabel
    do throws(FormatError) { label = try PoolLabel(decoding: bytes) } catch {
      return .failure(Reason(text: "its label is not valid (\(error))"))
    }
    guard label.array == array, label.pool == pool, label.member == member.identity,
      label.position == UInt32(position)
    else { return .failure(Reason(text: "it belongs to another array, pool or place")) }
    let need = PoolLabel.dataOffset + member.chunks * ChunkGeometry.chunkBytes
    guard device.size.rawValue >= need else {
      return .failure(
        Reason(text: "it has \(device.size.rawValue) bytes where \(need) are needed"))
    }
    return .success(device)
  }

  // MARK: Finish

  /// Makes what was recovered durable, so that the next crash starts from here.
  func finish(_ prepared: Prepared) throws(EngineError) -> Engine {
    let engine = prepared.engine
    var problems = prepared.problems
    if !prepared.isClean {
      let devices = engine.core.withLock { core in
        core.pools.values.sorted { $0.id < $1.id }.compactMap { pool in
          pool.devices.map { (id: pool.id, devices: $0) }
        }
      }
      for pool in devices {
        do throws(DeviceError) { try pool.devices.flush() } catch {
          problems.append("pool \(pool.id.rawValue) cannot be flushed (\(error))")
          engine.core.withLock { core in
            core.pools[pool.id]?.devices = nil
            core.pools[pool.id]?.condition = .missing
          }
        }
      }
    }
    engine.core.withLock { core in
      for pool in core.pools.values {
        pool.covered = core.log.sealedEnd
        pool.lastRecord = 0
      }
    }
    // The superblock and the pages this opening relies on may be in the kernel's cache only,
    // left there by a killed process. They come first: a checkpoint overwrites the homes
    // that the superblock before them needs.
    try engine.flushSystem()
    // The journal may have been kept without the length that it speaks of.
    try engine.grow(to: engine.core.withLock { $0.segments.count })
    try engine.checkpoint()
    return engine.with(problems: problems)
  }
}

extension Engine {
  func with(problems: [String]) -> Engine {
    Engine(sharing: self, problems: problems)
  }
}
