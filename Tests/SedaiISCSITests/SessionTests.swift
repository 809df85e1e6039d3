import SedaiBytes
import SedaiISCSI
import SedaiISCSITestSupport
import Testing

/// A session with what was agreed, fed with bytes.
struct SessionUnderTest {
  var session: ISCSISession

  init(_ keys: [String] = [], target: String? = InitiatorBytes.target) throws {
    var login = ISCSILogin()
    let names = InitiatorBytes.names(target: target)
    let action = LoginTests.advance(&login, InitiatorBytes.login(names + keys))
    guard case .begin(_, let beginning) = action else {
      throw LoginTests.UnexpectedAction(action: action)
    }
    session = ISCSISession(beginning)
  }

  /// Everything that the bytes mean.
  mutating func receive(_ bytes: [UInt8]) -> [ISCSIEvent] {
    var events: [ISCSIEvent] = []
    bytes.withBytes(0..<bytes.count) { input in
      var position = 0
      while position < bytes.count {
        let event = session.next(input, at: &position)
        events.append(event)
        if case .needsInput = event { break }
        if event == .violation { break }
      }
    }
    return events
  }

  mutating func response(
    to command: ISCSICommand, status: UInt8 = 0, moved: Int, sense: [UInt8] = []
  ) -> [UInt8] {
    var room = [UInt8](repeating: 0xEE, count: ISCSISession.maximumResponseBytes)
    let count = room.withMutableBytes(0..<room.count) {
      session.storeResponse(
        to: command, ISCSIResult(status: status, movedBytes: moved), sense: sense, into: &$0)
    }
    return Array(room[..<count])
  }

  mutating func dataIn(to command: ISCSICommand, _ data: [UInt8], moved: Int) -> [UInt8] {
    let layout = DataInLayout(dataBytes: data.count, session.parameters)
    var room = [UInt8](repeating: 0xEE, count: layout.byteCount)
    room.withMutableBytes(0..<room.count) { bytes in
      for index in 0..<layout.count {
        let (part, place) = layout.piece(index)
        data.withBytes(part) { bytes.copy($0, at: place.lowerBound) }
      }
      session.sealDataIn(
        layout, to: command, ISCSIResult(status: 0, movedBytes: moved), into: &bytes)
    }
    return room
  }
}

@Suite struct SessionTests {
  static let unasked = ["InitialR2T=No", "FirstBurstLength=1024"]

  static func command(_ events: [ISCSIEvent]) -> (ISCSICommand, ISCSIPayload)? {
    for event in events {
      if case .command(let command, let payload) = event { return (command, payload) }
    }
    return nil
  }

  static func sent(_ events: [ISCSIEvent]) -> [UInt8] {
    events.flatMap { event -> [UInt8] in
      if case .send(let bytes) = event { return bytes }
      return []
    }
  }

  // MARK: Commands and answers

  @Test func aReadIsAnsweredInPiecesThatEndWithItsStatus() throws {
    var session = try SessionUnderTest(["MaxRecvDataSegmentLength=512", "MaxBurstLength=1024"])
    let bytes = InitiatorBytes.command(
      InitiatorBytes.read10(0, 3), tag: 5, number: 1, expected: 2048)
    let (command, payload) = try #require(Self.command(session.receive(bytes)))
    #expect(payload == .none && command.taskTag == 5 && command.expectedBytes == 2048)
    #expect(command.block.high == 0x2800_0000_0000_0000 && command.block.low == 0x0300 << 48)
    let data = (0..<1536).map { UInt8(truncatingIfNeeded: $0 / 7) }
    let answer = session.dataIn(to: command, data, moved: 1536)
    #expect(answer.count == 3 * 560)
    let pieces = (0..<3).map { Array(answer[$0 * 560..<($0 + 1) * 560]) }
    #expect(pieces.map { $0[1] } == [0x00, 0x80, 0x83])
    #expect(pieces.map { $0.number(at: 36) } == [0, 1, 2])
    #expect(pieces.map { $0.number(at: 40) } == [0, 512, 1024])
    #expect(pieces.flatMap(\.pduData) == data)
    #expect(pieces[2].number(at: 24) == 2 && pieces[2].number(at: 44) == 512)
    #expect(pieces[2].number(at: 28) == 2 && pieces[2].number(at: 32) == 2 + 127)
  }

