/// A command descriptor block of up to 16 bytes; what was not sent is zero.
public struct CommandBlock: Hashable, Sendable {
  /// How many bytes it has.
  public static let byteCount = 16

  private let high: UInt64
  private let low: UInt64

  /// - Parameters:
  ///   - high: bytes 0…7, big-endian.
  ///   - low: bytes 8…15, big-endian.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Takes the first 16 of `bytes`.
  public init(_ bytes: [UInt8]) {
    func word(_ start: Int) -> UInt64 {
      (start..<start + 8).reduce(0) { $0 << 8 | UInt64($1 < bytes.count ? bytes[$1] : 0) }
    }
    self.init(high: word(0), low: word(8))
  }

  /// The byte at `place`, 0…15.
  public subscript(place: Int) -> UInt8 {
    let word = place < 8 ? high : low
    return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (place & 7)))
  }

  /// The big-endian field of 1…8 bytes that starts at `place`.
  public func field(_ place: Int, bytes count: Int) -> UInt64 {
    (place..<place + count).reduce(0) { $0 << 8 | UInt64(self[$1]) }
  }

  /// Whether any bit of `mask` is set in the byte at `place`.
  public func has(_ mask: UInt8, at place: Int) -> Bool { self[place] & mask != 0 }
}
