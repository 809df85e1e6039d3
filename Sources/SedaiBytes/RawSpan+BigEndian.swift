extension RawSpan {
  /// The big-endian integer that starts at byte `offset`, of any alignment.
  ///
  /// - Precondition: the integer lies within the span; callers check lengths first.
  @inline(__always)
  public func bigEndian<Integer: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: Integer.Type = Integer.self
  ) -> Integer {
    precondition(offset >= 0 && byteCount - offset >= MemoryLayout<Integer>.size)
    // SAFETY: the bounds were checked above, and every bit pattern of an integer is valid.
    return unsafe Integer(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Integer.self))
  }

  /// The byte at `offset`.
  ///
  /// - Precondition: `offset` lies within the span.
  @inline(__always)
  public func byte(at offset: Int) -> UInt8 { bigEndian(at: offset) }
}

extension MutableRawSpan {
  /// Stores `value` big-endian at byte `offset`, of any alignment.
  ///
  /// - Precondition: the integer lies within the span.
  @inline(__always)
  @_lifetime(self: copy self)
  public mutating func store<Integer: FixedWidthInteger & BitwiseCopyable>(
    bigEndian value: Integer, at offset: Int
  ) {
    storeBytes(of: value.bigEndian, toByteOffset: offset, as: Integer.self)
  }
}
