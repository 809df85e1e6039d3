import SedaiNBD
import SedaiNBDTestSupport
import Testing

@Suite struct MetadataContextTests {
  func answer(to bytes: [UInt8]) -> [UInt8] {
    var server = MemoryServer(NegotiationTests.exports)
    server.receive(WireBytes.clientFlags() + WireBytes.option(8))
    _ = server.takeOutput()
    server.receive(bytes)
    return server.takeOutput()
  }

  func context(_ option: UInt32, _ identity: UInt32, _ name: String) -> [UInt8] {
    WireBytes.optionReply(option, 4, WireBytes.number(identity) + Array(name.utf8))
  }

  @Test func contextsAreNumberedInTheOrderOfTheQueries() {
    let queries = [
      "sedai:changed-since/.-1", "base:allocation", "base:allocation", "x-y:z",
      "sedai:changed-since/SV_001",
    ]
    #expect(
      answer(to: WireBytes.contexts(10, "LV_001", queries))
        == context(10, 1, "sedai:changed-since/.-1") + context(10, 2, "base:allocation")
        + context(10, 3, "sedai:changed-since/SV_001") + WireBytes.optionReply(10, 1))
  }

  @Test func aGenerationThatDoesNotExistSelectsNothing() {
    #expect(
      answer(to: WireBytes.contexts(10, "LV_001", ["sedai:changed-since/SV_009", "base:"]))
        == WireBytes.optionReply(10, 1))
  }

  @Test(arguments: [[], ["base:"], ["base:allocation"]])
  func listingFindsAllocation(_ queries: [String]) {
    #expect(
      answer(to: WireBytes.contexts(9, "BV_001", queries))
        == context(9, 0, "base:allocation") + WireBytes.optionReply(9, 1))
  }

  @Test(arguments: [9, 10] as [UInt32])
  func anUnknownExportIsUnknownHereToo(_ option: UInt32) {
    #expect(
      answer(to: WireBytes.contexts(option, "nobody", ["base:allocation"]))
        == WireBytes.optionReply(option, 0x8000_0006))
  }

  @Test func tooManyQueriesAreTooBig() {
    let queries = Array(repeating: "base:allocation", count: NBDLimits.maximumContextQueries + 1)
    #expect(
      answer(to: WireBytes.contexts(10, "BV_001", queries))
        == WireBytes.optionReply(10, 0x8000_0009))
  }

  @Test func settingContextsNeedsStructuredReplies() {
    var server = MemoryServer(NegotiationTests.exports)
    server.receive(WireBytes.clientFlags())
    _ = server.takeOutput()
    server.receive(WireBytes.contexts(10, "BV_001", ["base:allocation"]))
    #expect(server.takeOutput() == WireBytes.optionReply(10, 0x8000_0003))
  }

  @Test func aSelectionForAnotherExportDoesNotCount() {
    var server = MemoryServer(NegotiationTests.exports)
    server.receive(
      WireBytes.clientFlags() + WireBytes.option(8)
        + WireBytes.contexts(10, "LV_001", ["base:allocation"]) + WireBytes.go("BV_001"))
    _ = server.takeOutput()
    server.receive(WireBytes.request(7, length: 512))
    #expect(server.takeOutput() == WireBytes.errorChunk(22))
  }

  @Test func statusCarriesOneChunkPerContext() {
    var server = MemoryServer(NegotiationTests.exports)
    server.receive(
      WireBytes.clientFlags() + WireBytes.option(8)
        + WireBytes.contexts(10, "LV_001", ["base:allocation", "sedai:changed-since/.-1"])
        + WireBytes.go("LV_001"))
    _ = server.takeOutput()
    server.receive(WireBytes.request(7, flags: 8, length: 512))
    #expect(
      server.takeOutput()
        == WireBytes.chunk(5, flags: 0, [0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 0, 0])
        + WireBytes.chunk(5, flags: 1, [0, 0, 0, 2, 0, 0, 2, 0, 0, 0, 0, 0]))
  }
}
