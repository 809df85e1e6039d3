internal import SedaiBytes

/// Reads the data of one option from front to back; nil or false means that it is too short
/// or not what the protocol allows.
struct WireReader: ~Escapable {
  private let bytes: RawSpan
  private var position = 0

  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) { self.bytes = bytes }

  var remaining: Int { bytes.byteCount - position }

  @_lifetime(self: copy self)
  mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ type: Integer.Type
  ) -> Integer? {
    guard remaining >= MemoryLayout<Integer>.size else { return nil }
    defer { position += MemoryLayout<Integer>.size }
    return bytes.bigEndian(at: position, as: type)
  }

  /// A string of `count` bytes that must be UTF-8 without NUL and not too long.
  @_lifetime(self: copy self)
  mutating func string(byteCount count: Int) -> String? {
    guard count >= 0, count <= NBDLimits.maximumNameBytes, count <= remaining else { return nil }
    var scalars: [UInt8] = []
    scalars.reserveCapacity(count)
    for index in position..<(position + count) { scalars.append(bytes.byte(at: index)) }
    position += count
    guard !scalars.contains(0) else { return nil }
    return String(validating: scalars, as: UTF8.self)
  }

  /// A string that its length precedes, as 32 bits.
  @_lifetime(self: copy self)
  mutating func lengthPrefixedString() -> String? {
    guard let count = integer(UInt32.self) else { return nil }
    return string(byteCount: Int(count))
  }
}
