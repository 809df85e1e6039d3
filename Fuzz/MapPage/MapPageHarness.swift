import SedaiBytes
import SedaiEngine
import SedaiFormat

/// An array one of whose map pages holds hostile bytes behind a right checksum: opening it,
/// reading and changing everything must end in answers or errors, never in a trap.
private struct Bench {
  private static let identity = [UInt8](repeating: 1, count: 16)
  private static let block = Int(ChunkGeometry.blockBytes)
  /// Blocks of the system area's first segment that may hold map pages.
  private static let pages: UInt64 = 16

  private let system = MemoryDevice(size: ByteCount(0))
  private let pool = MemoryDevice(size: .mebibytes(24))
  private var segments: UInt64 = 0

  init() throws {
    try Engine.format(
      systemArea: system,
      parameters: FormatParameters(
        array: Self.identity, journalBytes: .kibibytes(64), segmentBlocks: 32))
    let engine = try open()
    try engine.commit([
      .addPool(
        PoolID(0),
        members: [PoolMember(device: pool, identity: Self.identity, path: "pool")],
        isSparse: false)
    ])
    try engine.commit([.create(ImageID(1), pool: PoolID(0), length: .mebibytes(20))])
    try use(engine, ImageID(1))
    try engine.close()
    var first = [UInt8](repeating: 0, count: Superblock.bytes)
    try read(&first, at: 0)
    segments = try Superblock(decoding: first).segmentsOffset
  }

  func open() throws -> Engine {
    let pool = pool
    return try Engine.open(
      systemArea: system,
      environment: EngineEnvironment(boot: Self.identity) { (_) throws(DeviceError) in pool })
  }

  private func read(_ bytes: inout [UInt8], at offset: UInt64) throws {
    try bytes.withMutableBytes(0..<bytes.count) { try system.read(into: &$0, at: offset) }
  }

  private func use(_ engine: Engine, _ image: ImageID) throws {
    let bytes = [UInt8](repeating: 3, count: 3 * Self.block)
    for chunk in [0, 1, 253, 254, 300] as [UInt64] {
      try bytes.withBytes(0..<bytes.count) {
        try engine.write(image, at: chunk * ChunkGeometry.chunkBytes, from: $0)
      }
    }
    try engine.pushJournal()
  }

  /// Overwrites every map page of the chosen level by `bytes`, with a right head.
  func damage(_ bytes: [UInt8], level: UInt8) throws {
    for number in 2..<Self.pages {
      let offset = segments + number * UInt64(Self.block)
      var page = [UInt8](repeating: 0, count: Self.block)
      try read(&page, at: offset)
      guard page[4] == MapPageLayout.mapKind, page[5] == level else { continue }
      for (place, byte) in bytes.prefix(Self.block - 5).enumerated() { page[5 + place] ^= byte }
      page[6] = UInt8(MapPageLayout.version)
      page[7] = 0
      page.store32(page.crc32c(4..<page.count), at: 0)
      try page.withBytes(0..<page.count) { try system.write($0, at: offset) }
    }
  }

  /// Everything that walks the trees.
  func exercise() throws {
    let engine = try open()
    let image = ImageID(1)
    var content = [UInt8](repeating: 0, count: 64 * Self.block)
    _ = try? content.withMutableBytes(0..<content.count) {
      try engine.read(image, at: 0, into: &$0)
    }
    _ = try? engine.extents(of: image, at: 0, count: 20 << 20, limit: 1000)
    _ = try? engine.exclusiveSpace(of: [image])
    try? engine.commit([.snapshot(source: image, as: ImageID(2))])
    try? use(engine, image)
    _ = try? engine.differences(
      from: ImageID(2), to: image, at: 0, count: 20 << 20, limit: 1000)
    try? engine.trim(image, at: 0, count: 20 << 20)
    _ = try? engine.merge(image, from: ChunkIndex(0), limit: 1000)
    try? engine.commit([.delete(ImageID(2))])
    _ = try? engine.reclaim(limit: 1000)
    try? engine.close()
    _ = try? EngineCheck(
      systemArea: system,
      environment: EngineEnvironment(boot: Self.identity) { [pool] (_) throws(DeviceError) in pool
      },
      isRepair: false
    ).check()
  }
}

/// The entry point that libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // SAFETY: libFuzzer owns `count` bytes at `data` for the time of the call; they are copied.
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
  guard let choice = bytes.first else { return 0 }
  guard let bench = try? Bench() else { preconditionFailure("a sound array does not open") }
  try? bench.damage(Array(bytes.dropFirst()), level: choice % 2)
  try? bench.exercise()
  return 0
}
