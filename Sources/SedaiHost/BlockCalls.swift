internal import CSedaiLinux
internal import Glibc

/// A system call that failed.
public struct SystemFailure: Error, Hashable, Sendable {
  /// As in errno(3).
  public let code: CInt

  public init(_ code: CInt) { self.code = code }

  /// Something else uses it.
  public var isBusy: Bool { code == EBUSY }
  /// The file system or the device knows no such thing.
  public var isUnsupported: Bool { code == ENOTTY || code == EOPNOTSUPP || code == EINVAL }
  public var isMissing: Bool { code == ENOENT || code == ENXIO || code == ENODEV }
}

extension SystemFailure: CustomStringConvertible {
  public var description: String {
    // SAFETY: strerror gives a text that ends with zero; it is copied before anybody else asks.
    unsafe String(cString: strerror(code))
  }
}

/// What is asked of a block device or of the file system on it.
public enum BlockCalls {
  /// Writes everything that the file system of `path` has not written yet; returns when it is
  /// on the device.
  public static func syncFileSystem(at path: String) throws(SystemFailure) {
    try onDescriptor(path, O_RDONLY | O_DIRECTORY, sedai_sync_file_system)
  }

  /// Writes what is cached of a device, waits for it, and forgets it.
  public static func dropCache(of device: String) throws(SystemFailure) {
    try onDescriptor(device, O_RDONLY) { fsync($0) == 0 ? 0 : errno }
    try onDescriptor(device, O_RDONLY, sedai_drop_device_cache)
  }

  /// Lets the kernel read the partition table again.
  public static func readPartitions(of device: String) throws(SystemFailure) {
    try onDescriptor(device, O_RDONLY, sedai_read_partitions)
  }

  /// Bytes of a device.
  public static func size(of device: String) throws(SystemFailure) -> UInt64 {
    var size: UInt64 = 0
    // SAFETY: the C function writes to `size` during the call only.
    try onDescriptor(device, O_RDONLY) { unsafe sedai_device_size($0, &size) }
    return size
  }

  /// Ends all access to the file system mounted at `path`.
  ///
  /// - Parameter discards: whether what is not written yet is given up.
  public static func shutDown(fileSystemAt path: String, discards: Bool) throws(SystemFailure) {
    try onDescriptor(path, O_RDONLY | O_DIRECTORY) {
      sedai_shut_file_system_down($0, discards ? 1 : 0)
    }
  }

  /// How a mount is taken away.
  public enum UnmountMode: Sendable {
    /// Fails while somebody uses it.
    case whenUnused
    /// Nobody finds it any more; it ends with its last user.
    case detached
  }

  public static func unmount(_ path: String, _ mode: UnmountMode) throws(SystemFailure) {
    let flags = UMOUNT_NOFOLLOW | (mode == .detached ? MNT_DETACH : 0)
    // SAFETY: the path is read during the call only.
    guard unsafe umount2(path, CInt(flags)) == 0 else { throw SystemFailure(errno) }
  }

  /// Up to `count` bytes from `offset` on.
  public static func read(
    _ device: String, at offset: UInt64, count: Int
  ) throws(SystemFailure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    try onDescriptor(device, O_RDONLY) { descriptor in
      while done < count {
        // SAFETY: the buffer has `count` bytes, of which those from `done` on are filled.
        let part = unsafe bytes.withUnsafeMutableBytes { buffer in
          unsafe pread(
            descriptor, buffer.baseAddress?.advanced(by: done), count - done,
            off_t(offset) + off_t(done))
        }
        if part < 0 { return errno }
        if part == 0 { break }
        done += part
      }
      return 0
    }
    return Array(bytes.prefix(done))
  }

  /// Writes all of `bytes` and waits until they are on the device.
  public static func write(
    _ bytes: [UInt8], to device: String, at offset: UInt64
  ) throws(SystemFailure) {
    try onDescriptor(device, O_WRONLY) { descriptor in
      // SAFETY: the bytes live through the call.
      let done = unsafe bytes.withUnsafeBytes { buffer in
        unsafe pwrite(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
      }
      if done != bytes.count { return done < 0 ? errno : EIO }
      return fsync(descriptor) == 0 ? 0 : errno
    }
  }

  /// Opens `path`, hands the descriptor to `body` and closes it.
  private static func onDescriptor(
    _ path: String, _ flags: CInt, _ body: (CInt) -> CInt
  ) throws(SystemFailure) {
    // SAFETY: the path is read during the call only.
    let descriptor = unsafe open(path, flags | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemFailure(errno) }
    defer { close(descriptor) }
    let code = body(descriptor)
    guard code == 0 else { throw SystemFailure(code) }
  }
}
