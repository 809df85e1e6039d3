import SedaiFormat

/// Reference counts of one kind of thing: the chunks of a pool, or the map pages.
///
/// Counts lie in count pages; here is only what is known of each count page: how many are
/// free for use, and how many are `hidden`: zero on disk, but not for use yet.
struct CountSpace {
  enum ID: Hashable {
    case map
    case pool(PoolID)
  }

  /// Values that exist in memory only and go home as zero.
  enum Special {
    static let first: UInt32 = 0xFFFF_FF00
    /// Allocated to a write that is not published yet.
    static let reserved: UInt32 = 0xFFFF_FF01
    /// Freed; not to be used before the freeing is durable and its readers are gone.
    static let awaiting: UInt32 = 0xFFFF_FF02
  }

  var free: [UInt16]
  var hidden: [UInt16]
  /// Which home holds each count page.
  var homes: [CountHome]
  /// Count page, and count in it, at which the search for a free one goes on.
  var cursor = 0
  var cursorSlot = 0
  /// Things not free for use.
  var allocated: UInt64 = 0
  var total: UInt64 = 0

  init(free: [UInt16] = [], homes: [CountHome]? = nil, total: UInt64 = 0) {
    self.free = free
    self.homes = homes ?? Array(repeating: .none, count: free.count)
    hidden = Array(repeating: 0, count: free.count)
    self.total = total
    allocated = total - free.reduce(0) { $0 + UInt64($1) }
  }

  /// What a checkpoint that begins now writes.
  var freeAtHome: [UInt16] { zip(free, hidden).map { $0 + $1 } }

  /// A count page with something free, from the cursor on.
  /// - Complexity: O(count pages) at worst, O(1) as long as the cursor's has some.
  mutating func pageWithFree() -> Int? {
    if cursor < free.count, free[cursor] > 0 { return cursor }
    var page = cursor
    for _ in 0..<free.count {
      page = page + 1 >= free.count ? 0 : page + 1
      if free[page] > 0 {
        cursor = page
        cursorSlot = 0
        return page
      }
    }
    return nil
  }
}
