/// A hash table from 64-bit keys to slots of an arena, without allocation once built.
///
/// Linear probing over twice the slots; key `UInt64.max` is not available.
@safe public final class PageIndex {
  @usableFromInline let mask: Int
  @usableFromInline let keys: UnsafeMutablePointer<UInt64>
  @usableFromInline let values: UnsafeMutablePointer<Int32>
  public private(set) var count = 0
  private let capacity: Int

  /// - Parameter capacity: how many keys it can hold at most.
  public init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    mask = size - 1
    self.capacity = capacity
    unsafe keys = .allocate(capacity: size)
    unsafe values = .allocate(capacity: size)
    unsafe keys.initialize(repeating: .max, count: size)
    unsafe values.initialize(repeating: -1, count: size)
  }

  deinit {
    unsafe keys.deallocate()
    unsafe values.deallocate()
  }

  @inlinable @inline(__always)
  func home(_ key: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 20) & mask
  }

  /// The slot of `key`, or -1.
  /// - Complexity: O(1) expected.
  @inlinable @inline(__always)
  public func find(_ key: UInt64) -> Int {
    var place = home(key)
    while true {
      // SAFETY: `place` is masked to the table's size; a free place always ends the probe.
      let found = unsafe keys[place]
      if found == key { return unsafe Int(values[place]) }
      if found == .max { return -1 }
      place = (place &+ 1) & mask
    }
  }

  /// Adds `key`, which must not be in the table.
  public func insert(_ key: UInt64, slot: Int) {
    precondition(count < capacity && key != .max, "the table is as large as its arena")
    var place = home(key)
    while unsafe keys[place] != .max { place = (place &+ 1) & mask }
    unsafe keys[place] = key
    unsafe values[place] = Int32(slot)
    count += 1
  }

  /// Takes `key` out, closing the gap so that later probes still end.
  public func remove(_ key: UInt64) {
    var place = home(key)
    while unsafe keys[place] != key {
      if unsafe keys[place] == .max { return }
      place = (place &+ 1) & mask
    }
    count -= 1
    var gap = place
    var next = (place &+ 1) & mask
    while unsafe keys[next] != .max {
      let wanted = home(unsafe keys[next])
      if ((next &- wanted) & mask) >= ((next &- gap) & mask) {
        unsafe keys[gap] = keys[next]
        unsafe values[gap] = values[next]
        gap = next
      }
      next = (next &+ 1) & mask
    }
    unsafe keys[gap] = .max
    unsafe values[gap] = -1
  }
}
