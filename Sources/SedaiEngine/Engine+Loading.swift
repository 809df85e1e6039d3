import SedaiBytes
import SedaiFormat
import SedaiMonitor

/// Pages from the system area into the cache.
extension Engine {
  private struct Job {
    var key: UInt64
    /// Byte of the system area; nil for a count page that was never written.
    var offset: UInt64?
  }

  /// Loads the pages that nobody else is loading, then waits for the others.
  func load(_ keys: [UInt64]) throws(EngineError) {
    var isOthers = false
    let seen = core.withLock { $0.changes }
    for key in keys {
      let job: Job?
      do throws(EngineError) { job = try begin(key) } catch {
        // Its pool was removed since: whoever wanted the page looks again.
        if case .noSuchPool = error { continue }
        throw error
      }
      guard let job else {
        isOthers = true
        continue
      }
      let found: [UInt8]
      do throws(EngineError) { found = try read(job) } catch {
        endLoad(key, nil)
        throw error
      }
      try end(key, found)
    }
    let isMissing = core.withLock { core in keys.contains { core.cache.find($0) < 0 } }
    if isOthers, isMissing { waitForChange(since: seen) }
  }

  private func begin(_ key: UInt64) throws(EngineError) -> Job? {
    do throws(CoreSignal) {
      return try core.withLock { (core) throws(CoreSignal) -> Job? in
        let homes = try core.homes(key)
        guard core.cache.beginLoad(key) else { return nil }
        guard case .counts(let space, let page) = PageKey.meaning(key) else {
          return Job(key: key, offset: homes[0])
        }
        switch core.home(space, page) {
        case .none: return Job(key: key, offset: nil)
        case .first: return Job(key: key, offset: homes[0])
        case .second: return Job(key: key, offset: homes[1])
        }
      }
    } catch {
      if case .failed(let reason) = error { throw reason }
      return nil
    }
  }

  private func endLoad(_ key: UInt64, _ bytes: [UInt8]?) {
    core.withLock { core in
      try? core.cache.endLoad(key, bytes)
      core.changes &+= 1
    }
    core.wakeAll()
  }

  private func end(_ key: UInt64, _ bytes: [UInt8]) throws(EngineError) {
    defer { core.wakeAll() }
    do throws(CoreSignal) {
      try core.withLock { (core) throws(CoreSignal) -> Void in
        core.changes &+= 1
        if case .map(let page) = PageKey.meaning(key), !core.isPlausible(bytes) {
          try core.cache.endLoad(key, nil)
          throw .failed(.damaged("map page \(page.rawValue) refers to what does not exist"))
        }
        try core.cache.endLoad(
          key, bytes,
          urgently: core.isCheckpointing && PageKey.isMapCounts(key))
      }
    } catch {
      switch error {
      case .failed(let reason): throw reason
      case .checkpoint: try checkpoint()
      case .load, .grow, .cover, .wait: break
      }
    }
  }

  func readSystem(_ offset: UInt64, count: Int) throws(EngineError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    do throws(DeviceError) {
      try bytes.withMutableBytes(0..<count) { (span) throws(DeviceError) in
        try system.read(into: &span, at: offset)
      }
    } catch {
      if case .outOfRange = error { throw .damaged("the system area is cut short") }
      throw .device(error)
    }
    return bytes
  }

  private func read(_ job: Job) throws(EngineError) -> [UInt8] {
    guard let offset = job.offset else { return Self.emptyPage }
    let bytes = try readSystem(offset, count: PageArena.pageBytes)
    switch PageKey.meaning(job.key) {
    case .map(let page):
      guard Self.isWhole(bytes, kind: MapPageLayout.mapKind) else {
        throw .damaged("map page \(page.rawValue) at byte \(offset) of the system area")
      }
    case .counts(let space, let page):
      guard Self.isWhole(bytes, kind: MapPageLayout.countKind),
        bytes.load64(at: MapPageLayout.epochOffset) == job.key
      else { return try damagedCounts(job.key, space, page, offset) }
    }
    return bytes
  }

  private static let emptyPage = [UInt8](repeating: 0, count: PageArena.pageBytes)

  private func damagedCounts(
    _ key: UInt64, _ space: CountSpace.ID, _ page: Int, _ offset: UInt64
  ) throws(EngineError) -> [UInt8] {
    let isTolerated = core.withLock { core in
      if core.toleratesDamagedCounts { core.damagedCounts.insert(key) }
      return core.toleratesDamagedCounts
    }
    if isTolerated { return Self.emptyPage }
    switch space {
    case .map:
      throw .damaged("count page of segment \(page) at byte \(offset) of the system area")
    case .pool(let id):
      throw .damaged(
        "count page \(page) of pool \(id.rawValue) at byte \(offset) of the system area")
    }
  }

  static func isWhole(_ bytes: [UInt8], kind: UInt8) -> Bool {
    bytes.load32(at: 0) == bytes.crc32c(4..<PageArena.pageBytes) && bytes[4] == kind
      && UInt16(bytes[6]) | UInt16(bytes[7]) << 8 == MapPageLayout.version
  }
}
