import SedaiNBD
import SedaiNBDTestSupport
import Testing

@Suite struct SecurityTests {
  func server() -> MemoryServer {
    var server = MemoryServer(NegotiationTests.exports, security: .tlsRequired)
    server.receive(WireBytes.clientFlags())
    _ = server.takeOutput()
    return server
  }

  @Test(arguments: [3, 6, 7, 8, 9, 10, 77] as [UInt32])
  func nothingIsToldBeforeTLSWhereItIsRequired(_ option: UInt32) {
    var server = server()
    server.receive(WireBytes.option(option, [1, 2, 3]))
    #expect(server.takeOutput() == WireBytes.optionReply(option, 0x8000_0005))
    #expect(!server.isClosed)
  }

  @Test func exportNameBeforeTLSEndsTheConnection() {
    var server = server()
    server.receive(WireBytes.option(1, Array("BV_001".utf8)))
    #expect(server.isClosed)
    #expect(server.takeOutput() == [])
  }

  @Test func abortWorksBeforeTLS() {
    var server = server()
    server.receive(WireBytes.option(2))
    #expect(server.takeOutput() == WireBytes.optionReply(2, 1))
  }

  @Test func afterTheUpgradeNegotiationStartsOver() {
    var server = server()
    server.receive(WireBytes.option(5))
    #expect(server.takeOutput() == WireBytes.optionReply(5, 1))
    server.receive(WireBytes.option(5))
    #expect(server.takeOutput() == WireBytes.optionReply(5, 0x8000_0003))
    server.receive(WireBytes.go("nobody"))
    #expect(server.takeOutput() == WireBytes.optionReply(7, 0x8000_0006))
  }

  @Test func bytesInTheClearBehindStartTLSEndTheConnection() {
    var negotiation = NBDNegotiation(security: .tlsRequired)
    let flags = WireBytes.clientFlags()
    #expect(unsafe negotiation.advance(flags.span.bytes).action == .proceed)
    let option = WireBytes.option(5)
    #expect(
      unsafe negotiation.advance(option.span.bytes).action
        == .sendThenStartTLS(WireBytes.optionReply(5, 1)))
    let injected = WireBytes.option(8)
    #expect(unsafe negotiation.advance(injected.span.bytes).action == .close)
  }

  @Test func startTLSWithoutTLSIsAgainstPolicy() {
    var server = MemoryServer([:])
    server.receive(WireBytes.clientFlags() + WireBytes.option(5))
    #expect(
      server.takeOutput()
        == NBDNegotiation.greeting + WireBytes.optionReply(5, 0x8000_0002))
  }
}
