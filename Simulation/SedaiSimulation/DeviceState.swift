internal import SedaiBytes

/// A write that no flush has covered yet.
struct PendingWrite: Sendable {
  let offset: UInt64
  let bytes: [UInt8]

  /// The ranges of `bytes` that lie in one sector each.
  func sectors() -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    while start < bytes.count {
      let inSector = Int((offset + UInt64(start)) % DeviceState.sectorBytes)
      let end = min(start + Int(DeviceState.sectorBytes) - inSector, bytes.count)
      ranges.append(start..<end)
      start = end
    }
    return ranges
  }
}

/// One device as the reader sees it, as the medium holds it, and what lies between.
struct DeviceState: Sendable {
  /// What a device writes whole or not at all.
  static let sectorBytes: UInt64 = 512

  let name: String
  private let background: UInt8
  private(set) var size: UInt64
  private var durableSize: UInt64
  private(set) var cached: SparseBytes
  private var durable: SparseBytes
  private var pending: [PendingWrite] = []

  init(name: String, size: UInt64, background: UInt8) {
    self.name = name
    self.size = size
    self.background = background
    durableSize = size
    cached = SparseBytes(background: background)
    durable = cached
  }

  mutating func write(_ write: PendingWrite) {
    cached.write(write.bytes, range: 0..<write.bytes.count, at: write.offset)
    pending.append(wholeSectors(of: write))
  }

  /// What will reach the medium: sectors as the cache holds them after the write.
  private func wholeSectors(of write: PendingWrite) -> PendingWrite {
    let start = write.offset / Self.sectorBytes * Self.sectorBytes
    let end = write.offset + UInt64(write.bytes.count)
    let roundedEnd = (end + Self.sectorBytes - 1) / Self.sectorBytes * Self.sectorBytes
    if start == write.offset && roundedEnd == end { return write }
    var bytes = [UInt8](repeating: 0, count: Int(roundedEnd - start))
    bytes.withMutableRawSpan { cached.read(into: &$0, at: start) }
    return PendingWrite(offset: start, bytes: bytes)
  }

  /// A part of `write` up to a sector boundary, as a killed or failed call may leave it.
  mutating func writePrefix(of write: PendingWrite, random: inout SeededRandom) {
    let ends = [0] + write.sectors().map(\.upperBound)
    let end = ends[random.below(ends.count)]
    if end > 0 {
      self.write(PendingWrite(offset: write.offset, bytes: Array(write.bytes[..<end])))
    }
  }

  mutating func flush() {
    for write in pending {
      durable.write(write.bytes, range: 0..<write.bytes.count, at: write.offset)
    }
    pending.removeAll()
    durableSize = size
  }

  /// A flush that failed: each pending write is durable, or only looks written, or is gone;
  /// no later flush will bring it back.
  mutating func failFlush(random: inout SeededRandom) {
    for write in pending {
      switch random.below(3) {
      case 0: durable.write(write.bytes, range: 0..<write.bytes.count, at: write.offset)
      case 1: break
      default: forget(write)
      }
    }
    pending.removeAll()
  }

  /// The readers see what the medium holds again, in the range of `write`.
  private mutating func forget(_ write: PendingWrite) {
    var old = [UInt8](repeating: 0, count: write.bytes.count)
    old.withMutableRawSpan { durable.read(into: &$0, at: write.offset) }
    cached.write(old, range: 0..<old.count, at: write.offset)
  }

  /// What is new reads as zeroes.
  mutating func grow(to size: UInt64) {
    guard size > self.size else { return }
    let old = self.size
    self.size = size
    if background != 0 {
      write(PendingWrite(offset: old, bytes: [UInt8](repeating: 0, count: Int(size - old))))
    }
  }

  mutating func flipBit(_ bit: UInt8, at offset: UInt64) {
    flush()
    var byte: [UInt8] = [0]
    byte.withMutableRawSpan { durable.read(into: &$0, at: offset) }
    byte[0] ^= 1 << bit
    write(PendingWrite(offset: offset, bytes: byte))
    flush()
  }

  mutating func truncate(to size: UInt64) {
    flush()
    guard size < self.size else { return }
    self.size = size
    durableSize = size
    durable.truncate(to: size)
    cached = durable
  }

  /// Loses the cache; draws for every pending write what becomes of it.
  mutating func losePower(random: inout SeededRandom) {
    let fate = Fate.draw(&random)
    for (index, write) in pending.enumerated() {
      for range in write.sectors()
      where fate.keeps(index, of: pending.count, in: write, random: &random) {
        durable.write(write.bytes, range: range, at: write.offset)
      }
    }
    pending.removeAll()
    if random.chance(1, in: 2) {
      size = durableSize
      durable.truncate(to: size)
    } else {
      durableSize = size
    }
    cached = durable
  }

  /// What a power cut does to the pending writes as a whole. Besides writes with fates of
  /// their own there are the extremes, which independent draws would hardly ever give.
  private enum Fate {
    case nothingKept, allKept, onlyLastKept, allButOneKept(Int)
    case drawn(salt: UInt64), tornEverywhere

    static func draw(_ random: inout SeededRandom) -> Fate {
      switch random.below(8) {
      case 0: .nothingKept
      case 1: .allKept
      case 2: .onlyLastKept
      case 3: .allButOneKept(random.below(8))
      case 4: .tornEverywhere
      default: .drawn(salt: random.next())
      }
    }

    func keeps(
      _ index: Int, of count: Int, in write: PendingWrite, random: inout SeededRandom
    ) -> Bool {
      switch self {
      case .nothingKept: return false
      case .allKept: return true
      case .onlyLastKept: return index == count - 1
      case .allButOneKept(let lost): return index != lost % count
      case .tornEverywhere: return random.chance(1, in: 2)
      case .drawn(let salt):
        var own = SeededRandom(seed: salt &+ UInt64(index))
        switch own.below(3) {
        case 0: return true
        case 1: return false
        default: return random.chance(1, in: 2)
        }
      }
    }
  }
}
