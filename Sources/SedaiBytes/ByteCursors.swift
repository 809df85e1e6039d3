/// Reading past the end of what there is.
public struct OutOfBytes: Error, Equatable, Sendable {
  public init() {}
}

/// Reads little-endian fields one after another; a field that is not there is an error,
/// never a trap.
public struct ByteReader: Sendable {
  private let bytes: [UInt8]
  /// Offset of the next byte to read.
  public private(set) var position: Int
  private let end: Int

  public init(_ bytes: [UInt8], from start: Int = 0, count: Int? = nil) {
    self.bytes = bytes
    position = min(max(start, 0), bytes.count)
    end = min(position + max(count ?? bytes.count, 0), bytes.count)
  }

  public var remaining: Int { end - position }

  public mutating func u8() throws(OutOfBytes) -> UInt8 {
    guard remaining >= 1 else { throw OutOfBytes() }
    defer { position += 1 }
    return bytes[position]
  }

  public mutating func u16() throws(OutOfBytes) -> UInt16 { UInt16(try integer(2)) }
  public mutating func u32() throws(OutOfBytes) -> UInt32 { UInt32(try integer(4)) }
  public mutating func u64() throws(OutOfBytes) -> UInt64 { try integer(8) }

  private mutating func integer(_ width: Int) throws(OutOfBytes) -> UInt64 {
    guard remaining >= width else { throw OutOfBytes() }
    var value: UInt64 = 0
    for place in 0..<width { value |= UInt64(bytes[position + place]) << UInt64(8 * place) }
    position += width
    return value
  }

  public mutating func bytes(_ count: Int) throws(OutOfBytes) -> [UInt8] {
    guard count >= 0, remaining >= count else { throw OutOfBytes() }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  /// A byte string that its length, 32 bits, precedes.
  public mutating func counted() throws(OutOfBytes) -> [UInt8] {
    let count = try u32()
    return try bytes(Int(count))
  }

  public mutating func skip(_ count: Int) throws(OutOfBytes) {
    guard count >= 0, remaining >= count else { throw OutOfBytes() }
    position += count
  }
}

extension [UInt8] {
  /// Appends little-endian fields.
  @inlinable public mutating func append8(_ value: UInt8) { append(value) }
  @inlinable public mutating func append16(_ value: UInt16) { appendInteger(value) }
  @inlinable public mutating func append32(_ value: UInt32) { appendInteger(value) }
  @inlinable public mutating func append64(_ value: UInt64) { appendInteger(value) }

  @inlinable mutating func appendInteger<Value: FixedWidthInteger>(_ value: Value) {
    unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
  }

  /// Appends a byte string after its length of 32 bits.
  public mutating func appendCounted(_ bytes: [UInt8]) {
    append32(UInt32(bytes.count))
    append(contentsOf: bytes)
  }

  /// Overwrites four bytes at `offset`.
  public mutating func store32(_ value: UInt32, at offset: Int) {
    for place in 0..<4 {
      self[offset + place] = UInt8(truncatingIfNeeded: value >> UInt32(8 * place))
    }
  }

  /// Overwrites eight bytes at `offset`.
  public mutating func store64(_ value: UInt64, at offset: Int) {
    for place in 0..<8 {
      self[offset + place] = UInt8(truncatingIfNeeded: value >> UInt64(8 * place))
    }
  }

  public func load32(at offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(self[offset + $1]) << UInt32(8 * $1) }
  }

  public func load64(at offset: Int) -> UInt64 {
    (0..<8).reduce(0) { $0 | UInt64(self[offset + $1]) << UInt64(8 * $1) }
  }

  /// Appends zeroes until the count is a multiple of `alignment`.
  public mutating func pad(to alignment: Int) {
    let rest = count % alignment
    if rest != 0 { append(contentsOf: repeatElement(0, count: alignment - rest)) }
  }
}
