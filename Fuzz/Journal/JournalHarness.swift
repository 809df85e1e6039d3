import SedaiBytes
import SedaiFormat

/// Everything that a system area holds besides map pages, decoded from hostile bytes.
///
/// The first byte chooses the decoder. Records that decode must encode to bytes that decode
/// to the same records. Traps otherwise.
private struct Decoders {
  let bytes: [UInt8]

  func run(_ choice: UInt8) {
    switch choice % 5 {
    case 0: rawGroup()
    case 1: framedRecords(count: UInt32(choice / 5))
    case 2: _ = try? ArrayState(decoding: bytes)
    case 3: _ = try? Superblock(decoding: padded)
    default: _ = try? PoolLabel(decoding: padded)
    }
  }

  private var padded: [UInt8] {
    var block = Array(bytes.prefix(Superblock.bytes))
    block += [UInt8](repeating: 0, count: Superblock.bytes - block.count)
    return block
  }

  private func rawGroup() {
    _ = JournalGroup.length(header: bytes, position: LogPosition(0), chain: 0)
    _ = try? JournalGroup.decode(bytes)
  }

  /// The bytes as records of a group that is right otherwise.
  private func framedRecords(count: UInt32) {
    let group = frame(bytes, count)
    guard let (_, records) = try? JournalGroup.decode(group) else { return }
    var encoded: [UInt8] = []
    for record in records { record.append(to: &encoded) }
    guard let (_, again) = try? JournalGroup.decode(frame(encoded, count)) else {
      preconditionFailure("what was decoded does not encode")
    }
    precondition(again == records, "what was decoded encodes to something else")
  }

  private func frame(_ records: [UInt8], _ count: UInt32) -> [UInt8] {
    JournalGroup.encode(
      records: records, recordCount: count, position: LogPosition(4096), chain: 7,
      durable: [(pool: PoolID(0), position: LogPosition(1))]
    ).bytes
  }
}

/// The entry point that libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // SAFETY: libFuzzer owns `count` bytes at `data` for the time of the call; they are copied.
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
  guard let choice = bytes.first else { return 0 }
  Decoders(bytes: Array(bytes.dropFirst())).run(choice)
  return 0
}