  @Test func senseComesWithItsLengthAndMissingRoomIsTold() throws {
    var session = try SessionUnderTest()
    let bytes = InitiatorBytes.command(
      InitiatorBytes.write10(0, 2), tag: 5, number: 1, expected: 512, flags: 0xA0,
      data: [UInt8](repeating: 3, count: 512))
    let (command, payload) = try #require(Self.command(session.receive(bytes)))
    #expect(payload == .range(48..<560))
    let answer = session.response(to: command, status: 2, moved: 1024, sense: [0x70, 0, 5])
    #expect(answer.count == 56)
    #expect(Array(answer[..<8]) == [0x21, 0x84, 0, 2, 0, 0, 0, 5])
    #expect(answer.number(at: 44) == 512)
    #expect(Array(answer[48...]) == [0, 3, 0x70, 0, 5, 0, 0, 0])
  }

  @Test func digestsCoverHeaderAndPaddedData() throws {
    var session = try SessionUnderTest(["HeaderDigest=CRC32C", "DataDigest=CRC32C"])
    func digest(_ bytes: [UInt8]) -> [UInt8] {
      let value = bytes.crc32c(0..<bytes.count)
      return (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }
    let plain = InitiatorBytes.command(
      InitiatorBytes.write10(0, 1), tag: 5, number: 1, expected: 6, flags: 0xA0,
      data: [1, 2, 3, 4, 5, 6])
    let (head, tail) = (Array(plain[..<48]), Array(plain[48...]))
    let bytes = head + digest(head) + tail + digest(tail)
    let (command, payload) = try #require(Self.command(session.receive(bytes)))
    #expect(payload == .range(52..<58))
    let answer = session.dataIn(to: command, [9, 8, 7], moved: 3)
    #expect(answer.count == 60)
    #expect(Array(answer[48..<52]) == digest(Array(answer[..<48])))
    #expect(Array(answer[52..<56]) == [9, 8, 7, 0])
    #expect(Array(answer[56..<60]) == digest([9, 8, 7, 0]))
    var damaged = bytes
    damaged[20] ^= 1
    #expect(session.receive(damaged) == [.violation])
    #expect(session.receive(bytes) == [.violation])
  }

  // MARK: Data of writes

  @Test func dataThatIsNotSentUnaskedIsAskedFor() throws {
    var session = try SessionUnderTest([
      "MaxBurstLength=1024", "MaxOutstandingR2T=2", "ImmediateData=No",
    ])
    let bytes = InitiatorBytes.command(
      InitiatorBytes.write10(0, 5), tag: 5, number: 1, expected: 2560, flags: 0xA0)
    let asked = Self.sent(session.receive(bytes))
    #expect(asked.count == 96 && asked[0] == 0x31 && asked[48] == 0x31)
    #expect([asked.number(at: 40), asked.number(at: 44)] == [0, 1024])
    #expect([asked.number(at: 88), asked.number(at: 92)] == [1024, 1024])
    let data = (0..<2560).map { UInt8(truncatingIfNeeded: $0 / 11) }
    var events = session.receive(
      InitiatorBytes.dataOut(
        Array(data[..<512]), tag: 5, transfer: 0, number: 0, offset: 0, isFinal: false))
    #expect(events == [.ignored])
    events = session.receive(
      InitiatorBytes.dataOut(
        Array(data[512..<1024]), tag: 5, transfer: 0, number: 1, offset: 512))
    let last = Self.sent(events)
    #expect([last.number(at: 36), last.number(at: 40), last.number(at: 44)] == [2, 2048, 512])
    events = session.receive(
      InitiatorBytes.dataOut(
        Array(data[1024..<2048]), tag: 5, transfer: 1, number: 0, offset: 1024))
    #expect(events == [.ignored])
    events = session.receive(
      InitiatorBytes.dataOut(Array(data[2048...]), tag: 5, transfer: 2, number: 0, offset: 2048))
    let (_, payload) = try #require(Self.command(events))
    #expect(payload == .gathered(data))
  }

  @Test func dataMayComeUnaskedUpToTheFirstBurst() throws {
    var session = try SessionUnderTest(Self.unasked)
    let bytes = InitiatorBytes.command(
      InitiatorBytes.write10(0, 3), tag: 5, number: 1, expected: 1536, flags: 0x20,
      data: [UInt8](repeating: 1, count: 512))
    #expect(session.receive(bytes) == [.ignored])
    let asked = Self.sent(
      session.receive(
        InitiatorBytes.dataOut(
          [UInt8](repeating: 2, count: 512), tag: 5, transfer: .max, number: 0, offset: 512)))
    #expect([asked.number(at: 40), asked.number(at: 44)] == [1024, 512])
    let events = session.receive(
      InitiatorBytes.dataOut(
        [UInt8](repeating: 3, count: 512), tag: 5, transfer: 0, number: 0, offset: 1024))
    let (_, payload) = try #require(Self.command(events))
    #expect(
      payload
        == .gathered(
          [UInt8](repeating: 1, count: 512) + [UInt8](repeating: 2, count: 512)
            + [UInt8](repeating: 3, count: 512)))
  }

