extension [UInt8] {
  /// Calls `body` with the bytes `range` of the array.
  public func withBytes<Result, Failure: Error>(
    _ range: Range<Int>, _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // SAFETY: bytes have no other representation; the span lives no longer than the call.
    let whole = unsafe span.bytes
    return try body(whole.extracting(range))
  }

  /// Calls `body` with the bytes `range` of the array, to be changed.
  public mutating func withMutableBytes<Result, Failure: Error>(
    _ range: Range<Int>, _ body: (inout MutableRawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var elements = mutableSpan
    // SAFETY: any byte pattern is a valid UInt8.
    var whole = unsafe elements.mutableBytes
    var part = whole._mutatingExtracting(range)
    return try body(&part)
  }

  /// Appends all of `source`.
  public mutating func append(_ source: RawSpan) {
    // SAFETY: reads inside the buffer that the call lends.
    unsafe source.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }

  /// The CRC-32C of the bytes `range`.
  public func crc32c(_ range: Range<Int>, seed: UInt32 = 0) -> UInt32 {
    withBytes(range) { SedaiBytes.crc32c($0, seed: seed) }
  }
}

extension MutableRawSpan {
  /// Makes the bytes `range` zero.
  public mutating func zero(_ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "outside the span")
    // SAFETY: the range was checked against the span's bounds.
    _ = unsafe withUnsafeMutableBytes {
      unsafe UnsafeMutableRawBufferPointer(rebasing: $0[range]).initializeMemory(
        as: UInt8.self, repeating: 0)
    }
  }

  /// Copies all of `source` to `offset`.
  public mutating func copy(_ source: RawSpan, at offset: Int) {
    precondition(offset >= 0 && offset + source.byteCount <= byteCount, "outside the span")
    // SAFETY: source and destination ranges were checked, and spans do not overlap unless
    // the caller broke exclusivity.
    unsafe withUnsafeMutableBytes { target in
      unsafe source.withUnsafeBytes { from in
        unsafe UnsafeMutableRawBufferPointer(
          rebasing: target[offset..<offset + from.count]
        ).copyMemory(from: from)
      }
    }
  }
}

extension RawSpan {
  /// Whether every byte is zero.
  /// - Complexity: O(bytes)
  public var isAllZero: Bool {
    // SAFETY: reads inside the buffer that the call lends.
    unsafe withUnsafeBytes { unsafe $0.allSatisfy { $0 == 0 } }
  }
}
