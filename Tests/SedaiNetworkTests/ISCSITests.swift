import Logging
import SedaiArray
import SedaiISCSITestSupport
import SedaiModel
import SedaiNetwork
import Testing

/// One session that sends and receives what a test tells it to.
struct RawInitiator {
  let client: RawClient
  private(set) var number: UInt32 = 1

  /// Logs in; the answer's status is in `loginStatus`.
  let loginStatus: Int

  init(port: Int, target: String?, initiator: String = InitiatorBytes.initiator) throws {
    client = try RawClient(port: port)
    let names = InitiatorBytes.names(target: target, initiator: initiator)
    try client.send(InitiatorBytes.login(names))
    let answer = try Self.receive(client)
    loginStatus = answer.number(at: 36, bytes: 2)
  }

  static func receive(_ client: RawClient) throws -> [UInt8] {
    let header = try client.receive(48)
    let count = header.number(at: 5, bytes: 3)
    return header + (try client.receive((count + 3) & ~3))
  }

  /// Sends a command and returns its last PDU, and the data of all.
  mutating func run(
    _ block: [UInt8], unit: UInt64, expecting count: Int = 0, sending data: [UInt8] = []
  ) throws -> (answer: [UInt8], data: [UInt8]) {
    let flags: UInt8 = data.isEmpty ? 0xC0 : 0xA0
    try client.send(
      InitiatorBytes.command(
        block, tag: number, number: number, expected: max(count, data.count), flags: flags,
        unit: unit << 48, data: data))
    number += 1
    var received: [UInt8] = []
    while true {
      let answer = try Self.receive(client)
      if answer[0] == 0x25 { received += answer.pduData }
      if answer[0] == 0x21 || answer[1] & 1 != 0 { return (answer, received) }
    }
  }

  /// Key, code and qualifier of what a command is refused with; empty if it is not.
  mutating func sense(_ block: [UInt8], unit: UInt64, sending data: [UInt8] = []) throws -> [UInt8]
  {
    for _ in 0..<200 {
      let answer = try run(block, unit: unit, sending: data).answer
      // Busy: what the unit shows is being exchanged.
      if answer[3] == 0x08 { continue }
      guard answer[3] == 2 else { return [] }
      return [answer[52], answer[62], answer[63]]
    }
    throw RawClient.Failure(reason: "the unit stays busy")
  }

  /// Forgets what it is told about the unit's past.
  mutating func settle(unit: UInt64) throws {
    while try sense(InitiatorBytes.testUnitReady, unit: unit).first == 6 {}
  }
}

/// The iSCSI target over the real array.
@Suite struct ISCSITests {
  static let initiator = InitiatorBytes.initiator

