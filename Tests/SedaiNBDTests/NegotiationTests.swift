import SedaiNBD
import SedaiNBDTestSupport
import Testing

@Suite struct NegotiationTests {
  static let exports: [String: MemoryServer.Export] = [
    "BV_001": .init(bytes: Array(repeating: 0xab, count: 0x10000), description: "bv"),
    "LV_001": .init(
      bytes: Array(repeating: 0, count: 0x8000), isReadOnly: true, generations: ["SV_001", ".-1"]),
  ]

  func server(after bytes: [UInt8] = WireBytes.clientFlags()) -> MemoryServer {
    var server = MemoryServer(Self.exports)
    server.receive(bytes)
    _ = server.takeOutput()
    return server
  }

  func answer(to bytes: [UInt8], after setup: [UInt8] = []) -> [UInt8] {
    var server = server(after: WireBytes.clientFlags() + setup)
    server.receive(bytes)
    return server.takeOutput()
  }

  @Test func greetsWithMagicNumbersAndBothHandshakeFlags() {
    #expect(
      NBDNegotiation.greeting == Array("NBDMAGICIHAVEOPT".utf8) + [0, 3])
  }

  @Test(arguments: [0, 2, 4, 5, 0x8000_0001 as UInt32])
  func unknownOrMissingClientFlagsEndTheConnection(_ flags: UInt32) {
    #expect(server(after: WireBytes.clientFlags(flags)).isClosed)
  }

  @Test func exportNameAnswersSizeAndFlagsWithoutZeroesIfAgreed() {
    let reply = answer(to: WireBytes.option(1, Array("BV_001".utf8)))
    #expect(reply == [0, 0, 0, 0, 0, 1, 0, 0, 0x0d, 0x6d])
  }

  @Test func exportNamePadsForClientsThatExpectIt() {
    var server = server(after: WireBytes.clientFlags(1))
    server.receive(WireBytes.option(1, Array("LV_001".utf8)))
    #expect(
      server.takeOutput()
        == [0, 0, 0, 0, 0, 0, 0x80, 0, 0x05, 0x0f] + Array(repeating: 0, count: 124))
  }

  @Test(arguments: ["nobody", "", String(repeating: "x", count: 4097)])
  func exportNameOfAnUnknownExportEndsTheConnection(_ name: String) {
    var server = server()
    server.receive(WireBytes.option(1, Array(name.utf8)))
    #expect(server.isClosed)
    #expect(server.takeOutput() == [])
  }

  @Test func abortIsAcknowledgedAndEndsTheConnection() {
    var server = server()
    server.receive(WireBytes.option(2))
    #expect(server.isClosed)
    #expect(server.takeOutput() == WireBytes.optionReply(2, 1))
  }

  @Test func listNamesEveryExportWithItsDescription() {
    let bv = WireBytes.text("BV_001") + Array("bv".utf8)
    #expect(
      answer(to: WireBytes.option(3))
        == WireBytes.optionReply(3, 2, bv)
        + WireBytes.optionReply(3, 2, WireBytes.text("LV_001")) + WireBytes.optionReply(3, 1))
  }

  @Test func goGivesTheInformationAskedForAndBeginsTransmission() {
    var server = server()
    server.receive(WireBytes.option(8) + WireBytes.go("BV_001", [3, 1, 2, 99]))
    let export = [0, 0] + WireBytes.number(UInt64(0x10000)) + [0x0d, 0xed]
    let sizes: [UInt32] = [1, 4096, 32 << 20]
    let blockSize: [UInt8] = [0, 3] + sizes.flatMap { WireBytes.number($0) }
    #expect(
      server.takeOutput()
        == WireBytes.optionReply(8, 1) + WireBytes.optionReply(7, 3, export)
        + WireBytes.optionReply(7, 3, [0, 1] + Array("BV_001".utf8))
        + WireBytes.optionReply(7, 3, [0, 2] + Array("bv".utf8))
        + WireBytes.optionReply(7, 3, blockSize) + WireBytes.optionReply(7, 1))
    guard case .transmitting = server.phase else {
      Issue.record("transmission did not begin")
      return
    }
  }

  @Test func infoLeavesNegotiationOpen() {
    let reply = answer(
      to: WireBytes.go("nobody", option: 6), after: WireBytes.go("BV_001", option: 6))
    #expect(reply == WireBytes.optionReply(6, 0x8000_0006))
  }

  @Test(
    arguments: [
      [],
      [0, 0, 0, 9, 65],
      WireBytes.text("BV_001") + [0, 1],
      WireBytes.text("BV_001") + [0, 0, 0],
      WireBytes.number(UInt32.max) + [65],
      [0, 0, 0, 1, 0xff, 0, 0],
      [0, 0, 0, 1, 0, 0, 0],
    ] as [[UInt8]])
  func malformedGoIsInvalid(_ data: [UInt8]) {
    #expect(answer(to: WireBytes.option(7, data)) == WireBytes.optionReply(7, 0x8000_0003))
  }

  @Test(arguments: [3, 8] as [UInt32])
  func optionsWithoutDataRefuseData(_ option: UInt32) {
    #expect(
      answer(to: WireBytes.option(option, [0])) == WireBytes.optionReply(option, 0x8000_0003))
  }

  @Test(arguments: [0, 4, 11, 12, 0xffff_ffff] as [UInt32])
  func unknownOptionsAreSkippedAndUnsupported(_ option: UInt32) {
    let reply = answer(to: WireBytes.option(option, [1, 2, 3]) + WireBytes.option(8))
    #expect(
      reply == WireBytes.optionReply(option, 0x8000_0001) + WireBytes.optionReply(8, 1))
  }

  @Test func anOptionTooLongIsSkippedWithoutBeingHeld() {
    var server = server()
    for chunk in stride(from: 0, to: 100_000, by: 10_000) {
      let option = WireBytes.option(7, Array(repeating: 65, count: 100_000 - 16))
      server.receive(Array(option[chunk..<(chunk + 10_000)]))
    }
    server.receive(WireBytes.option(8))
    #expect(
      server.takeOutput()
        == WireBytes.optionReply(7, 0x8000_0009) + WireBytes.optionReply(8, 1))
    #expect(server.largestBacklog <= 10_000)
  }

  @Test func aHugeOptionLengthEndsTheConnection() {
    var server = server()
    server.receive(
      Array("IHAVEOPT".utf8) + WireBytes.number(UInt32(3)) + WireBytes.number(UInt32.max))
    #expect(server.isClosed)
  }

  @Test func badOptionMagicEndsTheConnection() {
    var server = server()
    server.receive(Array("IHAVEOPS".utf8) + [0, 0, 0, 3, 0, 0, 0, 0])
    #expect(server.isClosed)
    #expect(server.takeOutput() == [])
  }

  @Test func tooManyOptionsEndTheConnection() {
    var server = server()
    for _ in 0..<NBDLimits.maximumOptions { server.receive(WireBytes.option(8)) }
    #expect(!server.isClosed)
    server.receive(WireBytes.option(8))
    #expect(server.isClosed)
  }
}
