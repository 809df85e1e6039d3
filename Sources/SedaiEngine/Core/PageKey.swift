import SedaiFormat

/// Names a cached page: a map page by its number, a count page by what it counts.
enum PageKey {
  private static let mapCounts: UInt64 = 1 << 62
  private static let poolCounts: UInt64 = 1 << 61

  @inline(__always) static func map(_ page: PageNumber) -> UInt64 { page.rawValue }

  @inline(__always) static func counts(_ space: CountSpace.ID, _ page: Int) -> UInt64 {
    switch space {
    case .map: mapCounts | UInt64(page)
    case .pool(let pool): poolCounts | UInt64(pool.rawValue) << 48 | UInt64(page)
    }
  }

  /// Whether the key is that of counts of map pages, which a checkpoint itself changes.
  static func isMapCounts(_ key: UInt64) -> Bool { key & mapCounts != 0 }

  /// Whether the key is that of counts of a pool's chunks.
  static func counts(_ key: UInt64, areOf pool: PoolID) -> Bool {
    if case .counts(.pool(pool), _) = meaning(key) { return true }
    return false
  }

  enum Meaning {
    case map(PageNumber)
    case counts(CountSpace.ID, Int)
  }

  static func meaning(_ key: UInt64) -> Meaning {
    if key & mapCounts != 0 { return .counts(.map, Int(key & ~mapCounts)) }
    if key & poolCounts != 0 {
      let pool = PoolID(UInt8(truncatingIfNeeded: key >> 48 & 255))
      return .counts(.pool(pool), Int(key & ((1 << 48) - 1)))
    }
    return .map(PageNumber(key))
  }
}
