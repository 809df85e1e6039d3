import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiMonitor
import Testing

/// When a flush has to reach the device.
@Suite struct FlushTests {
  /// Memory that counts flushes and lets a test act in the middle of a write.
  private final class WatchedDevice: BlockDevice {
    private struct Watch {
      var flushes = 0
      var duringWrite: (@Sendable () -> Void)?
    }

    private let memory: MemoryDevice
    private let watch = Monitor(Watch())

    init(size: ByteCount) { memory = MemoryDevice(size: size) }

    var flushes: Int { watch.withLock { $0.flushes } }
    func onNextWrite(_ body: @escaping @Sendable () -> Void) {
      watch.withLock { $0.duringWrite = body }
    }

    var size: ByteCount { memory.size }
    func read(into bytes: inout MutableRawSpan, at offset: UInt64) throws(DeviceError) {
      try memory.read(into: &bytes, at: offset)
    }
    func tryRead(
      into bytes: inout MutableRawSpan, at offset: UInt64
    ) throws(DeviceError) -> Bool {
      try memory.tryRead(into: &bytes, at: offset)
    }
    func write(_ bytes: RawSpan, at offset: UInt64) throws(DeviceError) {
      let body = watch.withLock { watch in
        defer { watch.duringWrite = nil }
        return watch.duringWrite
      }
      body?()
      try memory.write(bytes, at: offset)
    }
    func tryWrite(_ bytes: RawSpan, at offset: UInt64) throws(DeviceError) -> Bool {
      try write(bytes, at: offset)
      return true
    }
    func flush() throws(DeviceError) { watch.withLock { $0.flushes += 1 } }
    func discard(at offset: UInt64, count: UInt64) throws(DeviceError) {}
    func grow(to size: ByteCount) throws(DeviceError) { try memory.grow(to: size) }
  }

  private func start(_ pool: WatchedDevice) throws -> Engine {
    let system = MemoryDevice(size: .mebibytes(1))
    try Engine.format(
      systemArea: system,
      parameters: FormatParameters(
        array: FirstUseTests.identity(9), journalBytes: .mebibytes(1), segmentBlocks: 64))
    let engine = try Engine.open(
      systemArea: system,
      environment: EngineEnvironment(boot: FirstUseTests.identity(1)) {
        (_) throws(DeviceError) in pool
      })
    let member = PoolMember(device: pool, identity: FirstUseTests.identity(3), path: "pool")
    try engine.commit([
      .addPool(PoolID(0), members: [member], isSparse: false),
      .create(ImageID(1), pool: PoolID(0), length: .mebibytes(16)),
    ])
    return engine
  }

  @Test func aWriteThatAFlushOvertookIsFlushedByTheNextOne() throws {
    let pool = WatchedDevice(size: .mebibytes(32))
    let engine = try start(pool)
    try FirstUseTests.write(engine, 1, 0, 1, 4096)
    try engine.flush(ImageID(1))
    pool.onNextWrite { try? engine.flush(ImageID(1)) }
    try FirstUseTests.write(engine, 1, 0, 2, 4096)
    let before = pool.flushes
    try engine.flush(ImageID(1))
    #expect(pool.flushes == before + 1)
  }

  @Test func aFlushWithNothingWrittenSinceTheLastOneDoesNotReachTheDevice() throws {
    let pool = WatchedDevice(size: .mebibytes(32))
    let engine = try start(pool)
    try FirstUseTests.write(engine, 1, 0, 1, 4096)
    try engine.flush(ImageID(1))
    let before = pool.flushes
    try engine.flush(ImageID(1))
    #expect(pool.flushes == before)
  }
}
