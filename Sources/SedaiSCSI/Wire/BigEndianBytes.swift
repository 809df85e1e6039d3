extension [UInt8] {
  /// Appends an integer, its most significant byte first.
  mutating func append<Integer: FixedWidthInteger>(bigEndian value: Integer) {
    for shift in stride(from: Integer.bitWidth - 8, through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: value >> Integer(shift)))
    }
  }

  mutating func append(zeroes count: Int) { append(contentsOf: repeatElement(0, count: count)) }

  /// Appends `text` cut or filled up with blanks to `count` bytes.
  mutating func append(_ text: String, paddedTo count: Int) {
    let bytes = text.utf8.prefix(count)
    append(contentsOf: bytes)
    append(contentsOf: repeatElement(0x20, count: count - bytes.count))
  }

  /// Writes a 16-bit integer over what is there.
  mutating func store16(_ value: Int, at place: Int) {
    self[place] = UInt8(truncatingIfNeeded: value >> 8)
    self[place + 1] = UInt8(truncatingIfNeeded: value)
  }

  /// The integer of 1…8 bytes at `place`, 0 for what is not there.
  func bigEndian(at place: Int, bytes count: Int) -> UInt64 {
    (place..<place + count).reduce(0) { $0 << 8 | UInt64($1 < self.count ? self[$1] : 0) }
  }
}
