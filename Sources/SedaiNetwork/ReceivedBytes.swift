internal import NIOCore

/// What a connection has received and could not use yet.
///
/// A connection takes the value out of itself while it uses it: sending an answer may find
/// the peer gone, and whoever closes the connection then throws away what it holds.
struct ReceivedBytes {
  /// How far a protocol came with what it was given.
  enum Progress {
    /// It needs so many bytes to go on, those it has left over included.
    case needs(Int)
    /// What has arrived must wait, or is not wanted any more.
    case held
  }

  var bytes = ByteBuffer()
  /// How many of ``bytes`` there must be to be of use.
  private var wanted = 1

  /// Uses `incoming` as far as it can be used and keeps the rest; false if that must wait.
  ///
  /// What was left over is completed first, with no more of the new bytes than it needs, so
  /// that large payloads are used where they were received.
  mutating func use(
    _ incoming: inout ByteBuffer, _ run: (inout ByteBuffer) -> Progress
  ) -> Bool {
    while bytes.readableBytes > 0 {
      if bytes.readableBytes < wanted {
        let missing = min(wanted - bytes.readableBytes, incoming.readableBytes)
        if var part = incoming.readSlice(length: missing) { bytes.writeBuffer(&part) }
        if bytes.readableBytes < wanted { return true }
      }
      guard advance(run(&bytes)) else {
        bytes.writeBuffer(&incoming)
        return false
      }
      if bytes.readableBytes > 0, incoming.readableBytes == 0 {
        bytes.discardReadBytes()
        return true
      }
    }
    bytes.clear()
    guard incoming.readableBytes > 0 else { return true }
    let goesOn = advance(run(&incoming))
    if incoming.readableBytes > 0 { bytes.writeBuffer(&incoming) }
    return goesOn
  }

  private mutating func advance(_ progress: Progress) -> Bool {
    switch progress {
    case .needs(let byteCount):
      wanted = byteCount
      return true
    case .held:
      wanted = 1
      return false
    }
  }
}
