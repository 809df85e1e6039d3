internal import SedaiBytes

/// A PDU under construction: 48 bytes and what follows them.
struct PDUWriter {
  private(set) var header = [UInt8](repeating: 0, count: BasicHeader.byteCount)
  var data: [UInt8] = []

  init(_ opcode: UInt8, flags: UInt8 = ISCSIFlag.final, taskTag: UInt32) {
    header[0] = opcode
    header[1] = flags
    set(taskTag, at: 16)
  }

  mutating func set(_ value: UInt8, at place: Int) { header[place] = value }

  mutating func set(_ value: UInt32, at place: Int) {
    for index in 0..<4 {
      header[place + index] = UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * index))
    }
  }

  mutating func set(_ value: UInt64, at place: Int) {
    set(UInt32(truncatingIfNeeded: value >> 32), at: place)
    set(UInt32(truncatingIfNeeded: value), at: place + 4)
  }

  /// The whole PDU, with digests where they were agreed on.
  func bytes(_ digests: ISCSIDigests) -> [UInt8] {
    var bytes = header
    bytes[5] = UInt8(truncatingIfNeeded: data.count >> 16)
    bytes[6] = UInt8(truncatingIfNeeded: data.count >> 8)
    bytes[7] = UInt8(truncatingIfNeeded: data.count)
    if digests.header { bytes.append32(bytes.crc32c(0..<bytes.count)) }
    guard !data.isEmpty else { return bytes }
    let start = bytes.count
    bytes += data
    bytes.append(contentsOf: repeatElement(0, count: (4 - data.count % 4) % 4))
    if digests.data { bytes.append32(bytes.crc32c(start..<bytes.count)) }
    return bytes
  }
}
