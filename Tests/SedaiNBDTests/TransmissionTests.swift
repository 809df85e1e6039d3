import SedaiNBD
import SedaiNBDTestSupport
import Testing

@Suite struct TransmissionTests {
  static let size: UInt64 = 0x10000

  func server(structured: Bool = false, export: String = "BV_001") -> MemoryServer {
    var server = MemoryServer(NegotiationTests.exports)
    let structuredReply = structured ? WireBytes.option(8) : []
    server.receive(WireBytes.clientFlags() + structuredReply + WireBytes.go(export))
    _ = server.takeOutput()
    return server
  }

  func answer(
    to request: [UInt8], structured: Bool = false, export: String = "BV_001"
  ) -> [UInt8] {
    var server = server(structured: structured, export: export)
    server.receive(request)
    return server.takeOutput()
  }

  @Test func readAnswersWithHeaderAndData() {
    let request = WireBytes.request(0, cookie: 0x0102_0304_0506_0708, offset: 3, length: 2)
    let simple = WireBytes.simpleReply(cookie: 0x0102_0304_0506_0708) + [0xab, 0xab]
    #expect(answer(to: request) == simple)
    let chunk = WireBytes.chunk(
      1, cookie: 0x0102_0304_0506_0708, WireBytes.number(UInt64(3)) + [0xab, 0xab])
    #expect(answer(to: request, structured: true) == chunk)
  }

