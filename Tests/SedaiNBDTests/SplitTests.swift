import SedaiNBD
import SedaiNBDTestSupport
import Testing

/// However the network cuts the bytes, the outcome is the same.
@Suite struct SplitTests {
  static let conversation: [UInt8] =
    WireBytes.clientFlags() + WireBytes.option(99, [1, 2, 3]) + WireBytes.option(3)
    + WireBytes.option(8) + WireBytes.go("nobody", [3]) + WireBytes.go("BV_001", [3], option: 6)
    + WireBytes.contexts(10, "BV_001", ["base:allocation", "nothing:"])
    + WireBytes.go("BV_001", [1]) + WireBytes.request(0, cookie: 1, offset: 5, length: 9)
    + WireBytes.request(1, cookie: 2, offset: 7, length: 5, payload: [1, 2, 3, 4, 5])
    + WireBytes.request(1, cookie: 3, offset: 1 << 40, length: 4, payload: [1, 2, 3, 4])
    + WireBytes.request(7, cookie: 4, length: 4096)
    + WireBytes.request(0, cookie: 5, offset: 5, length: 9)
    + WireBytes.request(6, cookie: 6, offset: 8, length: 2) + WireBytes.request(2)

  func outcome(cutAt cuts: [Int]) -> [UInt8] {
    var server = MemoryServer(NegotiationTests.exports)
    server.receive(Self.conversation, cutAt: cuts)
    #expect(server.isClosed, "cut at \(cuts)")
    return server.takeOutput()
  }

  @Test func oneCutAnywhereChangesNothing() {
    let whole = outcome(cutAt: [])
    #expect(whole.count > 400)
    for cut in 1..<Self.conversation.count {
      #expect(outcome(cutAt: [cut]) == whole, "cut at \(cut)")
    }
  }

  @Test func byteByByteChangesNothing() {
    #expect(outcome(cutAt: Array(1..<Self.conversation.count)) == outcome(cutAt: []))
  }

  @Test func cutsAnywhereInALargeWriteChangeNothing() {
    let length = 300_000
    let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 >> 7) }
    let request = WireBytes.request(1, offset: 777, length: UInt32(length), payload: payload)
    for step in [1000, 28, 65_535, 65_536, 131_072, 250_000] {
      var server = MemoryServer(["v": .init(bytes: Array(repeating: 0, count: 400_000))])
      server.receive(WireBytes.clientFlags() + WireBytes.go("v"))
      let cuts = Array(stride(from: step, to: request.count, by: step))
      server.receive(request + WireBytes.request(2), cutAt: cuts)
      #expect(server.isClosed)
      #expect(server.exports["v"]?.bytes[777..<(777 + length)] == payload[...], "step \(step)")
    }
  }
}
