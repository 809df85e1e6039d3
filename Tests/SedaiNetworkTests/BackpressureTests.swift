import SedaiNBD
import SedaiNBDTestSupport
import SedaiNetwork
import Testing

@Suite struct BackpressureTests {
  @Test func aPeerThatSendsAndNeverReadsIsNoLongerHeard() async throws {
    let volume = MemoryVolume(count: 1 << 20)
    let length = 65_536
    let count = 600
    try await withServer(volume) { _, _, socket in
      let client = try connectedClient(socket)
      let requests = (0..<count).flatMap {
        WireBytes.request(0, cookie: UInt64($0), length: UInt32(length))
      }
      let rest = client.sendWithoutWaiting(requests[...])
      // An answer to a connection that reads shows that the loop has gone idle on the other.
      let other = try connectedClient(socket)
      try other.send(WireBytes.request(3))
      _ = try other.receive(16)
      let held = volume.change { $0.reads } * length
      #expect(held <= 16 << 20, "\(held) bytes were read for a peer that takes none")

      // All is well once it reads.
      async let sent: Void = blocking { try client.send(Array(rest)) }
      try await blocking {
        for index in 0..<count {
          let header = try client.receive(16)
          #expect(header == WireBytes.simpleReply(cookie: UInt64(index)))
          _ = try client.receive(length)
        }
      }
      try await sent
    }
  }

  @Test func aRequestThatHasToWaitHoldsUpNoOther() async throws {
    let volume = MemoryVolume(count: 1 << 20)
    // The first request waits for ever, as far as this test can tell; the third a moment.
    volume.change { $0.waits = [3_600_000_000_000, 0, 1_000_000, 0] }
    try await withServer(volume) { _, _, socket in
      let client = try connectedClient(socket)
      try client.send((1...4).flatMap { WireBytes.request(0, cookie: $0, length: 1) })
      let cookies = try await blocking { try (0..<3).map { _ in try client.receive(17)[15] } }
      #expect(cookies == [2, 4, 3])
      #expect(volume.change { $0.reads } == 3)
    }
  }

  @Test func onlySoManyRequestsAreWithTheWorkers() async throws {
    let volume = MemoryVolume(count: 1 << 20)
    volume.change {
      $0.isCold = true
      $0.isGated = true
    }
    let count = 256 * 2
    try await withServer(volume) { _, _, socket in
      let client = try connectedClient(socket)
      let requests = (0..<count).flatMap { WireBytes.request(0, cookie: UInt64($0), length: 1) }
      try client.send(requests)
      volume.wait { $0.blockingCalls > 0 }
      volume.change { $0.isGated = false }
      var cookies: Set<UInt8> = []
      for _ in 0..<count {
        let reply = try client.receive(17)
        #expect(reply[..<8] == WireBytes.simpleReply()[..<8])
        cookies.insert(reply[15])
      }
      #expect(cookies.count == 256)
      #expect(volume.change { $0.reads } == count)
    }
  }

  @Test func manyConnectionsThatTakeNothingDoNotAddUp() async throws {
    let length = 32 << 20
    let volume = MemoryVolume(count: length)
    // None of the workers has got its data yet, and still what they will take is counted.
    volume.change { $0.isGated = true }
    try await withServer(volume) { _, _, socket in
      let clients = try (0..<20).map { _ in try connectedClient(socket) }
      for client in clients[..<16] {
        try client.send(WireBytes.request(0, length: UInt32(length)))
      }
      volume.wait { $0.blockingCalls == 16 }
      // 16 times 32 MiB is what a server holds; the other four are told at once, small reads
      // are served all the same, and when the connections end it all comes back.
      for client in clients[16...] {
        try client.send(WireBytes.request(0, length: UInt32(length)))
        #expect(try client.receive(16) == WireBytes.simpleReply(12))
        try client.send(WireBytes.request(0, length: 1))
        #expect(try client.receive(17) == WireBytes.simpleReply() + [0])
      }
      volume.change { $0.isGated = false }
      for client in clients[..<16] {
        #expect(try client.receive(16) == WireBytes.simpleReply())
        _ = try client.receive(length)
      }
      try clients[19].send(WireBytes.request(0, length: UInt32(length)))
      #expect(try clients[19].receive(16) == WireBytes.simpleReply())
    }
  }
}
