import SedaiBytes
import SedaiFormat
import SedaiMonitor

/// Pages from the system area into the cache.
extension Engine {
  private struct Job {
    var key: UInt64
    var homes: [UInt64]
    var newest: UInt64
    var abandoned: [ClosedRange<UInt64>]
  }

  /// Loads the pages that nobody else is loading, then waits for the others.
  func load(_ keys: [UInt64]) throws(EngineError) {
    var isOthers = false
    let seen = core.withLock { $0.changes }
    for key in keys {
      let job = try begin(key)
      guard let job else {
        isOthers = true
        continue
      }
      let found: (bytes: [UInt8], home: UInt8)
      do throws(EngineError) { found = try read(job) } catch {
        endLoad(key, nil, home: 0)
        throw error
      }
      try end(key, found.bytes, home: found.home)
    }
    let isMissing = core.withLock { core in keys.contains { core.cache.find($0) < 0 } }
    if isOthers, isMissing { waitForChange(since: seen) }
  }

  private func begin(_ key: UInt64) throws(EngineError) -> Job? {
    do throws(CoreSignal) {
      return try core.withLock { (core) throws(CoreSignal) -> Job? in
        let homes = try core.homes(key)
        guard core.cache.beginLoad(key) else { return nil }
        return Job(
          key: key, homes: homes, newest: core.interval, abandoned: core.abandoned)
      }
    } catch {
      if case .failed(let reason) = error { throw reason }
      return nil
    }
  }

  private func endLoad(_ key: UInt64, _ bytes: [UInt8]?, home: UInt8) {
    core.withLock { core in
      try? core.cache.endLoad(key, bytes, home: home)
      core.changes &+= 1
    }
    core.wakeAll()
  }

  private func end(_ key: UInt64, _ bytes: [UInt8], home: UInt8) throws(EngineError) {
    defer { core.wakeAll() }
    do throws(CoreSignal) {
      try core.withLock { (core) throws(CoreSignal) -> Void in
        core.changes &+= 1
        try core.cache.endLoad(
          key, bytes, home: home,
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
    } catch { throw .device(error) }
    return bytes
  }

  private func read(_ job: Job) throws(EngineError) -> (bytes: [UInt8], home: UInt8) {
    switch PageKey.meaning(job.key) {
    case .map(let page):
      let bytes = try readSystem(job.homes[0], count: PageArena.pageBytes)
      guard Self.isWhole(bytes, kind: MapPageLayout.mapKind) else {
        throw .damaged("map page \(page.rawValue) at byte \(job.homes[0]) of the system area")
      }
      return (bytes, 0)
    case .counts: return try readCounts(job)
    }
  }

  /// The newer valid one of a count page's homes; none written yet means all zero.
  private func readCounts(_ job: Job) throws(EngineError) -> (bytes: [UInt8], home: UInt8) {
    var best: (bytes: [UInt8], home: UInt8, number: UInt64)?
    var isDamaged = false
    for (home, offset) in job.homes.enumerated() {
      let bytes = try readSystem(offset, count: PageArena.pageBytes)
      let number = bytes.load64(at: MapPageLayout.sequenceOffset)
      guard Self.isWhole(bytes, kind: MapPageLayout.countKind),
        bytes.load64(at: MapPageLayout.epochOffset) == job.key
      else {
        if bytes.contains(where: { $0 != 0 }) { isDamaged = true }
        continue
      }
      if number > job.newest || job.abandoned.contains(where: { $0.contains(number) }) {
        continue
      }
      if number > best?.number ?? 0 { best = (bytes, UInt8(home), number) }
    }
    if let best { return (best.bytes, best.home) }
    // A first write that a power cut tore leaves one damaged home beside an empty one; two
    // written homes are never damaged together.
    _ = isDamaged
    return ([UInt8](repeating: 0, count: PageArena.pageBytes), 0)
  }

  static func isWhole(_ bytes: [UInt8], kind: UInt8) -> Bool {
    bytes.load32(at: 0) == bytes.crc32c(4..<PageArena.pageBytes) && bytes[4] == kind
      && UInt16(bytes[6]) | UInt16(bytes[7]) << 8 == MapPageLayout.version
  }
}