  @Test(arguments: [(1, 0, 0), (0, 512, 0), (0, 0, 9)])
  func dataOutOfOrderSpoilsItsCommandAlone(_ wrong: (number: Int, offset: Int, transfer: Int))
    throws
  {
    var session = try SessionUnderTest(["ImmediateData=No"])
    _ = session.receive(
      InitiatorBytes.command(
        InitiatorBytes.write10(0, 2), tag: 5, number: 1, expected: 1024, flags: 0xA0))
    let data = InitiatorBytes.dataOut(
      [UInt8](repeating: 1, count: 512), tag: 5, transfer: UInt32(wrong.transfer),
      number: UInt32(wrong.number), offset: wrong.offset, isFinal: false)
    guard case .spoiled(let command)? = session.receive(data).first else {
      Issue.record("the command was not spoiled")
      return
    }
    #expect(command.taskTag == 5)
    #expect(session.receive(data) == [.ignored])
    #expect(session.response(to: command, status: 2, moved: 1024).count == 48)
    let next = InitiatorBytes.command(
      InitiatorBytes.testUnitReady, tag: 6, number: 2, expected: 0, flags: 0x80)
    #expect(Self.command(session.receive(next)) != nil)
  }

  @Test func aWriteThatDoesNotFitWaitsUntilAnotherIsDone() throws {
    var session = try SessionUnderTest(["ImmediateData=No"])
    let size = 20 << 20
    let first = session.receive(
      InitiatorBytes.command(
        InitiatorBytes.write10(0, 1), tag: 5, number: 1, expected: size, flags: 0xA0))
    #expect(!Self.sent(first).isEmpty)
    let second = session.receive(
      InitiatorBytes.command(
        InitiatorBytes.write10(0, 1), tag: 6, number: 2, expected: size, flags: 0xA0))
    #expect(second == [.ignored])
    let early = session.session.requestWaiting()
    #expect(early == nil)
    let wasThere = session.session.abandonWrite(5)
    #expect(wasThere)
    let waiting = session.session.requestWaiting()
    let asked = try #require(waiting)
    #expect(asked.number(at: 16) == 6)
    let isThere = session.session.abandonWrite(5)
    #expect(!isThere)
  }

  // MARK: Numbers

  @Test func aCommandOutsideTheWindowIsPassedOverAndAGapEndsTheSession() throws {
    var session = try SessionUnderTest()
    func ready(_ number: UInt32) -> [UInt8] {
      InitiatorBytes.command(
        InitiatorBytes.testUnitReady, tag: number, number: number, expected: 0, flags: 0x80)
    }
    #expect(session.receive(ready(0)) == [.ignored])
    #expect(session.receive(ready(129)) == [.ignored])
    #expect(Self.command(session.receive(ready(1))) != nil)
    #expect(session.receive(ready(3)) == [.violation])
  }

