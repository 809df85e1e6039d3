import CSedaiLinux
import Dispatch
import Glibc
public import SedaiBytes
public import SedaiEngine
import Synchronization

/// A file or block device of Linux, written through the kernel's page cache.
///
/// Writes return once the kernel has them, so a crash of this process loses none. To keep
/// flushes and inline writes short, data that piles up is handed to the disk early, by a
/// thread of its own: starting thousands of small disk writes takes longer than a request
/// may wait.
public final class FileDevice: BlockDevice {
  /// What opening may do besides opening.
  public enum Creation: Sendable {
    /// The file must exist.
    case never
    /// A new file of this size is made; an existing one is an error.
    case always(ByteCount)
  }

  /// Bytes written since the last hand-over at which the next begins.
  private static let writeBackBytes = 64 << 20
  /// Bytes written and neither flushed nor handed over at which ``tryWrite(_:at:)`` leaves it
  /// to a thread that may wait, since the kernel may make the writer wait.
  private static let inlineDirtyLimit = 1 << 30
  /// Interrupted calls repeated before giving up.
  private static let retries = 1000

  private let descriptor: Int32
  private let isSparse: Bool
  private let isBlockDevice: Bool
  /// On tmpfs: there is no disk to wait for.
  private let isInMemory: Bool
  private let length: Atomic<UInt64>
  private let unwritten = Atomic<Int>(0)
  private let sinceWriteBack = Atomic<Int>(0)
  /// At most one hand-over of a device waits or is at work.
  private let isHandingOver = Atomic<Bool>(false)
  private static let writeBack = DispatchQueue(label: "sedai.write-back", qos: .utility)
  /// The file system cannot tell whether a read would wait: it is in memory, or old.
  private let readsInline = Atomic<Bool>(false)
  /// Where contents are lost from: what lies there now is not what was written.
  private let lostFrom = Atomic<UInt64>(.max)
  /// Calls that failed.
  private let failures = Atomic<UInt64>(0)
  /// Whether all of it had space of its own when it was opened.
  private let isAllocated: Bool
  /// Where it is, for messages.
  public let path: String

