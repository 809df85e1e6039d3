internal import Glibc

/// Tells the service manager how this process is doing.
/// - Source: sd_notify(3), "Standalone implementations".
public enum ServiceNotice {
  /// Sends `text`, such as `READY=1`, as one datagram.
  ///
  /// - Parameter socket: the value of `NOTIFY_SOCKET`: an absolute path, or `@` and a name.
  /// - Returns: false if it could not be sent; a service manager that does not listen is no
  ///   reason to stop.
  public static func send(_ text: String, to socket: String) -> Bool {
    guard let first = socket.utf8.first,
      first == UInt8(ascii: "/") || first == UInt8(ascii: "@")
    else { return false }
    var name = Array(socket.utf8)
    if first == UInt8(ascii: "@") { name[0] = 0 }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
    // SAFETY: `name` is shorter than the field it is copied to.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
    let descriptor = Glibc.socket(
      AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    let bytes = Array(text.utf8)
    // SAFETY: address and bytes live through the call, and `length` lies inside the address.
    let sent = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe sendto(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL), pointer, length)
      }
    }
    return sent == bytes.count
  }
}