  @Test func theWindowClosesWhenNothingIsAnsweredAndOpensAgain() throws {
    var session = try SessionUnderTest()
    var commands: [ISCSICommand] = []
    for number in 1...UInt32(ISCSILimits.commandWindow) {
      let bytes = InitiatorBytes.command(
        InitiatorBytes.testUnitReady, tag: number, number: number, expected: 0, flags: 0x80)
      commands.append(try #require(Self.command(session.receive(bytes))).0)
    }
    let next = UInt32(ISCSILimits.commandWindow) + 1
    let bytes = InitiatorBytes.command(
      InitiatorBytes.testUnitReady, tag: next, number: next, expected: 0, flags: 0x80)
    #expect(session.receive(bytes) == [.ignored])
    let answer = session.response(to: try #require(commands.first), moved: 0)
    #expect(answer.number(at: 32) == Int(next))
    #expect(Self.command(session.receive(bytes)) != nil)
  }

  // MARK: Everything else

  @Test func aPingIsAnsweredWithWhatItBrought() throws {
    var session = try SessionUnderTest()
    let ping = InitiatorBytes.pdu(
      0x40, tag: 9, words: [.max, 1], data: [1, 2, 3, 4, 5])
    let answer = Self.sent(session.receive(ping))
    #expect(answer[0] == 0x20 && answer.number(at: 16) == 9 && answer.pduData == [1, 2, 3, 4, 5])
  }

  @Test func targetsAreListedInAsManyPartsAsNeeded() throws {
    var session = try SessionUnderTest(["MaxRecvDataSegmentLength=512"], target: nil)
    let request = InitiatorBytes.pdu(
      0x44, tag: 3, words: [.max, 1], data: InitiatorBytes.text(["SendTargets=All"]))
    #expect(session.receive(request) == [.listTargets(nil)])
    let targets = (0..<20).map {
      ISCSITargetName(name: "iqn.2026-11.test:\($0)", portals: ["192.0.2.1:3260"])
    }
    var text: [UInt8] = []
    let first = session.session.answer(targets: targets)
    var answer = try #require(first)
    text += answer.pduData
    while answer[1] & 0x80 == 0 {
      let more = InitiatorBytes.pdu(
        0x44, tag: 4, words: [UInt32(answer.number(at: 20)), 2])
      answer = Self.sent(session.receive([more[0] | 0x40] + more[1...]))
      text += answer.pduData
    }
    #expect(
      text
        == InitiatorBytes.text(
          targets.flatMap { ["TargetName=\($0.name)", "TargetAddress=192.0.2.1:3260,1"] }))
  }

  @Test func aDiscoverySessionHasNoUnits() throws {
    var session = try SessionUnderTest(target: nil)
    let answer = Self.sent(
      session.receive(
        InitiatorBytes.command(InitiatorBytes.testUnitReady, tag: 5, number: 1, expected: 0)))
    #expect(answer[0] == 0x3F && answer[2] == 0x04)
  }

  @Test func whatNobodyKnowsIsRejectedWithItsHeader() throws {
    var session = try SessionUnderTest()
    let bytes = InitiatorBytes.pdu(0x1C, tag: 9, words: [0, 1])
    let answer = Self.sent(session.receive(bytes))
    #expect(answer[0] == 0x3F && answer[2] == 0x05 && answer.pduData == bytes)
  }

  @Test func logoutIsAnsweredAndEndsTheSession() throws {
    var session = try SessionUnderTest()
    let events = session.receive(InitiatorBytes.pdu(0x46, tag: 9, words: [0, 1]))
    guard case .sendThenClose(let answer)? = events.first else {
      Issue.record("\(events)")
      return
    }
    #expect(answer[0] == 0x26 && answer[2] == 0)
  }
}