  @Test func writeOfAnyAlignmentIsReadBack() {
    var server = server()
    server.receive(WireBytes.request(1, offset: 4095, length: 3, payload: [1, 2, 3]))
    server.receive(WireBytes.request(0, offset: 4094, length: 5))
    #expect(
      server.takeOutput()
        == WireBytes.simpleReply() + WireBytes.simpleReply() + [0xab, 1, 2, 3, 0xab])
  }

  @Test func flagsThatMeanNothingHereAreInvalid() {
    let requests = [
      WireBytes.request(0, flags: 2, length: 1), WireBytes.request(0, flags: 4, length: 1),
      WireBytes.request(0, flags: 0x20, length: 1), WireBytes.request(3, flags: 8),
      WireBytes.request(4, flags: 16, length: 1), WireBytes.request(5, flags: 2, length: 1),
      WireBytes.request(1, flags: 4, length: 1, payload: [9]), WireBytes.request(8),
      WireBytes.request(0xffff, length: 5), WireBytes.request(7, length: 1),
      WireBytes.request(3, offset: 1), WireBytes.request(3, length: 1),
    ]
    for request in requests {
      #expect(answer(to: request) == WireBytes.simpleReply(22), "\(request)")
      #expect(answer(to: request + WireBytes.request(3)).count == 32, "\(request)")
    }
  }

  @Test func flagsThatMeanSomethingAreAccepted() {
    for (command, flags) in [(1, 1), (3, 1), (4, 1), (5, 1), (6, 1), (6, 2), (6, 16)] {
      let payload: [UInt8] = command == 1 ? [5] : []
      let request = WireBytes.request(
        UInt16(command), flags: UInt16(flags), length: command == 3 ? 0 : 1, payload: payload)
      #expect(answer(to: request) == WireBytes.simpleReply(), "\(command) \(flags)")
    }
    let unfragmented = WireBytes.request(0, flags: 4, length: 1)
    #expect(answer(to: unfragmented, structured: true).count == 29)
  }

  @Test func fastZeroThatKeepsSpaceIsNotSupported() {
    #expect(answer(to: WireBytes.request(6, flags: 18, length: 1)) == WireBytes.simpleReply(95))
  }

  @Test(
    arguments: [
      (0, 22), (1, 28), (4, 22), (5, 22), (6, 28),
    ] as [(UInt16, UInt32)])
  func beyondTheEndIsRefused(_ command: UInt16, _ error: UInt32) {
    let ranges: [(UInt64, UInt32)] = [
      (Self.size, 1), (Self.size - 1, 2), (.max, 1), (.max - 1, 8), (1 << 63, 4),
    ]
    for (offset, length) in ranges {
      let payload = command == 1 ? Array(repeating: 0, count: Int(length)) : [UInt8]()
      let request = WireBytes.request(
        command, offset: offset, length: length, payload: payload)
      #expect(answer(to: request) == WireBytes.simpleReply(error))
    }
  }

  @Test func theLastByteIsWithinReach() {
    let request = WireBytes.request(0, offset: Self.size - 1, length: 1)
    #expect(answer(to: request) == WireBytes.simpleReply() + [0xab])
  }

  @Test(arguments: [0, 1, 4, 5, 6] as [UInt16])
  func nothingIsNotARange(_ command: UInt16) {
    #expect(answer(to: WireBytes.request(command)) == WireBytes.simpleReply(22))
  }

  @Test(arguments: [1, 4, 6] as [UInt16])
  func readOnlyExportsRefuseChanges(_ command: UInt16) {
    let request = WireBytes.request(command, length: 1, payload: command == 1 ? [1] : [])
    #expect(answer(to: request, export: "LV_001") == WireBytes.simpleReply(1))
  }

  @Test func anErrorIsAChunkWhereRepliesAreStructured() {
    let request = WireBytes.request(0, offset: Self.size, length: 1)
    #expect(answer(to: request, structured: true) == WireBytes.errorChunk(22))
  }

  @Test func readsLongerThanTheMaximumAreRefused() {
    let length = NBDLimits.maximumPayloadBytes + 1
    var server = MemoryServer(["big": .init(bytes: Array(repeating: 0, count: Int(length)))])
    server.receive(WireBytes.clientFlags() + WireBytes.option(8) + WireBytes.go("big"))
    _ = server.takeOutput()
    server.receive(WireBytes.request(0, length: length))
    #expect(server.takeOutput() == WireBytes.errorChunk(22))
    server.receive(WireBytes.request(0, flags: 4, length: length))
    #expect(server.takeOutput() == WireBytes.errorChunk(75))
    server.receive(WireBytes.request(0, length: length - 1))
    #expect(server.takeOutput().count == Int(length - 1) + NBDReply.dataChunkBytes)
  }

  @Test func payloadOfRefusedWritesIsPassedOver() {
    var server = server()
    let refused = WireBytes.request(
      1, offset: Self.size, length: 1000, payload: Array(repeating: 0x25, count: 1000))
    server.receive(refused + WireBytes.request(3, cookie: 8))
    #expect(server.takeOutput() == WireBytes.simpleReply(28) + WireBytes.simpleReply(cookie: 8))
  }

  @Test func payloadTooLongToPassOverEndsTheConnection() {
    var server = server()
    server.receive(WireBytes.request(1, length: NBDLimits.maximumSkippedPayloadBytes + 1))
    #expect(server.isClosed)
    #expect(server.takeOutput() == [])
  }

  @Test func badRequestMagicEndsTheConnection() {
    var server = server()
    server.receive(Array(repeating: 0x25, count: 28))
    #expect(server.isClosed)
    #expect(server.takeOutput() == [])
  }

  @Test func disconnectEndsTheConnectionWithoutAnAnswer() {
    var server = server()
    server.receive(WireBytes.request(3) + WireBytes.request(2) + WireBytes.request(3))
    #expect(server.isClosed)
    #expect(server.takeOutput() == WireBytes.simpleReply())
  }

  @Test func largeWritesArePassedOnInPiecesAndHeldInSmallPart() {
    let length = 1_000_000
    let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let blank = Array(repeating: 0 as UInt8, count: 2_000_000)
    var server = MemoryServer(["big": .init(bytes: blank)])
    server.receive(WireBytes.clientFlags() + WireBytes.go("big"))
    _ = server.takeOutput()
    let request = WireBytes.request(1, offset: 12_345, length: UInt32(length), payload: payload)
    server.receive(request, cutAt: Array(stride(from: 9000, to: request.count, by: 9000)))
    #expect(server.takeOutput() == WireBytes.simpleReply())
    #expect(server.pieces > 10)
    #expect(server.largestBacklog < Int(NBDLimits.wholeWriteBytes))
    #expect(server.exports["big"]?.bytes == blank[..<12_345] + payload + blank[1_012_345...])
  }

  @Test func statusListsMergeNeighboursAndStayInRange() throws {
    var server = MemoryServer(NegotiationTests.exports)
    server.receive(
      WireBytes.clientFlags() + WireBytes.option(8)
        + WireBytes.contexts(10, "BV_001", ["base:allocation"]) + WireBytes.go("BV_001"))
    guard case .transmitting(var decoder, _) = server.phase else {
      Issue.record("transmission did not begin")
      return
    }
    let bytes = WireBytes.request(7, offset: 0, length: 10_000)
    var position = 0
    guard
      case .request(let request, .blockStatus) = unsafe decoder.next(
        bytes.span.bytes, at: &position)
    else {
      Issue.record("not a block status request")
      return
    }
    var list = NBDStatusList(for: request)
    list.append(length: 4096, flags: 0)
    list.append(length: 100, flags: 0)
    list.append(length: 0, flags: 3)
    list.append(length: 1 << 40, flags: 3)
    #expect(list.isFull)
    list.append(length: 1, flags: 0)
    let words: [UInt32] = [1, 4196, 0, 5804, 3]
    let payload = words.flatMap { WireBytes.number($0) }
    #expect(NBDReply.blockStatus(request, [list]) == WireBytes.chunk(5, payload))
  }
}
