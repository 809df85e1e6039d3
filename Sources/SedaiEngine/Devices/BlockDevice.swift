public import SedaiBytes

/// What the engine reads and writes: a file, a block device, memory, or a simulation.
///
/// Calls are synchronous and may come from several threads at once. Overlapping writes may
/// land in any order; the engine never issues such.
public protocol BlockDevice: AnyObject, Sendable {
  var size: ByteCount { get }

  /// Fills all of `bytes` from `offset` on.
  func read(into bytes: inout MutableRawSpan, at offset: UInt64) throws(DeviceError)

  /// Like ``read(into:at:)`` if that needs no waiting; otherwise false, and `bytes` may
  /// hold anything.
  func tryRead(into bytes: inout MutableRawSpan, at offset: UInt64) throws(DeviceError) -> Bool

  /// Writes all of `bytes`; on return reads see them, and a crash of this process does not
  /// lose them. Power loss may, until ``flush()``.
  func write(_ bytes: RawSpan, at offset: UInt64) throws(DeviceError)

  /// Like ``write(_:at:)`` if that needs no waiting; otherwise false, and nothing was
  /// written.
  func tryWrite(_ bytes: RawSpan, at offset: UInt64) throws(DeviceError) -> Bool

  /// On return everything is durable whose write returned before the call.
  func flush() throws(DeviceError)

  /// Says that the range's content is no longer needed. Reads of it are undefined until it
  /// is written again. Advice; may do nothing.
  func discard(at offset: UInt64, count: UInt64) throws(DeviceError)

  /// Makes the device at least `size` long; what is new reads as zeroes.
  func grow(to size: ByteCount) throws(DeviceError)

  /// How it has fared since it was opened. Waits for no disk.
  func health() -> DeviceHealth
}

/// What a device refuses or fails with.
public enum DeviceError: Error, Equatable, Sendable {
  case readFailed(errno: Int32)
  case writeFailed(errno: Int32)
  case flushFailed(errno: Int32)
  case cannotGrow(errno: Int32)
  /// The host's file system or device has no space left.
  case noSpace
  /// Beyond the device's end: it is shorter than it was.
  case outOfRange
  case readOnly
}
