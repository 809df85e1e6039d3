public import SedaiBytes
import SedaiMonitor

/// A device in memory, for tests and for trying things out: durable only as long as the
/// process.
public final class MemoryDevice: BlockDevice {
  /// Memory is taken in pieces of this many bytes, when first written.
  private static let pieceBytes: UInt64 = 65536

  private struct Contents {
    var size: UInt64
    var pieces: [UInt64: [UInt8]] = [:]
  }

  private let contents: Monitor<Contents>

  public init(size: ByteCount) {
    contents = Monitor(Contents(size: size.rawValue))
  }

  public var size: ByteCount { contents.withLock { ByteCount($0.size) } }

  public func read(into bytes: inout MutableRawSpan, at offset: UInt64) throws(DeviceError) {
    var done = 0
    let total = bytes.byteCount
    guard offset <= size.rawValue, UInt64(total) <= size.rawValue - offset else {
      throw .outOfRange
    }
    while done < total {
      let (piece, start, count) = Self.place(offset + UInt64(done), total - done)
      let found = contents.withLock { $0.pieces[piece] }
      if let found {
        found.withBytes(start..<start + count) { bytes.copy($0, at: done) }
      } else {
        bytes.zero(done..<done + count)
      }
      done += count
    }
  }

  public func tryRead(
    into bytes: inout MutableRawSpan, at offset: UInt64
  ) throws(DeviceError) -> Bool {
    try read(into: &bytes, at: offset)
    return true
  }

  public func write(_ bytes: RawSpan, at offset: UInt64) throws(DeviceError) {
    guard offset <= size.rawValue, UInt64(bytes.byteCount) <= size.rawValue - offset else {
      throw .outOfRange
    }
    var done = 0
    while done < bytes.byteCount {
      let (piece, start, count) = Self.place(offset + UInt64(done), bytes.byteCount - done)
      var content: [UInt8] = []
      let part = bytes.extracting(done..<done + count)
      content.reserveCapacity(count)
      for index in 0..<count { content.append(part.byte(at: index)) }
      contents.withLock { contents in
        var whole =
          contents.pieces.removeValue(forKey: piece)
          ?? [UInt8](repeating: 0, count: Int(Self.pieceBytes))
        whole.replaceSubrange(start..<start + count, with: content)
        contents.pieces[piece] = whole
      }
      done += count
    }
  }

  public func tryWrite(_ bytes: RawSpan, at offset: UInt64) throws(DeviceError) -> Bool {
    try write(bytes, at: offset)
    return true
  }

  public func flush() throws(DeviceError) {}

  public func discard(at offset: UInt64, count: UInt64) throws(DeviceError) {}

  public func grow(to size: ByteCount) throws(DeviceError) {
    contents.withLock { $0.size = max($0.size, size.rawValue) }
  }

  private static func place(_ offset: UInt64, _ most: Int) -> (UInt64, Int, Int) {
    let start = offset % pieceBytes
    return (offset / pieceBytes, Int(start), min(most, Int(pieceBytes - start)))
  }
}
