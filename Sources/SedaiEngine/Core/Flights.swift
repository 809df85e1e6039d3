import SedaiFormat

/// Data calls between their look-up and their end. What they may still read or write is
/// not given to anybody else.
struct Flights {
  enum Kind {
    case read
    /// Writes whole blocks, or bytes of blocks nobody else reads to merge.
    case write
    /// Reads blocks of its chunk in order to write them again: alone on its chunk.
    case exclusiveWrite
  }

  struct Flight {
    var image = ImageID(0)
    var index: UInt64 = 0
    var kind = Kind.read
    var pool = PoolID(0)
    var ticket: UInt64 = 0
    /// The chunk this write allocated, or shares with the one that did.
    var overlay: ChunkAddress?
    var isActive = false
  }

  private(set) var entries: [Flight]
  private var free: [Int]
  private var nextTicket: UInt64 = 1
  private(set) var exclusive = 0

  init(limit: Int) {
    entries = Array(repeating: Flight(), count: limit)
    free = Array((0..<limit).reversed())
  }

  /// The ticket that the next call gets: calls with smaller ones began before now.
  var ticket: UInt64 { nextTicket }
  var activeCount: Int { entries.count - free.count }

  mutating func begin(
    _ image: ImageID, _ index: UInt64, _ kind: Kind, pool: PoolID,
    overlay: ChunkAddress? = nil
  ) throws(CoreSignal) -> Int {
    guard let place = free.popLast() else { throw .wait }
    entries[place] = Flight(
      image: image, index: index, kind: kind, pool: pool, ticket: nextTicket, overlay: overlay,
      isActive: true)
    nextTicket += 1
    if kind == .exclusiveWrite { exclusive += 1 }
    return place
  }

  mutating func end(_ place: Int) {
    if entries[place].kind == .exclusiveWrite { exclusive -= 1 }
    entries[place].isActive = false
    entries[place].overlay = nil
    free.append(place)
  }

  /// Every call with a smaller ticket has ended.
  /// - Complexity: O(limit) while any call is under way.
  var oldestTicket: UInt64 {
    if activeCount == 0 { return nextTicket }
    var oldest = nextTicket
    for entry in entries where entry.isActive { oldest = min(oldest, entry.ticket) }
    return oldest
  }

  func conflict(_ image: ImageID, _ index: UInt64, _ kind: Kind) -> Bool {
    if activeCount == 0 || (kind != .exclusiveWrite && exclusive == 0) { return false }
    return entries.contains {
      $0.isActive && $0.image == image && $0.index == index && $0.kind != .read
        && ($0.kind == .exclusiveWrite || kind == .exclusiveWrite)
    }
  }

  /// A chunk that another write of the same index has allocated and not published.
  func overlay(_ image: ImageID, _ index: UInt64) -> ChunkAddress? {
    if activeCount == 0 { return nil }
    return entries.first {
      $0.isActive && $0.image == image && $0.index == index && $0.overlay != nil
    }?.overlay
  }

  /// Whether calls under way have chunks of the pool that are in no image yet.
  func hasOverlays(in pool: PoolID) -> Bool {
    activeCount > 0
      && entries.contains { $0.isActive && $0.pool == pool && $0.overlay != nil }
  }

  func users(of overlay: ChunkAddress) -> Int {
    entries.reduce(0) { $0 + ($1.isActive && $1.overlay == overlay ? 1 : 0) }
  }

  func isBusy(_ image: ImageID) -> Bool {
    activeCount > 0 && entries.contains { $0.isActive && $0.image == image }
  }

  /// Whether anything is being written to an index, of whatever image.
  func hasWrites(at index: UInt64) -> Bool {
    activeCount > 0
      && entries.contains { $0.isActive && $0.index == index && $0.kind != .read }
  }

  func hasWrites(_ image: ImageID, before ticket: UInt64) -> Bool {
    activeCount > 0
      && entries.contains {
        $0.isActive && $0.image == image && $0.kind != .read && $0.ticket < ticket
      }
  }
}
