internal import SedaiBytes
internal import SedaiEngine
internal import SedaiFormat

/// The 4 KiB of one block.
struct BlockContent: Equatable, Sendable {
  static let byteCount = Int(ChunkGeometry.blockBytes)
  static let sectorBytes = Int(DeviceState.sectorBytes)
  static let zero = BlockContent(bytes: [UInt8](repeating: 0, count: byteCount))

  let bytes: [UInt8]

  static func == (left: Self, right: Self) -> Bool {
    left.bytes.matches(0..<byteCount, of: right.bytes, from: 0)
  }

  var isZero: Bool { self == .zero }

  /// With `range` taken from `source`, whose first byte stands for block byte `origin`.
  func overlaid(_ range: Range<Int>, by source: [UInt8], origin: Int) -> BlockContent {
    var result = bytes
    result.copy(
      (range.lowerBound - origin)..<(range.upperBound - origin), of: source,
      to: range.lowerBound)
    return BlockContent(bytes: result)
  }
}

/// What may be found in one block.
///
/// A medium decides sector by sector, so a block may hold one sector of one content and the
/// next of another.
struct BlockState: Sendable {
  static let zero = BlockState(now: [.zero])

  /// What a read may return, also after the process was killed; normally one content.
  private(set) var now: [BlockContent]
  /// What else it may be after the power was cut.
  private(set) var afterCut: [BlockContent] = []

  init(now: [BlockContent]) { self.now = now }

  /// One content now, and the same after a power cut.
  var isCertain: Bool { now.count == 1 && afterCut.isEmpty }

  private static func add(_ new: [BlockContent], to list: inout [BlockContent]) {
    for content in new where !list.contains(content) { list.append(content) }
  }

  /// An acknowledged, unflushed change.
  mutating func change(_ body: (BlockContent) -> BlockContent) {
    Self.add(now, to: &afterCut)
    now = now.map(body)
  }

  /// A change that failed or was interrupted: it may have happened, in part too.
  mutating func perhapsChange(_ body: (BlockContent) -> BlockContent) {
    Self.add(now, to: &afterCut)
    Self.add(now.map(body), to: &now)
  }

  mutating func flushed() { afterCut = [] }

  /// What was not durable may be lost from now on: a flush failed, or the power was cut.
  mutating func lostDurability() {
    Self.add(afterCut, to: &now)
  }

  /// Both are possible.
  mutating func merge(_ other: BlockState) {
    Self.add(other.now, to: &now)
    Self.add(other.afterCut, to: &afterCut)
  }

  /// Takes note of what was read: from now on it is that.
  ///
  /// - Parameter isSettled: the medium itself was read, after a power cut.
  mutating func observed(_ content: BlockContent, isSettled: Bool) {
    if isSettled {
      afterCut = []
    } else if now.count > 1 {
      Self.add(now.filter { $0 != content }, to: &afterCut)
    }
    now = [content]
  }
}

/// Bytes that say which write they come from.
///
/// Each 8-byte word of a volume holds the image that was written to, the number of the
/// write, and the low bits of the place, so that foreign, old or misplaced data is told
/// apart and named.
enum Stamp {
  private static let wordBytes: UInt64 = 8

  static func bytes(image: ImageID, sequence: UInt64, at offset: UInt64, count: UInt64) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(Int(count))
    var position = offset
    while position < offset + count {
      let word = Self.word(image: image, sequence: sequence, offset: position)
      let inWord = position % wordBytes
      let end = min(wordBytes, inWord + offset + count - position)
      for byte in inWord..<end {
        result.append(UInt8(truncatingIfNeeded: word >> (8 * byte)))
      }
      position += end - inWord
    }
    return result
  }

  private static func word(image: ImageID, sequence: UInt64, offset: UInt64) -> UInt64 {
    (image.rawValue & 0xFFFF) << 48 | (sequence & 0xFF_FFFF) << 24
      | (offset / wordBytes) & 0xFF_FFFF
  }

  /// Says in words what `bytes` hold from `index` on.
  static func describe(_ bytes: [UInt8], at index: Int) -> String {
    let word = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[index + $1]) << UInt64(8 * $1) }
    if word == 0 { return "zeroes" }
    if bytes[index..<(index + 8)].allSatisfy({ $0 == bytes[index] }) {
      return "bytes never written (\(bytes[index]))"
    }
    return "image \(word >> 48) write \((word >> 24) & 0xFF_FFFF)"
      + " volume byte \((word & 0xFF_FFFF) * wordBytes)"
  }
}
