import Logging
import SedaiArray
import SedaiModel
import SedaiNBDTestSupport
import SedaiNetwork
import Testing

/// The server over the real array: what a host sees of generations and links.
@Suite struct ArrayTests {
  func withArray(
    _ body: (ArrayFixture, _ socket: String) async throws -> Void
  ) async throws {
    let fixture = try ArrayFixture()
    try await withServer(fixture.array) { _, _, socket in try await body(fixture, socket) }
  }

  func client(_ socket: String, _ export: String) throws -> RawClient {
    let client = try RawClient(socket: socket)
    try client.go(export)
    return client
  }

  func write(_ client: RawClient, _ byte: UInt8, at offset: UInt64) throws {
    let payload = Array(repeating: byte, count: 4096)
    try client.send(
      WireBytes.request(1, offset: offset, length: 4096, payload: payload))
    #expect(try client.receive(16) == WireBytes.simpleReply())
  }

  @Test func aLinkedGenerationShowsItsMoment() async throws {
    try await withArray { fixture, socket in
      let base = try client(socket, "bv")
      try write(base, 1, at: 8192)
      try fixture.create("sv_01")
      try write(base, 2, at: 8192)
      try fixture.link(to: "sv_01", access: .readOnly)
      let link = try client(socket, "lv")
      try link.send(WireBytes.request(0, offset: 8192, length: 1))
      #expect(try link.receive(17) == WireBytes.simpleReply() + [1])
      try base.send(WireBytes.request(0, offset: 8192, length: 1))
      #expect(try base.receive(17) == WireBytes.simpleReply() + [2])
      try link.send(WireBytes.request(1, length: 1, payload: [9]))
      #expect(try link.receive(16) == WireBytes.simpleReply(1))
    }
  }

  @Test func anUnlinkedLinkVolumeIsThereButCannotBeRead() async throws {
    try await withArray { _, socket in
      let link = try client(socket, "lv")
      for request in [
        WireBytes.request(0, length: 512), WireBytes.request(1, length: 1, payload: [1]),
        WireBytes.request(3), WireBytes.request(4, length: 512),
      ] {
        try link.send(request)
        #expect(try link.receive(16) == WireBytes.simpleReply(5))
      }
    }
  }

  @Test func linkAndUnlinkCloseTheConnectionsOfTheLinkVolumeOnly() async throws {
    try await withArray { fixture, socket in
      let base = try client(socket, "bv")
      try fixture.create("sv_01")
      let unlinked = try client(socket, "lv")
      try fixture.link(to: "sv_01", access: .readWrite)
      #expect(unlinked.isAtEnd())
      let linked = try client(socket, "lv")
      try fixture.unlink()
      #expect(linked.isAtEnd())
      try write(base, 1, at: 0)
    }
  }

  @Test func generationsAreNeverExports() async throws {
    try await withArray { fixture, socket in
      try fixture.create("sv_01")
      for name in ["sv_01", "nobody"] {
        #expect(throws: (any Error).self) { try client(socket, name) }
      }
    }
  }

  @Test func whatChangedSinceAGenerationIsShown() async throws {
    try await withArray { fixture, socket in
      let base = try client(socket, "bv")
      try write(base, 1, at: 0)
      try fixture.create("sv_01")
      try write(base, 2, at: 65_536)
      let asking = try RawClient(socket: socket)
      try asking.go(
        "bv", structured: true,
        contexts: ["sedai:changed-since/sv_01", "sedai:changed-since/.-1"])
      try asking.send(WireBytes.request(7, length: 131_072))
      let ranges: [UInt32] = [65_536, 0, 4096, 1, 61_440, 0]
      let body = ranges.flatMap { WireBytes.number($0) }
      let expected =
        WireBytes.chunk(5, flags: 0, [0, 0, 0, 1] + body)
        + WireBytes.chunk(5, [0, 0, 0, 2] + body)
      #expect(try asking.receive(expected.count) == expected)
    }
  }
}
