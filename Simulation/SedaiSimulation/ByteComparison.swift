private import Glibc

extension [UInt8] {
  /// Whether the bytes `range` equal those of `other` from `start` on.
  ///
  /// - Complexity: O(bytes), at memory speed also without optimisation.
  func matches(_ range: Range<Int>, of other: [UInt8], from start: Int) -> Bool {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "outside the bytes")
    precondition(start >= 0 && range.count <= other.count - start, "outside the other bytes")
    // SAFETY: both ranges were checked, and the buffers live as long as the closures.
    return unsafe withUnsafeBytes { left in
      unsafe other.withUnsafeBytes { right in
        guard let left = left.baseAddress, let right = right.baseAddress else { return true }
        let first = unsafe left + range.lowerBound
        let second = unsafe right + start
        return unsafe first == second || memcmp(first, second, range.count) == 0
      }
    }
  }
}
