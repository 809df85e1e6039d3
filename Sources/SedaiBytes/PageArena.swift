/// Fixed memory of 4 KiB pages, addressed by slot and byte offset, every access checked.
///
/// Not synchronised: its owner calls it under a lock. Fields are little-endian, as on disk.
@safe public final class PageArena {
  public static let pageBytes = 4096

  /// Slots 0..<`slots` exist. Memory is only touched, and so only used, as slots are.
  public let slots: Int
  @usableFromInline let base: UnsafeMutableRawPointer

  public init(slots: Int) {
    precondition(slots > 0, "an arena of nothing serves nobody")
    self.slots = slots
    unsafe base = .allocate(byteCount: slots * Self.pageBytes, alignment: Self.pageBytes)
  }

  deinit { unsafe base.deallocate() }

  @inlinable @inline(__always)
  func address(_ slot: Int, _ offset: Int, _ width: Int) -> UnsafeMutableRawPointer {
    precondition(
      slot >= 0 && slot < slots && offset >= 0 && offset <= Self.pageBytes - width,
      "outside the page")
    return unsafe base + (slot &* Self.pageBytes &+ offset)
  }

  @inlinable @inline(__always)
  public func load64(_ slot: Int, at offset: Int) -> UInt64 {
    // SAFETY: `address` has checked the bounds; the value is trivial, any alignment will do.
    unsafe UInt64(littleEndian: address(slot, offset, 8).loadUnaligned(as: UInt64.self))
  }

  @inlinable @inline(__always)
  public func store64(_ value: UInt64, _ slot: Int, at offset: Int) {
    unsafe address(slot, offset, 8).storeBytes(of: value.littleEndian, as: UInt64.self)
  }

  @inlinable @inline(__always)
  public func load32(_ slot: Int, at offset: Int) -> UInt32 {
    unsafe UInt32(littleEndian: address(slot, offset, 4).loadUnaligned(as: UInt32.self))
  }

  @inlinable @inline(__always)
  public func store32(_ value: UInt32, _ slot: Int, at offset: Int) {
    unsafe address(slot, offset, 4).storeBytes(of: value.littleEndian, as: UInt32.self)
  }

  /// Makes every byte of the slot zero.
  public func clear(_ slot: Int) {
    unsafe address(slot, 0, Self.pageBytes).initializeMemory(
      as: UInt8.self, repeating: 0, count: Self.pageBytes)
  }

  public func copy(_ source: Int, to destination: Int) {
    unsafe address(destination, 0, Self.pageBytes).copyMemory(
      from: address(source, 0, Self.pageBytes), byteCount: Self.pageBytes)
  }

  /// Appends the slot's 4096 bytes to `bytes`.
  public func append(_ slot: Int, to bytes: inout [UInt8]) {
    unsafe bytes.append(
      contentsOf: UnsafeRawBufferPointer(
        start: address(slot, 0, Self.pageBytes), count: Self.pageBytes))
  }

  /// Fills the slot from 4096 bytes of `bytes` that begin at `offset`.
  public func fill(_ slot: Int, from bytes: [UInt8], at offset: Int) {
    precondition(offset >= 0 && offset + Self.pageBytes <= bytes.count, "outside the source")
    unsafe bytes.withUnsafeBytes {
      guard let start = $0.baseAddress else { return }
      unsafe address(slot, 0, Self.pageBytes).copyMemory(
        from: start + offset, byteCount: Self.pageBytes)
    }
  }
}
