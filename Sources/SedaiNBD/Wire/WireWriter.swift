/// Bytes of a message under construction, integers big-endian as everything in NBD.
struct WireWriter {
  private(set) var bytes: [UInt8] = []

  mutating func append<Integer: FixedWidthInteger>(_ value: Integer) {
    for shift in stride(from: Integer.bitWidth - 8, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> Integer(shift)))
    }
  }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func append(zeroes count: Int) {
    bytes.append(contentsOf: repeatElement(0, count: count))
  }

  /// One reply to `option`, its data written by `body`.
  mutating func appendReply(
    to option: UInt32, _ code: NBDOptionReplyCode, body: (inout WireWriter) -> Void = { _ in }
  ) {
    var payload = WireWriter()
    body(&payload)
    append(NBDMagic.optionReply)
    append(option)
    append(code.rawValue)
    append(UInt32(payload.bytes.count))
    bytes.append(contentsOf: payload.bytes)
  }
}
