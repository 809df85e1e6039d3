import Foundation
import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiMonitor
import Testing

/// What a call does while another one has to get somewhere first.
@Suite struct WaitingTests {
  /// Tells threads that sleep in wait for another from threads that try again and again.
  private final class WatchingSchedule: ThreadSchedule {
    /// Locks taken while nobody gets anywhere: far more than any call needs.
    private static let tries = 100_000

    private struct Watch {
      var isHeld = false
      var locks = 0
      var hasSlept = false
    }
    private let watch = Monitor(Watch())

    var hasSlept: Bool { watch.withLock { $0.hasSlept } }

    func yield() {
      watch.withLock { if $0.isHeld { $0.locks += 1 } }
      watch.wakeAll()
    }

    func waitForAnother() {
      watch.withLock { if $0.isHeld { $0.hasSlept = true } }
      watch.wakeAll()
    }

    /// Holds the calling thread until another one sleeps, or has tried too often.
    func hold() {
      watch.withLock { $0.isHeld = true }
      watch.wakeAll()
      watch.wait { $0.hasSlept || $0.locks > Self.tries ? () : nil }
      watch.withLock { $0.isHeld = false }
    }

    func waitUntilHeld() { watch.wait { $0.isHeld || $0.hasSlept ? () : nil } }
  }

  /// Memory whose next read is held up.
  private final class SlowDevice: BlockDevice {
    private let memory = MemoryDevice(size: .mebibytes(1))
    private let onRead = Monitor<(@Sendable () -> Void)?>(nil)

    func onNextRead(_ body: @escaping @Sendable () -> Void) { onRead.withLock { $0 = body } }

    var size: ByteCount { memory.size }
    func read(into bytes: inout MutableRawSpan, at offset: UInt64) throws(DeviceError) {
      let body = onRead.withLock { onRead in
        defer { onRead = nil }
        return onRead
      }
      body?()
      try memory.read(into: &bytes, at: offset)
    }
    func tryRead(
      into bytes: inout MutableRawSpan, at offset: UInt64
    ) throws(DeviceError) -> Bool {
      try memory.tryRead(into: &bytes, at: offset)
    }
    func write(_ bytes: RawSpan, at offset: UInt64) throws(DeviceError) {
      try memory.write(bytes, at: offset)
    }
    func tryWrite(_ bytes: RawSpan, at offset: UInt64) throws(DeviceError) -> Bool {
      try memory.tryWrite(bytes, at: offset)
    }
    func flush() throws(DeviceError) {}
    func discard(at offset: UInt64, count: UInt64) throws(DeviceError) {}
    func grow(to size: ByteCount) throws(DeviceError) { try memory.grow(to: size) }
  }

  @Test func aReadOfAPageThatIsBeingLoadedSleepsHoweverLongThatTakes() throws {
    let system = SlowDevice()
    let pool = MemoryDevice(size: .mebibytes(32))
    try Engine.format(
      systemArea: system,
      parameters: FormatParameters(
        array: FirstUseTests.identity(9), journalBytes: .mebibytes(1), segmentBlocks: 64))
    let schedule = WatchingSchedule()
    let environment = EngineEnvironment(
      boot: FirstUseTests.identity(1), schedule: schedule
    ) { (_) throws(DeviceError) in pool }
    let first = try Engine.open(systemArea: system, environment: environment)
    try first.commit([
      .addPool(
        PoolID(0),
        members: [PoolMember(device: pool, identity: FirstUseTests.identity(3), path: "pool")],
        isSparse: false),
      .create(ImageID(1), pool: PoolID(0), length: .mebibytes(16)),
    ])
    try FirstUseTests.write(first, 1, 0, 7, 4096)
    try first.close()

    let engine = try Engine.open(systemArea: system, environment: environment)
    system.onNextRead { schedule.hold() }
    let isDone = Monitor(false)
    Thread.detachNewThread {
      #expect((try? FirstUseTests.read(engine, 1, 0, 1)) == [7])
      isDone.withLock { $0 = true }
      isDone.wakeAll()
    }
    schedule.waitUntilHeld()
    #expect(try FirstUseTests.read(engine, 1, 0, 1) == [7])
    isDone.wait { $0 ? () : nil }
    #expect(schedule.hasSlept)
  }
}
