import SedaiBytes
import SedaiEngine
import SedaiMonitor

/// A device that works until it is told to fail.
final class FailingDevice: BlockDevice {
  struct Faults: Sendable {
    var reads = false
    var writes = false
    var flushes = false
    var damage: DeviceDamage?
    var failures: UInt64 = 0
  }

  private let memory: MemoryDevice
  private let faults = Monitor(Faults())

  init(size: UInt64) { memory = MemoryDevice(size: ByteCount(size)) }

  func set(_ body: (inout Faults) -> Void) { faults.withLock { body(&$0) } }

  private func fails(_ fault: KeyPath<Faults, Bool>) -> Bool {
    faults.withLock { faults in
      let fails = faults[keyPath: fault]
      if fails { faults.failures += 1 }
      return fails
    }
  }

  func health() -> DeviceHealth {
    faults.withLock { DeviceHealth(failures: $0.failures, damage: $0.damage) }
  }

  var size: ByteCount { memory.size }

  func read(into bytes: inout MutableRawSpan, at offset: UInt64) throws(DeviceError) {
    if fails(\.reads) { throw .readFailed(errno: 5) }
    try memory.read(into: &bytes, at: offset)
  }
  func tryRead(
    into bytes: inout MutableRawSpan, at offset: UInt64
  ) throws(DeviceError) -> Bool {
    if fails(\.reads) { throw .readFailed(errno: 5) }
    return try memory.tryRead(into: &bytes, at: offset)
  }
  func write(_ bytes: RawSpan, at offset: UInt64) throws(DeviceError) {
    if fails(\.writes) { throw .writeFailed(errno: 5) }
    try memory.write(bytes, at: offset)
  }
  func tryWrite(_ bytes: RawSpan, at offset: UInt64) throws(DeviceError) -> Bool {
    if fails(\.writes) { throw .writeFailed(errno: 5) }
    return try memory.tryWrite(bytes, at: offset)
  }
  func flush() throws(DeviceError) {
    if fails(\.flushes) { throw .flushFailed(errno: 5) }
    try memory.flush()
  }
  func discard(at offset: UInt64, count: UInt64) throws(DeviceError) {
    try memory.discard(at: offset, count: count)
  }
  func grow(to size: ByteCount) throws(DeviceError) { try memory.grow(to: size) }
}
