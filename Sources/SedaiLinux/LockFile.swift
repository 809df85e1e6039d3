internal import Glibc

/// A lock that one process at a time holds on a file; the kernel lets go of it when the
/// process ends, however it ends.
public struct LockFile: ~Copyable, Sendable {
  private let descriptor: CInt

  /// Why a lock was not taken.
  public enum Failure: Error, Hashable, Sendable {
    /// Another process holds it.
    case held
    /// - errno: of opening or locking the file.
    case failed(errno: CInt)
  }

  /// Makes the file if there is none, and takes its lock without waiting.
  public init(path: String) throws(Failure) {
    // SAFETY: the C function reads the path during the call only.
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .failed(errno: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      close(descriptor)
      throw reason == EWOULDBLOCK ? .held : .failed(errno: reason)
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
