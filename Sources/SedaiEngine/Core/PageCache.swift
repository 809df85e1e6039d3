import SedaiBytes
import SedaiFormat

/// Pages of metadata in memory: all that changed since the last checkpoint, and as many
/// others as there is room for.
///
/// Invariants: a page that is dirty, or belongs to a checkpoint under way and has not gone
/// home, or is held, is never evicted. `frozen` keeps what such a page was when the
/// checkpoint began, from its first change on.
struct PageCache {
  struct Slot {
    var key: UInt64 = .max
    var isDirty = false
    var isFlushing = false
    var isReferenced = false
    /// Calls that keep it from being evicted; count page: values that are only in memory.
    var holds: Int32 = 0
    /// Checkpoint interval in which its image was last journalled or it was made.
    var loggedIn: UInt64 = 0
    /// Count page: journal position of the last loss of a reference.
    var lastLoss: UInt64 = 0
  }

  /// Slots that only a checkpoint's own needs may take, so that it can always finish.
  private static let headroom = 16

  let arena: PageArena
  private let index: PageIndex
  private(set) var slots: [Slot]
  private var freeSlots: [Int]
  private var hand = 0
  private(set) var dirty: [Int] = []
  private var frozen: [Int: [UInt8]] = [:]
  /// Keys being loaded; false once what is read may be stale.
  private var loading: [UInt64: Bool] = [:]

  init(pages wanted: Int) {
    let pages = wanted + Self.headroom
    arena = PageArena(slots: pages)
    index = PageIndex(capacity: pages)
    slots = Array(repeating: Slot(), count: pages)
    freeSlots = Array((0..<pages).reversed())
  }

  var dirtyCount: Int { dirty.count }

  /// Whether the page has changed since it last went home, which changes do only once they
  /// are durable together with the data they speak of.
  func isUnsaved(_ slot: Int) -> Bool { slots[slot].isDirty || slots[slot].isFlushing }

  /// The slot of a page, or -1.
  @inline(__always) mutating func find(_ key: UInt64) -> Int {
    let slot = index.find(key)
    if slot >= 0 { slots[slot].isReferenced = true }
    return slot
  }

  /// The slot of a page that has to be there for the caller to go on.
  @inline(__always) mutating func need(_ key: UInt64) throws(CoreSignal) -> Int {
    let slot = find(key)
    if slot < 0 { throw .load([key]) }
    return slot
  }

  /// A slot for a page that is not cached.
  /// - Throws: `checkpoint` if every page is dirty.
  mutating func add(_ key: UInt64, urgently: Bool = false) throws(CoreSignal) -> Int {
    if !urgently || freeSlots.isEmpty { try ensureRoom() }
    guard let slot = freeSlots.popLast() else { throw .checkpoint }
    slots[slot] = Slot(key: key, isReferenced: true)
    index.insert(key, slot: slot)
    if loading[key] != nil { loading[key] = false }
    return slot
  }

  /// Makes sure that ``add(_:urgently:)`` finds a slot without evicting anything.
  /// - Throws: `checkpoint` if every page is dirty.
  mutating func ensureRoom() throws(CoreSignal) {
    while freeSlots.count <= Self.headroom {
      guard let slot = evict() else { throw .checkpoint }
      freeSlots.append(slot)
    }
  }

  /// Empties the slot of a page that was not used for a while; nil if all have to stay.
  private mutating func evict() -> Int? {
    for _ in 0..<(2 * slots.count) {
      hand = hand + 1 == slots.count ? 0 : hand + 1
      let slot = slots[hand]
      if slot.key == .max || slot.isDirty || slot.isFlushing || slot.holds > 0 { continue }
      if slot.isReferenced {
        slots[hand].isReferenced = false
        continue
      }
      index.remove(slot.key)
      if loading[slot.key] != nil { loading[slot.key] = false }
      slots[hand] = Slot()
      return hand
    }
    return nil
  }

  /// Call before changing a page.
  @inline(__always) mutating func willChange(_ slot: Int) {
    if slots[slot].isDirty { return }
    if slots[slot].isFlushing, frozen[slot] == nil {
      var bytes: [UInt8] = []
      arena.append(slot, to: &bytes)
      frozen[slot] = bytes
    }
    slots[slot].isDirty = true
    dirty.append(slot)
  }

  @inline(__always) mutating func hold(_ slot: Int, _ change: Int32) {
    slots[slot].holds += change
  }

  @inline(__always) mutating func setLogged(_ slot: Int, in interval: UInt64) {
    slots[slot].loggedIn = interval
  }

  @inline(__always) mutating func setLastLoss(_ slot: Int, _ position: LogPosition) {
    slots[slot].lastLoss = position.rawValue
  }

  /// Starts loading `key`; false if it is there or somebody else is at it.
  mutating func beginLoad(_ key: UInt64) -> Bool {
    if index.find(key) >= 0 || loading[key] != nil { return false }
    loading[key] = true
    return true
  }

  /// Takes over the 4096 bytes read for `key`, unless they may be stale by now.
  mutating func endLoad(
    _ key: UInt64, _ bytes: [UInt8]?, urgently: Bool = false
  ) throws(CoreSignal) {
    guard let isCurrent = loading.removeValue(forKey: key), isCurrent, let bytes,
      index.find(key) < 0
    else { return }
    let slot = try add(key, urgently: urgently)
    arena.fill(slot, from: bytes, at: 0)
  }

  /// Forgets all pages whose key satisfies `isGone`, changed ones and those being loaded too.
  /// Not while a checkpoint is under way: its pages must stay where they are.
  /// - Complexity: O(cached pages)
  mutating func purge(_ isGone: (UInt64) -> Bool) {
    for slot in slots.indices where slots[slot].key != .max && isGone(slots[slot].key) {
      precondition(!slots[slot].isFlushing, "purged in the middle of a checkpoint")
      index.remove(slots[slot].key)
      slots[slot] = Slot()
      freeSlots.append(slot)
    }
    dirty.removeAll { slots[$0].key == .max }
    for key in loading.keys where isGone(key) { loading[key] = false }
  }

  /// Makes the changed pages those of a checkpoint that begins now.
  mutating func beginFlush() -> [Int] {
    let flushing = dirty
    for slot in flushing {
      slots[slot].isDirty = false
      slots[slot].isFlushing = true
    }
    dirty.removeAll(keepingCapacity: true)
    return flushing
  }

  /// Appends what the page was when the checkpoint began.
  mutating func appendFlushed(_ slot: Int, to bytes: inout [UInt8]) {
    if let kept = frozen.removeValue(forKey: slot) {
      bytes += kept
    } else {
      arena.append(slot, to: &bytes)
    }
  }

  /// The page's checkpoint copy is home.
  mutating func endFlush(_ slot: Int) {
    slots[slot].isFlushing = false
    frozen.removeValue(forKey: slot)
  }

  /// The checkpoint failed: its pages are changed pages again.
  mutating func abandonFlush(_ flushing: [Int]) {
    for slot in flushing where slots[slot].isFlushing {
      slots[slot].isFlushing = false
      frozen.removeValue(forKey: slot)
      if !slots[slot].isDirty {
        slots[slot].isDirty = true
        dirty.append(slot)
      }
    }
  }
}
