import SedaiFormat

/// What a walk of trees needs in the cache at once, to see one moment. What is missing is
/// loaded, and the walk begins again.
struct CacheWalk {
  /// Pages loaded between two attempts.
  private static let loadLimit = 256

  /// Pages that the walk may need.
  private let limit: Int
  private var needed: Set<UInt64> = []
  private(set) var missing: [UInt64] = []

  init(limit: Int) { self.limit = limit }

  /// So many are missing that the walk had better stop.
  var isFull: Bool { missing.count >= Self.loadLimit }

  /// The slot of a page, or -1 if it is missing.
  /// - Throws: `walkTooLarge` beyond the limit.
  mutating func slot(of key: UInt64, in core: EngineCore) throws(CoreSignal) -> Int {
    let slot = core.cache.find(key)
    if needed.insert(key).inserted {
      if needed.count > limit { throw .failed(.walkTooLarge(pages: UInt64(limit))) }
      if slot < 0 { missing.append(key) }
    }
    return slot
  }
}

extension EngineCore {
  /// Pages that one walk may need: the cache has to hold them all.
  var walkLimit: Int { cache.slots.count / 2 }

  /// Has what is missing loaded. Changed pages cannot make room for it: where they are many
  /// they go home first.
  func complete(_ walk: CacheWalk) throws(CoreSignal) {
    if walk.missing.isEmpty { return }
    if cache.dirtyCount > cache.slots.count / 4 { throw .checkpoint }
    throw .load(walk.missing)
  }
}
