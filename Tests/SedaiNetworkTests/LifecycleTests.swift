import Glibc
import SedaiArray
import SedaiNBDTestSupport
import SedaiNetwork
import Testing

@Suite struct LifecycleTests {
  @Test func closingAVolumeClosesItsConnectionsAndNoOthers() async throws {
    let first = MemoryVolume(count: 4096)
    let second = MemoryVolume(count: 4096)
    try await withServer(MemoryDirectory(volumes: ["v": first, "w": second])) { _, _, socket in
      let client = try connectedClient(socket)
      let other = try RawClient(socket: socket)
      try other.go("w")
      first.close()
      #expect(client.isAtEnd())
      try other.send(WireBytes.request(3))
      #expect(try other.receive(16) == WireBytes.simpleReply())
    }
  }

  @Test func requestsUnderWayAreFinishedBeforeTheServerStops() async throws {
    let volume = MemoryVolume(count: 4096)
    volume.change { $0.isGated = true }
    try await withServer(volume) { server, _, socket in
      let client = try connectedClient(socket)
      try client.send(WireBytes.request(3, cookie: 1))
      volume.wait { $0.blockingCalls == 1 }
      async let stopped: Void = server.stop()
      let answer = try await blocking {
        volume.change { $0.isGated = false }
        return try client.receive(16)
      }
      #expect(answer == WireBytes.simpleReply(cookie: 1))
      #expect(try await blocking { client.isAtEnd() })
      await stopped
      #expect(unsafe access(socket, F_OK) != 0)
    }
  }

  @Test func requestsUnderWayAreFinishedAfterDisconnect() async throws {
    let volume = MemoryVolume(count: 4096)
    volume.change { $0.isGated = true }
    try await withServer(volume) { _, _, socket in
      let client = try connectedClient(socket)
      try client.send(WireBytes.request(3, cookie: 1) + WireBytes.request(2))
      volume.wait { $0.blockingCalls == 1 }
      volume.change { $0.isGated = false }
      #expect(try client.receive(16) == WireBytes.simpleReply(cookie: 1))
      #expect(client.isAtEnd())
    }
  }

  @Test func everythingIsSentBeforeTheConnectionCloses() async throws {
    let volume = MemoryVolume(count: 1 << 20)
    let length = 900_000
    try await withServer(volume) { _, _, socket in
      let client = try connectedClient(socket)
      let reads = (0..<12).flatMap {
        WireBytes.request(0, cookie: UInt64($0), length: UInt32(length))
      }
      try client.send(reads + WireBytes.request(2))
      for index in 0..<12 {
        #expect(try client.receive(16) == WireBytes.simpleReply(cookie: UInt64(index)))
        _ = try client.receive(length)
      }
      #expect(client.isAtEnd())
    }
  }

  @Test func aVolumeThatClosesWhileItIsBeingOpenedClosesTheConnection() async throws {
    let volume = MemoryVolume(count: 4096)
    volume.change { $0.isClosed = true }
    try await withServer(volume) { _, _, socket in
      let client = try connectedClient(socket)
      #expect(client.isAtEnd())
    }
  }

  @Test func nonsenseClosesTheConnection() async throws {
    try await withServer(MemoryVolume(count: 4096)) { _, listener, socket in
      let client = try connectedClient(socket)
      try client.send(Array(repeating: 0x41, count: 28))
      #expect(client.isAtEnd())
      let stranger = try RawClient(socket: socket)
      _ = try stranger.receive(18)
      try stranger.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
      #expect(stranger.isAtEnd())
    }
  }

  @Test func aListenerThatClosesTakesItsConnectionsAlong() async throws {
    let volume = MemoryVolume(count: 4096)
    try await withServer(volume) { server, listener, socket in
      let secondSocket = socket + "2"
      let second = try await server.listen(onUnixSocket: secondSocket, as: .localAdministrator)
      let client = try connectedClient(secondSocket)
      let other = try connectedClient(socket)
      await second.close()
      #expect(client.isAtEnd())
      #expect(second.connectionCount == 0)
      try other.send(WireBytes.request(3))
      #expect(try other.receive(16) == WireBytes.simpleReply())
      #expect(unsafe access(secondSocket, F_OK) != 0)
    }
  }

  @Test func eachListenerShowsWhatItsPeerMaySee() async throws {
    let directory = MemoryDirectory(
      volumes: ["a": MemoryVolume(count: 1), "b": MemoryVolume(count: 2)],
      visible: [.ldSet("hosts"): ["a"]])
    try await withServer(directory) { _, _, socket in
      let client = try RawClient(socket: socket)
      _ = try client.receive(18)
      try client.send(WireBytes.clientFlags() + WireBytes.option(3))
      let listed = WireBytes.optionReply(3, 2, WireBytes.text("a") + Array("in memory".utf8))
      let end = WireBytes.optionReply(3, 1)
      #expect(try client.receive(listed.count + end.count) == listed + end)
      try client.send(WireBytes.go("b") + WireBytes.go("c"))
      let unknown = WireBytes.optionReply(7, 0x8000_0006)
      #expect(try client.receive(40) == unknown + unknown)
    }
  }
}
