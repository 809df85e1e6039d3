import SedaiBytes

/// A device that nothing can be written to, whatever goes wrong above it.
final class ReadOnlyDevice: BlockDevice {
  private let device: any BlockDevice

  init(_ device: any BlockDevice) { self.device = device }

  var size: ByteCount { device.size }

  func read(into bytes: inout MutableRawSpan, at offset: UInt64) throws(DeviceError) {
    try device.read(into: &bytes, at: offset)
  }

  func tryRead(
    into bytes: inout MutableRawSpan, at offset: UInt64
  ) throws(DeviceError) -> Bool {
    try device.tryRead(into: &bytes, at: offset)
  }

  func write(_ bytes: RawSpan, at offset: UInt64) throws(DeviceError) { throw .readOnly }
  func tryWrite(_ bytes: RawSpan, at offset: UInt64) throws(DeviceError) -> Bool {
    throw .readOnly
  }
  func flush() throws(DeviceError) {}
  func discard(at offset: UInt64, count: UInt64) throws(DeviceError) { throw .readOnly }
  func grow(to size: ByteCount) throws(DeviceError) { throw .readOnly }
}
