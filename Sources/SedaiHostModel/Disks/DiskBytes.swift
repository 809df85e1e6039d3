/// Reads parts of a disk for those who find out what is on it.
public struct DiskBytes {
  /// Bytes of the whole disk.
  public let size: UInt64
  /// Bytes of a block as the disk counts them: 512 or 4096.
  public let blockSize: Int
  private let source: (_ offset: UInt64, _ count: Int) -> [UInt8]?

  /// - Parameter source: gives `count` bytes from `offset` on, or nil if they cannot be read. It
  ///   is never asked for what lies beyond `size`.
  public init(
    size: UInt64, blockSize: Int, source: @escaping (_ offset: UInt64, _ count: Int) -> [UInt8]?
  ) {
    self.size = size
    self.blockSize = blockSize
    self.source = source
  }

  /// Exactly `count` bytes; nil if they lie outside or cannot be read.
  public func read(_ offset: UInt64, _ count: Int) -> [UInt8]? {
    guard count >= 0, offset <= size, UInt64(count) <= size - offset,
      let bytes = source(offset, count), bytes.count == count
    else { return nil }
    return bytes
  }

  /// The part of the disk that a partition is, as a disk of its own.
  public func part(_ range: Range<UInt64>) -> DiskBytes {
    let whole = self
    let end = min(range.upperBound, size)
    let start = min(range.lowerBound, end)
    return DiskBytes(size: end - start, blockSize: blockSize) { offset, count in
      whole.read(start + offset, count)
    }
  }
}

extension [UInt8] {
  /// A number of `Value`'s size, least byte first; nil outside the bytes.
  func littleEndian<Value: FixedWidthInteger & UnsignedInteger>(
    at offset: Int, as _: Value.Type = Value.self
  ) -> Value? {
    let width = Value.bitWidth / 8
    guard offset >= 0, offset <= count - width else { return nil }
    return self[offset..<offset + width].reversed().reduce(0) { $0 << 8 | Value($1) }
  }

  /// A number, greatest byte first; nil outside the bytes.
  func bigEndian<Value: FixedWidthInteger & UnsignedInteger>(
    at offset: Int, as _: Value.Type = Value.self
  ) -> Value? {
    littleEndian(at: offset, as: Value.self).map(\.byteSwapped)
  }

  /// Whether `text` stands at `offset`.
  func has(_ text: StaticString, at offset: Int) -> Bool {
    let wanted = Array(text.description.utf8)
    guard offset >= 0, offset <= count - wanted.count else { return false }
    return Array(self[offset..<offset + wanted.count]) == wanted
  }

  /// Text up to the first zero byte; nil if there is none.
  func text(_ range: Range<Int>) -> String? {
    guard range.upperBound <= count else { return nil }
    let bytes = self[range].prefix { $0 != 0 }
    let text = String(decoding: bytes, as: UTF8.self)
    return text.isEmpty ? nil : text
  }

  /// Lower case, two digits a byte.
  var hexadecimal: String {
    map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// 16 bytes as identifiers are printed, 8-4-4-4-12.
  var dashedIdentifier: String? {
    guard count == 16 else { return nil }
    let parts = [self[0..<4], self[4..<6], self[6..<8], self[8..<10], self[10..<16]]
    return parts.map { Array($0).hexadecimal }.joined(separator: "-")
  }
}