  func withTarget(
    _ body: (ArrayFixture, _ port: Int, _ target: String) async throws -> Void
  ) async throws {
    let fixture = try ArrayFixture()
    let hosts = try #require(LDSetName("hosts"))
    _ = try fixture.array.addInitiator(
      try #require(ISCSIName(Self.initiator)), to: hosts, by: .localAdministrator)
    let target = try #require(try fixture.array.ldSet(hosts).targets.first?.name.rawValue)
    let server = ISCSIServer(directory: fixture.array, logger: Logger(label: "test"))
    do {
      let listener = try await server.listen(host: "127.0.0.1", port: 0)
      try await body(fixture, try #require(listener.port), target)
      await server.stop()
    } catch {
      await server.stop()
      throw error
    }
  }

  func block(_ byte: UInt8, _ count: Int = 8) -> [UInt8] {
    [UInt8](repeating: byte, count: 512 * count)
  }

  @Test func onlyTheInitiatorsOfASetSeeItsTarget() async throws {
    try await withTarget { _, port, target in
      #expect(try RawInitiator(port: port, target: target).loginStatus == 0)
      let stranger = try RawInitiator(
        port: port, target: target, initiator: "iqn.2026-11.test:other")
      let nobody = try RawInitiator(port: port, target: target + "x")
      #expect(stranger.loginStatus == 0x0203 && nobody.loginStatus == 0x0203)
      let shouting = try RawInitiator(
        port: port, target: target.uppercased(), initiator: Self.initiator.uppercased())
      #expect(shouting.loginStatus == 0)
    }
  }

  @Test func aViolationInTwoPartsEndsItsOwnConnectionOnly() async throws {
    try await withTarget { _, port, target in
      var host = try RawInitiator(port: port, target: target)
      try host.settle(unit: 0)
      // More data than any PDU may carry.
      var hostile = InitiatorBytes.command(
        InitiatorBytes.testUnitReady, tag: 900, number: 900, expected: 0, flags: 0x80, unit: 0)
      hostile.replaceSubrange(5..<8, with: [0xFF, 0xFF, 0xFF])
      // The answer to the command in front says that the first part has arrived and is kept.
      let command = InitiatorBytes.command(
        InitiatorBytes.testUnitReady, tag: host.number, number: host.number, expected: 0,
        flags: 0x80, unit: 0)
      try host.client.send(command + hostile[..<20])
      #expect(try RawInitiator.receive(host.client)[0] == 0x21)
      try host.client.send(Array(hostile[20...]))
      #expect(host.client.isAtEnd())
      #expect(try RawInitiator(port: port, target: target).loginStatus == 0)
    }
  }

  @Test func whatIsWrittenIsReadAndWhatTheSetHoldsIsListed() async throws {
    try await withTarget { _, port, target in
      var host = try RawInitiator(port: port, target: target)
      try host.settle(unit: 0)
      #expect(
        try host.sense(InitiatorBytes.write10(16, 8), unit: 0, sending: block(7)).isEmpty)
      let data = try host.run(InitiatorBytes.read10(16, 8), unit: 0, expecting: 4096).data
      #expect(data == block(7))
      let list = try host.run(
        [0xA0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0], unit: 0, expecting: 64
      ).data
      #expect(list == [0, 0, 0, 16] + [UInt8](repeating: 0, count: 13) + [1, 0, 0, 0, 0, 0, 0])
      #expect(try host.sense(InitiatorBytes.testUnitReady, unit: 9) == [5, 0x25, 0])
    }
  }

  @Test func aLinkVolumeIsNotReadyUntilItIsLinkedAndThenShowsTheGeneration() async throws {
    try await withTarget { fixture, port, target in
      var host = try RawInitiator(port: port, target: target)
      try host.settle(unit: 0)
      try host.settle(unit: 1)
      #expect(try host.sense(InitiatorBytes.testUnitReady, unit: 1) == [2, 4, 3])
      _ = try host.sense(InitiatorBytes.write10(0, 8), unit: 0, sending: block(1))
      try fixture.create("sv_01")
      _ = try host.sense(InitiatorBytes.write10(0, 8), unit: 0, sending: block(2))
      try fixture.link(to: "sv_01", access: .readOnly)
      #expect(try host.sense(InitiatorBytes.testUnitReady, unit: 1) == [6, 0x28, 0])
      #expect(
        try host.run(InitiatorBytes.read10(0, 8), unit: 1, expecting: 4096).data == block(1))
      #expect(
        try host.run(InitiatorBytes.read10(0, 8), unit: 0, expecting: 4096).data == block(2))
      #expect(
        try host.sense(InitiatorBytes.write10(0, 8), unit: 1, sending: block(3)) == [7, 0x27, 0])
      try fixture.unlink()
      #expect(try host.sense(InitiatorBytes.testUnitReady, unit: 1) == [6, 0x28, 0])
      #expect(try host.sense(InitiatorBytes.testUnitReady, unit: 1) == [2, 4, 3])
    }
  }

  @Test func aVolumeThatIsNotAvailableIsNotThereAndTheOthersTell() async throws {
    try await withTarget { fixture, port, target in
      var host = try RawInitiator(port: port, target: target)
      try host.settle(unit: 0)
      try host.settle(unit: 1)
      try fixture.create("sv_01")
      try fixture.link(to: "sv_01", access: .notAvailable)
      var sense: [UInt8] = []
      // The array is asked what there is on another thread.
      while sense != [5, 0x25, 0] && sense != [6, 0x3F, 0x0E] {
        sense = try host.sense(InitiatorBytes.testUnitReady, unit: 1)
      }
      #expect(try host.sense(InitiatorBytes.testUnitReady, unit: 0) == [6, 0x3F, 0x0E])
      #expect(try host.sense(InitiatorBytes.testUnitReady, unit: 0).isEmpty)
    }
  }

  @Test func aSecondSessionOfTheSameNameEndsTheFirst() async throws {
    try await withTarget { _, port, target in
      let before = try RawInitiator(port: port, target: target)
      let after = try RawInitiator(port: port, target: target)
      #expect(before.loginStatus == 0 && after.loginStatus == 0)
      #expect(before.client.isAtEnd())
    }
  }

  @Test func anInitiatorThatIsTakenOutLosesItsSession() async throws {
    try await withTarget { fixture, port, target in
      let host = try RawInitiator(port: port, target: target)
      _ = try fixture.array.removeInitiator(
        try #require(ISCSIName(Self.initiator)), from: try #require(LDSetName("hosts")),
        by: .localAdministrator)
      #expect(host.client.isAtEnd())
      #expect(try RawInitiator(port: port, target: target).loginStatus == 0x0203)
    }
  }

  @Test func aLargeWriteComesInPartsAndHostileBytesEndOneConnectionOnly() async throws {
    try await withTarget { _, port, target in
      var host = try RawInitiator(port: port, target: target)
      try host.settle(unit: 0)
      let noise = try RawClient(port: port)
      try noise.send([UInt8](repeating: 0xA5, count: 4096))
      #expect(noise.isAtEnd())
      let data = (0..<262_144).map { UInt8(truncatingIfNeeded: $0 / 97) }
      try host.client.send(
        InitiatorBytes.command(
          InitiatorBytes.write10(0, 512), tag: 99, number: host.number, expected: data.count,
          flags: 0xA0))
      let asked = try RawInitiator.receive(host.client)
      #expect(asked[0] == 0x31 && asked.number(at: 44) == data.count)
      let transfer = UInt32(asked.number(at: 20))
      for (index, start) in stride(from: 0, to: data.count, by: 65_536).enumerated() {
        try host.client.send(
          InitiatorBytes.dataOut(
            Array(data[start..<start + 65_536]), tag: 99, transfer: transfer,
            number: UInt32(index), offset: start, isFinal: start + 65_536 == data.count))
      }
      let answer = try RawInitiator.receive(host.client)
      #expect(answer[0] == 0x21 && answer[3] == 0)
      var reader = try RawInitiator(port: port, target: target)
      try reader.settle(unit: 0)
      let read = try reader.run(
        InitiatorBytes.read10(0, 512), unit: 0, expecting: data.count
      ).data
      #expect(read == data)
    }
  }

  @Test func aClosingPortalAsksInitiatorsToLogOut() async throws {
    try await withTarget { fixture, _, target in
      let server = ISCSIServer(directory: fixture.array, logger: Logger(label: "test"))
      let listener = try await server.listen(host: "127.0.0.1", port: 0)
      let host = try RawInitiator(port: try #require(listener.port), target: target)
      async let closed: Void = listener.close()
      let message = try RawInitiator.receive(host.client)
      #expect(message[0] == 0x32 && message[36] == 1)
      try host.client.send(InitiatorBytes.pdu(0x46, tag: 5, words: [0, 1]))
      #expect(try RawInitiator.receive(host.client)[0] == 0x26)
      #expect(host.client.isAtEnd())
      await closed
      await server.stop()
    }
  }

  @Test func whoGuessesIsNotHeardForAWhile() async throws {
    try await withTarget { fixture, port, target in
      let secret = try #require(CHAPSecret("twelve bytes"))
      _ = try fixture.array.setCHAP(
        CHAPCredentials(
          initiator: try #require(CHAPIdentity(user: "host", secret: secret)), target: nil),
        in: try #require(LDSetName("hosts")), by: .localAdministrator)
      #expect(try RawInitiator(port: port, target: target).loginStatus == 0x0201)
      var statuses: [Int] = []
      for _ in 0..<12 {
        let client = try RawClient(port: port)
        let names = InitiatorBytes.names(target: target) + ["AuthMethod=CHAP"]
        try client.send(InitiatorBytes.login(names, from: 0, to: 1))
        let first = try RawInitiator.receive(client)
        statuses.append(first.number(at: 36, bytes: 2))
        guard statuses.last == 0 else { continue }
        for keys in [
          ["CHAP_A=7"], ["CHAP_N=host", "CHAP_R=0x\(String(repeating: "0", count: 64))"],
        ] {
          try client.send(InitiatorBytes.login(keys, from: 0, to: 1))
          statuses.append(try RawInitiator.receive(client).number(at: 36, bytes: 2))
        }
      }
      let guesses = (0..<10).flatMap { _ in [0, 0, 0x0201] }
      #expect(statuses == guesses + [0x0301, 0x0301])
    }
  }

  @Test(.enabled(if: Program.areInstalled("iscsi-ls", "iscsi-inq")))
  func libiscsiFindsTargetAndUnits() async throws {
    try await withTarget { _, port, target in
      let listed = try await Program.run(
        "iscsi-ls", "-i", Self.initiator, "iscsi://127.0.0.1:\(port)/")
      #expect(listed.status == 0 && listed.output.contains("Target:\(target) "))
      let inquiry = try await Program.run(
        "iscsi-inq", "-i", Self.initiator, "iscsi://127.0.0.1:\(port)/\(target)/0")
      #expect(inquiry.status == 0 && inquiry.output.contains("Vendor:SEDAI"))
      let stranger = try await Program.run(
        "iscsi-ls", "-i", "iqn.2026-11.test:other", "iscsi://127.0.0.1:\(port)/")
      #expect(!stranger.output.contains("Target:"))
    }
  }
}
