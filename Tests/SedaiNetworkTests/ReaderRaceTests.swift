import SedaiNBDTestSupport
import SedaiNetwork
import Testing

/// Replies that are larger than what may wait unread, to a peer that reads all the time: the
/// socket becomes full and free again while replies are being sent.
@Suite struct ReaderRaceTests {
  @Test func largeRepliesToAFastReaderComeWholeAndOnce() async throws {
    let content = (0..<20).flatMap { Array(repeating: UInt8($0), count: 65_536) }
    let volume = MemoryVolume(bytes: content)
    let length = 1 << 20
    let count = 60
    try await withServer(volume) { _, _, socket in
      let client = try connectedClient(socket)
      let requests = (0..<count).flatMap {
        WireBytes.request(
          0, cookie: UInt64($0), offset: UInt64($0 % 4) * 65_536, length: UInt32(length))
      }
      async let sent: Void = blocking { try client.send(requests) }
      try await blocking {
        for index in 0..<count {
          #expect(try client.receive(16) == WireBytes.simpleReply(cookie: UInt64(index)))
          let start = index % 4 * 65_536
          let isSame = try client.receive(length)[...] == content[start..<(start + length)]
          try #require(isSame, "reply \(index)")
        }
      }
      try await sent
      #expect(volume.change { $0.reads } == count)
    }
  }
}
