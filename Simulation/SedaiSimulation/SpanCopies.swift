internal import SedaiBytes

extension RawSpan {
  /// The bytes as an array of their own.
  func copied() -> [UInt8] {
    var result = [UInt8](repeating: 0, count: byteCount)
    result.withMutableBytes(0..<byteCount) { $0.copy(self, at: 0) }
    return result
  }
}

extension MutableRawSpan {
  /// Overwrites the bytes from `position` on with `source[range]`; all of it must fit.
  mutating func copy(_ range: Range<Int>, of source: [UInt8], to position: Int) {
    source.withBytes(range) { copy($0, at: position) }
  }
}

extension [UInt8] {
  /// Overwrites the bytes from `position` on with `source[range]`; all of it must fit.
  mutating func copy(_ range: Range<Int>, of source: [UInt8], to position: Int) {
    withMutableBytes(0..<count) { $0.copy(range, of: source, to: position) }
  }

  func withRawSpan<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withBytes(0..<count, body)
  }

  mutating func withMutableRawSpan<Result, Failure: Error>(
    _ body: (inout MutableRawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withMutableBytes(0..<count, body)
  }
}