  /// Opens `path` for one process: a second opening by another process fails.
  ///
  /// - Parameter isSparse: space is taken when written, not in advance.
  /// - Throws: `openFailed`, `locked`.
  public init(
    path: String, creating: Creation = .never, isSparse: Bool = false
  ) throws(FileDeviceError) {
    self.path = path
    self.isSparse = isSparse
    var flags = O_RDWR | O_CLOEXEC
    if case .always = creating { flags |= O_CREAT | O_EXCL }
    let opened = unsafe Glibc.open(path, flags, 0o600)
    guard opened >= 0 else { throw .openFailed(path: path, errno: errno) }
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      close(opened)
      throw reason == EWOULDBLOCK ? .locked(path: path) : .openFailed(path: path, errno: reason)
    }
    var facts = stat()
    guard unsafe fstat(opened, &facts) == 0 else {
      let reason = errno
      close(opened)
      throw .openFailed(path: path, errno: reason)
    }
    descriptor = opened
    isInMemory = sedai_is_in_memory(opened) == 1
    isBlockDevice = facts.st_mode & S_IFMT == S_IFBLK
    var size = UInt64(max(0, facts.st_size))
    if isBlockDevice { size = UInt64(max(0, lseek(opened, 0, SEEK_END))) }
    length = Atomic(size)
    isAllocated = !isBlockDevice && !isSparse && Self.allocated(facts) >= size
    if case .always(let wanted) = creating {
      do throws(DeviceError) { try grow(to: wanted) } catch {
        unsafe unlink(path)
        throw .growFailed(path: path, error)
      }
    }
  }

  deinit { close(descriptor) }

  private static func allocated(_ facts: stat) -> UInt64 {
    UInt64(max(0, facts.st_blocks)) * 512
  }

  public func health() -> DeviceHealth {
    DeviceHealth(failures: failures.load(ordering: .relaxed), damage: damage())
  }

  /// What somebody did to the file behind this process's back.
  private func damage() -> DeviceDamage? {
    guard !isBlockDevice else { return nil }
    var own = stat()
    guard unsafe fstat(descriptor, &own) == 0 else { return nil }
    if own.st_nlink == 0 { return .removed }
    let expected = size.rawValue
    let end = UInt64(max(0, own.st_size))
    if end < expected {
      lose(from: end)
    } else if isAllocated, Self.allocated(own) < expected {
      // Somebody wrote behind a new end, which made the file long again with a hole in it.
      lose(from: 0)
    }
    if lostFrom.load(ordering: .relaxed) < expected { return .shortened }
    var named = stat()
    guard unsafe stat(path, &named) == 0 else { return errno == ENOENT ? .moved : nil }
    return named.st_ino == own.st_ino && named.st_dev == own.st_dev ? nil : .moved
  }

  private func lose(from offset: UInt64) {
    if offset < lostFrom.load(ordering: .relaxed) { lostFrom.store(offset, ordering: .relaxed) }
  }

  private func requireKept(_ offset: UInt64, _ count: Int) throws(DeviceError) {
    let lost = lostFrom.load(ordering: .relaxed)
    if offset < lost, UInt64(count) <= lost - offset { return }
    throw failed(.outOfRange)
  }

  /// Counts a failure that is told to the caller.
  private func failed(_ error: DeviceError) -> DeviceError {
    failures.wrappingAdd(1, ordering: .relaxed)
    return error
  }

  public var size: ByteCount { ByteCount(length.load(ordering: .relaxed)) }

  public func read(into bytes: inout MutableRawSpan, at offset: UInt64) throws(DeviceError) {
    try requireKept(offset, bytes.byteCount)
    var failure: DeviceError?
    // SAFETY: each call stays inside the buffer that the span lends for its duration.
    unsafe bytes.withUnsafeMutableBytes { buffer in
      var done = 0
      var interruptions = 0
      while done < buffer.count {
        guard let start = buffer.baseAddress else { return }
        let got = unsafe pread(
          descriptor, start + done, buffer.count - done, off_t(offset) + off_t(done))
        if got > 0 {
          done += got
        } else if got == 0 {
          failure = .outOfRange
          return
        } else {
          interruptions += 1
          if errno == EINTR, interruptions < Self.retries { continue }
          failure = .readFailed(errno: errno)
          return
        }
      }
    }
    if let failure { throw failed(failure) }
  }

  public func tryRead(
    into bytes: inout MutableRawSpan, at offset: UInt64
  ) throws(DeviceError) -> Bool {
    if readsInline.load(ordering: .relaxed) {
      try read(into: &bytes, at: offset)
      return true
    }
    try requireKept(offset, bytes.byteCount)
    // SAFETY: as in `read`.
    let got = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe sedai_read_nowait(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
    }
    if got == bytes.byteCount { return true }
    if got == -Int(EOPNOTSUPP) {
      readsInline.store(true, ordering: .relaxed)
      try read(into: &bytes, at: offset)
      return true
    }
    if got >= 0 || got == -Int(EAGAIN) || got == -Int(EINTR) { return false }
    throw failed(.readFailed(errno: Int32(-got)))
  }

  public func write(_ bytes: RawSpan, at offset: UInt64) throws(DeviceError) {
    guard offset <= size.rawValue, UInt64(bytes.byteCount) <= size.rawValue - offset else {
      throw .outOfRange
    }
    try requireKept(offset, bytes.byteCount)
    var failure: DeviceError?
    // SAFETY: each call stays inside the buffer that the span lends for its duration.
    unsafe bytes.withUnsafeBytes { buffer in
      var done = 0
      var interruptions = 0
      while done < buffer.count {
        guard let start = buffer.baseAddress else { return }
        let put = unsafe pwrite(
          descriptor, start + done, buffer.count - done, off_t(offset) + off_t(done))
        if put >= 0 {
          done += put
        } else {
          interruptions += 1
          if errno == EINTR, interruptions < Self.retries { continue }
          failure = errno == ENOSPC || errno == EDQUOT ? .noSpace : .writeFailed(errno: errno)
          return
        }
      }
    }
    if let failure { throw failed(failure) }
    handOver(bytes.byteCount, at: offset)
  }

  public func tryWrite(_ bytes: RawSpan, at offset: UInt64) throws(DeviceError) -> Bool {
    if !isInMemory, unwritten.load(ordering: .relaxed) > Self.inlineDirtyLimit { return false }
    try write(bytes, at: offset)
    return true
  }

  /// Asks the kernel to begin writing what has piled up, without waiting for it.
  private func handOver(_ count: Int, at offset: UInt64) {
    unwritten.wrappingAdd(count, ordering: .relaxed)
    let piled = sinceWriteBack.wrappingAdd(count, ordering: .relaxed).newValue
    guard piled >= Self.writeBackBytes, !isInMemory,
      !isHandingOver.exchange(true, ordering: .relaxed)
    else { return }
    sinceWriteBack.store(0, ordering: .relaxed)
    Self.writeBack.async { [self] in
      // Advice: if it fails, the next flush does the work and reports.
      _ = sedai_begin_write_back(descriptor)
      unwritten.store(sinceWriteBack.load(ordering: .relaxed), ordering: .relaxed)
      isHandingOver.store(false, ordering: .relaxed)
    }
  }

  public func flush() throws(DeviceError) {
    unwritten.store(0, ordering: .relaxed)
    sinceWriteBack.store(0, ordering: .relaxed)
    for _ in 0..<Self.retries {
      if fdatasync(descriptor) == 0 { return }
      if errno != EINTR { throw failed(.flushFailed(errno: errno)) }
    }
    throw failed(.flushFailed(errno: EINTR))
  }

  public func discard(at offset: UInt64, count: UInt64) throws(DeviceError) {
    guard !isBlockDevice else { return }
    // Advice: a file system that cannot punch holes keeps the space.
    _ = sedai_punch_hole(descriptor, off_t(offset), off_t(count))
  }

  public func grow(to size: ByteCount) throws(DeviceError) {
    guard size.rawValue > self.size.rawValue else { return }
    if isBlockDevice { throw .cannotGrow(errno: EINVAL) }
    let wanted = off_t(size.rawValue)
    let old = off_t(self.size.rawValue)
    let result: Int32
    if isSparse {
      result = ftruncate(descriptor, wanted) == 0 ? 0 : errno
    } else {
      result = posix_fallocate(descriptor, old, wanted - old)
    }
    // Metadata of the new length must survive before anything refers to it.
    if result == 0, fsync(descriptor) != 0 { throw .flushFailed(errno: errno) }
    guard result == 0 else {
      throw result == ENOSPC || result == EDQUOT ? .noSpace : .cannotGrow(errno: result)
    }
    length.store(size.rawValue, ordering: .relaxed)
  }
}

/// Why a file or device could not be opened.
public enum FileDeviceError: Error, Equatable, Sendable {
  case openFailed(path: String, errno: Int32)
  /// Another process has it open.
  case locked(path: String)
  case growFailed(path: String, DeviceError)
}

extension DeviceError {
  /// What an engine is told of a member that cannot be opened.
  public init(_ error: FileDeviceError) {
    self =
      switch error {
      case .openFailed(_, let code): .readFailed(errno: code)
      case .locked: .readFailed(errno: EBUSY)
      case .growFailed(_, let error): error
      }
  }
}
