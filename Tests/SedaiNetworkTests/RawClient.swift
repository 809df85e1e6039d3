import Glibc
import SedaiNBDTestSupport

/// A client that sends exactly the bytes it is told to, over a Unix socket or TCP.
final class RawClient: Sendable {
  private let descriptor: Int32

  struct Failure: Error { let reason: String }

  init(socket path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = unsafe withUnsafePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, size)
      }
    }
    guard result == 0 else { throw Failure(reason: "cannot connect to \(path): \(errno)") }
    limitPatience()
  }

  /// Over TCP to this machine.
  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr = in_addr(s_addr: INADDR_LOOPBACK.bigEndian)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, size)
      }
    }
    guard result == 0 else { throw Failure(reason: "cannot connect to \(port): \(errno)") }
    limitPatience()
  }

  /// A test that waits for an answer that never comes fails instead of hanging.
  private func limitPatience() {
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    let limitSize = socklen_t(MemoryLayout<timeval>.size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, limitSize)
  }

  deinit { _ = Glibc.close(descriptor) }

  func send(_ bytes: [UInt8]) throws {
    guard trySend(bytes[...], flags: 0).isEmpty else { throw Failure(reason: "send: \(errno)") }
  }

  /// Sends what the socket takes without waiting and returns the rest.
  func sendWithoutWaiting(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    trySend(bytes, flags: Int32(MSG_DONTWAIT))
  }

  private func trySend(_ bytes: ArraySlice<UInt8>, flags: Int32) -> ArraySlice<UInt8> {
    var rest = bytes
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.send(
          descriptor, $0.baseAddress, $0.count, flags | Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { break }
      rest = rest.dropFirst(count)
    }
    return rest
  }

  /// Exactly `count` bytes.
  func receive(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let received = unsafe bytes.withUnsafeMutableBytes {
        unsafe recv(descriptor, $0.baseAddress?.advanced(by: done), count - done, 0)
      }
      guard received > 0 else {
        throw Failure(reason: "\(done) of \(count) bytes, then \(received), \(errno)")
      }
      done += received
    }
    return bytes
  }

  /// Whether the server has closed the connection and nothing more comes.
  func isAtEnd() -> Bool {
    var byte: UInt8 = 0
    return unsafe recv(descriptor, &byte, 1, 0) == 0 || errno == ECONNRESET
  }

  /// Negotiates up to the transmission phase.
  func go(
    _ export: String = "v", structured: Bool = false, contexts: [String] = []
  ) throws {
    _ = try receive(18)
    try send(WireBytes.clientFlags())
    if structured {
      try send(WireBytes.option(8))
      _ = try receive(20)
    }
    if !contexts.isEmpty {
      try send(WireBytes.contexts(10, export, contexts))
      try skipOptionReplies()
    }
    try send(WireBytes.go(export))
    try skipOptionReplies()
  }

  /// Reads replies to one option up to its acknowledgement.
  func skipOptionReplies() throws {
    while true {
      let header = try receive(20)
      let length = header[16...].reduce(0) { $0 << 8 | Int($1) }
      let data = try receive(length)
      if header[12] & 0x80 != 0 { throw Failure(reason: "refused: \(header) \(data)") }
      if header[12...15] == [0, 0, 0, 1] { return }
    }
  }
}
