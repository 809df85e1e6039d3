internal import SedaiBytes

/// The bytes of a device of any size: what was never written reads as `background`.
///
/// Copies share their pages until one of them writes, so keeping many moments of a device
/// is cheap.
struct SparseBytes: Sendable {
  static let pageBytes: UInt64 = 4096

  private var pages: [UInt64: [UInt8]] = [:]
  private let background: [UInt8]

  init(background: UInt8) {
    self.background = [UInt8](repeating: background, count: Int(Self.pageBytes))
  }

  func read(into bytes: inout MutableRawSpan, at offset: UInt64) {
    var done = 0
    while done < bytes.byteCount {
      let position = offset + UInt64(done)
      let inPage = Int(position % Self.pageBytes)
      let count = min(Int(Self.pageBytes) - inPage, bytes.byteCount - done)
      let page = pages[position / Self.pageBytes] ?? background
      bytes.copy(inPage..<(inPage + count), of: page, to: done)
      done += count
    }
  }

  /// Writes `bytes[range]` so that `bytes[0]` would land at `offset`.
  mutating func write(_ bytes: [UInt8], range: Range<Int>, at offset: UInt64) {
    var done = range.lowerBound
    while done < range.upperBound {
      let position = offset + UInt64(done)
      let inPage = Int(position % Self.pageBytes)
      let count = min(Int(Self.pageBytes) - inPage, range.upperBound - done)
      pages[position / Self.pageBytes, default: background]
        .copy(done..<(done + count), of: bytes, to: inPage)
      done += count
    }
  }

  var writtenPages: [UInt64] { pages.keys.sorted() }

  /// Forgets whole pages from `size` on.
  mutating func truncate(to size: UInt64) {
    let end = (size + Self.pageBytes - 1) / Self.pageBytes
    for page in pages.keys where page >= end { pages[page] = nil }
  }
}
