/// What an initiator sends, byte for byte as RFC 7143 lays it out.
package enum InitiatorBytes {
  package static let initiator = "iqn.2026-11.test:one"
  package static let target = "iqn.2026-11.test:target"

  package static func number(_ value: UInt64, bytes count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - $0))) }
  }

  /// A PDU of a kind, its bytes 20…47 given as 32-bit words.
  package static func pdu(
    _ opcode: UInt8, flags: UInt8 = 0x80, specific: [UInt8] = [0, 0], unit: UInt64 = 0,
    tag: UInt32 = 1, words: [UInt32] = [], data: [UInt8] = []
  ) -> [UInt8] {
    var bytes = [opcode, flags] + specific + [0] + number(UInt64(data.count), bytes: 3)
    bytes += number(unit, bytes: 8) + number(UInt64(tag), bytes: 4)
    for index in 0..<7 {
      bytes += number(UInt64(index < words.count ? words[index] : 0), bytes: 4)
    }
    return bytes + data + [UInt8](repeating: 0, count: (4 - data.count % 4) % 4)
  }

  package static func text(_ pairs: [String]) -> [UInt8] {
    pairs.flatMap { Array($0.utf8) + [0] }
  }

  /// A login request; stages 0 security, 1 operational, 3 full feature.
  package static func login(
    _ pairs: [String], from stage: UInt8 = 1, to next: UInt8? = 3, number: UInt32 = 1,
    qualifier: UInt64 = 0x4000_0000_0001
  ) -> [UInt8] {
    let flags = stage << 2 | (next.map { 0x80 | $0 } ?? 0)
    return pdu(
      0x43, flags: flags, unit: qualifier << 16, tag: 7, words: [0, number],
      data: text(pairs))
  }

  /// The keys that every login has.
  package static func names(target: String? = target, initiator: String = initiator) -> [String] {
    let kind = target.map { ["SessionType=Normal", "TargetName=\($0)"] }
    return ["InitiatorName=\(initiator)"] + (kind ?? ["SessionType=Discovery"])
  }

  /// A command; `expected` is what the initiator sends or has room for.
  package static func command(
    _ block: [UInt8], tag: UInt32, number: UInt32, expected: Int, flags: UInt8 = 0xC0,
    unit: UInt64 = 0, data: [UInt8] = []
  ) -> [UInt8] {
    var bytes = pdu(
      0x01, flags: flags, unit: unit, tag: tag, words: [UInt32(expected), number], data: data)
    bytes.replaceSubrange(
      32..<48, with: block + [UInt8](repeating: 0, count: 16 - block.count))
    return bytes
  }

  /// Data in answer to an R2T, or unasked.
  package static func dataOut(
    _ data: [UInt8], tag: UInt32, transfer: UInt32, number: UInt32, offset: Int,
    isFinal: Bool = true
  ) -> [UInt8] {
    pdu(
      0x05, flags: isFinal ? 0x80 : 0, tag: tag,
      words: [transfer, 0, 0, 0, number, UInt32(offset)], data: data)
  }

  // MARK: Command descriptor blocks

  package static let testUnitReady: [UInt8] = [0, 0, 0, 0, 0, 0]

  package static func read10(_ block: UInt32, _ count: UInt16) -> [UInt8] {
    [0x28, 0] + number(UInt64(block), bytes: 4) + [0] + number(UInt64(count), bytes: 2) + [0]
  }

  package static func write10(_ block: UInt32, _ count: UInt16) -> [UInt8] {
    [0x2A, 0] + number(UInt64(block), bytes: 4) + [0] + number(UInt64(count), bytes: 2) + [0]
  }
}

extension [UInt8] {
  /// The big-endian integer of `count` bytes at `place`.
  package func number(at place: Int, bytes count: Int = 4) -> Int {
    self[place..<place + count].reduce(0) { $0 << 8 | Int($1) }
  }

  /// Data of a PDU that starts at 0, without digests.
  package var pduData: [UInt8] { Array(self[48..<48 + number(at: 5, bytes: 3)]) }
}
