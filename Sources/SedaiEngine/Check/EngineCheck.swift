import SedaiBytes
import SedaiFormat
import SedaiMonitor

/// Checks the metadata of a stopped array against itself, and rebuilds what follows from
/// the trees.
///
/// Trees are the truth: every page has a checksum and knows its place. Counts and sums
/// follow from them and can be rebuilt. A page that cannot be read is never replaced.
public struct EngineCheck {
  let engine: Engine
  private let prepared: Recovery.Prepared
  private let recovery: Recovery

  /// Reads the array, applying its journal in memory only.
  ///
  /// - Parameter isRepair: whether ``repair(_:)`` may write.
  /// - Throws: `damaged` or `unsupportedVersion` if not even the journal can be applied.
  public init(
    systemArea: any BlockDevice, environment: EngineEnvironment, isRepair: Bool
  ) throws(EngineError) {
    let device = isRepair ? systemArea : ReadOnlyDevice(systemArea)
    recovery = try Recovery(
      systemArea: device, superblock: try Engine.superblock(of: device), environment: environment)
    prepared = try recovery.prepare()
    engine = prepared.engine
    // They can be rebuilt, so that they are findings rather than the end of the check.
    engine.core.withLock { $0.toleratesDamagedCounts = true }
  }

  /// Verifies checksums, places, reference counts, reachability and sums.
  /// - Complexity: O(map pages and count pages)
  public func check() throws(EngineError) -> CheckReport {
    var walk = try verified()
    for problem in prepared.problems { walk.add(.member, problem) }
    return walk.report
  }

  /// Rebuilds counts and sums from the trees and writes them, if every page can be read.
  ///
  /// - Returns: what was found before; `wasRepaired` tells whether it was mended.
  public func repair() throws(EngineError) -> CheckReport {
    let walk = try verified()
    var report = walk.report
    for problem in prepared.problems { report.add(.member, problem) }
    guard report.damageCount == 0 else { return report }
    try rebuild(engine, walk, walk.imageSums)
    let open = try recovery.finish(prepared)
    try open.close()
    report.wasRepaired = true
    return report
  }

  private func verified() throws(EngineError) -> TreeWalk {
    var report = CheckReport()
    report.neededRecovery = !prepared.isClean
    var walk = TreeWalk(engine, report: report)
    try walk.run()
    for segment in mapSegments() { try compareMapCounts(segment, &walk) }
    let pools = engine.core.withLock { core in
      core.pools.values.map { (id: $0.id, pages: $0.space.free.count) }.sorted { $0.id < $1.id }
    }
    for pool in pools {
      for page in 0..<pool.pages { try comparePoolCounts(pool.id, page, &walk) }
    }
    return walk
  }

  private func mapSegments() -> [Int] {
    engine.core.withLock { core in
      core.segments.indices.filter { core.segments[$0] == .mapPages }
    }
  }

  /// Counts as they are noted; values that exist in memory only count as none.
  private func noted(_ key: UInt64) throws(EngineError) -> [UInt32] {
    try engine.run { (core) throws(CoreSignal) -> [UInt32] in
      let slot = try core.cache.need(key)
      return (0..<MapPageLayout.counts).map { place in
        let value = core.cache.arena.load32(slot, at: MapPageLayout.countOffset(place))
        return value >= CountSpace.Special.first ? 0 : value
      }
    }
  }

  private func isDamaged(_ key: UInt64) -> Bool {
    engine.core.withLock { $0.damagedCounts.contains(key) }
  }

  private func compareMapCounts(_ segment: Int, _ walk: inout TreeWalk) throws(EngineError) {
    let noted = try noted(PageKey.counts(.map, segment))
    if isDamaged(PageKey.counts(.map, segment)) {
      walk.add(.count, "the counts of segment \(segment)'s map pages are damaged")
      return
    }
    let (blocks, pages, free) = engine.core.withLock { core in
      (core.segmentBlocks, core.pagesPerSegment, core.map.free[segment] + core.map.hidden[segment])
    }
    var zeroes = 0
    for place in 0..<pages {
      let page = PageNumber(UInt64(segment) * blocks + UInt64(place) + 2)
      let found = walk.pages[page] ?? 0
      if noted[place] == 0 { zeroes += 1 }
      guard noted[place] != found else { continue }
      walk.add(
        .count, "map page \(page.rawValue): counted \(noted[place]), referred to \(found) times")
    }
    if zeroes != Int(free) {
      walk.add(.accounting, "segment \(segment): \(free) free map pages noted, \(zeroes) found")
    }
  }

  private func comparePoolCounts(
    _ pool: PoolID, _ number: Int, _ walk: inout TreeWalk
  ) throws(EngineError) {
    let key = PageKey.counts(.pool(pool), number)
    let noted = try noted(key)
    if isDamaged(key) {
      walk.add(.count, "count page \(number) of pool \(pool.rawValue) is damaged")
      return
    }
    let (chunks, free) = engine.core.withLock { core -> (Int, Int) in
      guard let pool = core.pools[pool] else { return (0, 0) }
      let rest = pool.space.total - UInt64(number * MapPageLayout.counts)
      return (
        Int(min(rest, UInt64(MapPageLayout.counts))),
        Int(pool.space.free[number]) + Int(pool.space.hidden[number])
      )
    }
    var zeroes = 0
    for place in 0..<chunks {
      let found = walk.chunks[key]?[place] ?? 0
      if noted[place] == 0 { zeroes += 1 }
      if found > 0 { walk.addChunks(1) }
      guard noted[place] != found else { continue }
      walk.add(
        .count,
        "chunk \(number * MapPageLayout.counts + place) of pool \(pool.rawValue): counted "
          + "\(noted[place]), referred to \(found) times")
    }
    if zeroes != free {
      walk.add(
        .accounting,
        "pool \(pool.rawValue), count page \(number): \(free) free chunks noted, \(zeroes) found")
    }
  }
}
