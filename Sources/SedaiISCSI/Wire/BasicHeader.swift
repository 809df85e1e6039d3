internal import SedaiBytes

/// The first 48 bytes of every PDU, as far as all kinds have them in common.
/// - Source: RFC 7143 §11.2.1.
struct BasicHeader: Sendable {
  static let byteCount = 48

  let opcode: UInt8
  let isImmediate: Bool
  let flags: UInt8
  /// Bytes 2 and 3, which mean something else in each kind.
  let specific: (UInt8, UInt8)
  /// Bytes of additional header segments.
  let additionalBytes: Int
  let dataBytes: Int
  /// Bytes 8…15: the unit; in a login the session's name.
  let unit: UInt64
  let taskTag: UInt32
  /// Bytes 20…47, big-endian.
  private let words: SIMD8<UInt32>

  /// - Parameter bytes: at least 48.
  init(_ bytes: RawSpan) {
    let first = bytes.byte(at: 0)
    opcode = first & 0x3F
    isImmediate = first & 0x40 != 0
    flags = bytes.byte(at: 1)
    specific = (bytes.byte(at: 2), bytes.byte(at: 3))
    additionalBytes = Int(bytes.byte(at: 4)) * 4
    dataBytes = Int(bytes.bigEndian(at: 4, as: UInt32.self) & 0xFF_FFFF)
    unit = bytes.bigEndian(at: 8)
    taskTag = bytes.bigEndian(at: 16)
    var words = SIMD8<UInt32>()
    for index in 0..<7 { words[index] = bytes.bigEndian(at: 20 + 4 * index) }
    self.words = words
  }

  /// The 32-bit field that starts at byte `place`, 20…44.
  func word(at place: Int) -> UInt32 { words[(place - 20) / 4] }

  var isFinal: Bool { flags & ISCSIFlag.final != 0 }
  /// Where the initiator's numbers stand in its requests.
  var commandNumber: UInt32 { word(at: 24) }
}
