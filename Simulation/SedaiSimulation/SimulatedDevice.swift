public import SedaiBytes
public import SedaiEngine

/// A device of a ``SimulatedHost``.
public final class SimulatedDevice: BlockDevice {
  private let host: SimulatedHost
  private let index: Int

  init(host: SimulatedHost, index: Int) {
    self.host = host
    self.index = index
  }

  public var size: ByteCount { host.size(of: index) }

  public func read(into bytes: inout MutableRawSpan, at offset: UInt64) throws(DeviceError) {
    _ = try host.read(index, into: &bytes, at: offset, mayBlock: true)
  }

  public func tryRead(
    into bytes: inout MutableRawSpan, at offset: UInt64
  ) throws(DeviceError) -> Bool {
    try host.read(index, into: &bytes, at: offset, mayBlock: false)
  }

  public func write(_ bytes: RawSpan, at offset: UInt64) throws(DeviceError) {
    _ = try host.write(index, bytes, at: offset, mayBlock: true)
  }

  public func tryWrite(_ bytes: RawSpan, at offset: UInt64) throws(DeviceError) -> Bool {
    try host.write(index, bytes, at: offset, mayBlock: false)
  }

  public func flush() throws(DeviceError) { try host.flush(index) }

  public func discard(at offset: UInt64, count: UInt64) throws(DeviceError) {
    try host.discard(index, at: offset, count: count)
  }

  public func grow(to size: ByteCount) throws(DeviceError) { try host.grow(index, to: size) }
}
