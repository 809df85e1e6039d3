import SedaiBytes
import SedaiISCSI
import SedaiISCSITestSupport
import SedaiNBDTestSupport
import Testing

/// Random and damaged conversations: no crash, and the same meaning wherever they are cut.
@Suite struct HostileInputTests {
  static let rounds = 2000

  static var conversation: [UInt8] {
    let block = [UInt8](repeating: 4, count: 512)
    return InitiatorBytes.command(
      InitiatorBytes.read10(0, 4), tag: 1, number: 1, expected: 2048)
      + InitiatorBytes.command(
        InitiatorBytes.write10(0, 2), tag: 2, number: 2, expected: 1024, flags: 0x20,
        data: block)
      + InitiatorBytes.pdu(0x40, tag: 9, words: [.max, 3], data: [1, 2, 3])
      + InitiatorBytes.dataOut(block, tag: 2, transfer: .max, number: 0, offset: 512)
      + InitiatorBytes.pdu(
        0x44, tag: 3, words: [.max, 3], data: InitiatorBytes.text(["SendTargets="]))
      + InitiatorBytes.pdu(0x42, flags: 0x81, tag: 4, words: [1, 3])
      + InitiatorBytes.pdu(0x46, tag: 5, words: [0, 3])
  }

  /// Feeds the bytes in pieces, as a socket brings them.
  func events(_ bytes: [UInt8], cutAt cuts: [Int]) throws -> [ISCSIEvent] {
    var session = try SessionUnderTest(["InitialR2T=No"]).session
    var pending: [UInt8] = []
    var events: [ISCSIEvent] = []
    var start = 0
    for cut in cuts + [bytes.count] where cut > start {
      pending += bytes[start..<cut]
      start = cut
      var position = 0
      let input = pending
      input.withBytes(0..<input.count) { span in
        while true {
          let event = session.next(span, at: &position)
          if case .needsInput(let byteCount) = event {
            #expect(byteCount > input.count - position)
            return
          }
          #expect(position <= input.count)
          events.append(event)
          if event == .violation { return }
        }
      }
      if events.last == .violation { return events }
      pending.removeFirst(position)
    }
    return events
  }

  /// Payload ranges count from the input, which differs with the cut.
  func withoutRanges(_ events: [ISCSIEvent]) -> [ISCSIEvent] {
    events.map { event in
      guard case .command(let command, .range(let range)) = event else { return event }
      return .command(command, .range(0..<range.count))
    }
  }

  @Test func aConversationMeansTheSameWhereverItIsCut() throws {
    let bytes = Self.conversation
    let whole = withoutRanges(try events(bytes, cutAt: []))
    #expect(whole.count == 7)
    for cut in 1..<bytes.count {
      #expect(withoutRanges(try events(bytes, cutAt: [cut])) == whole, "cut at \(cut)")
    }
  }

  @Test func damagedConversationsDoNoHarm() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    for round in 0..<Self.rounds {
      var bytes = Self.conversation
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[index] = UInt8.random(in: 0...255, using: &generator)
      }
      let cut = Int.random(in: 1..<bytes.count, using: &generator)
      let found = try events(bytes, cutAt: [cut])
      #expect(found.count <= bytes.count / 48 + 1, "seed \(seed) round \(round)")
    }
  }

  @Test func randomLoginsDoNoHarm() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    for round in 0..<Self.rounds {
      var login = ISCSILogin()
      var bytes = InitiatorBytes.login(InitiatorBytes.names() + ["HeaderDigest=None"])
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[index] = UInt8.random(in: 0...255, using: &generator)
      }
      let step = bytes.withBytes(0..<bytes.count) { login.advance($0) }
      #expect(step.consumed <= bytes.count, "seed \(seed) round \(round)")
      guard case .identify = step.action else { continue }
      if case .sendThenClose(let answer) = login.answer(proof: .none) {
        #expect(answer[36] == 2, "seed \(seed) round \(round)")
      }
    }
  }

  @Test func randomProofsAreRefused() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    for round in 0..<Self.rounds {
      var (login, _) = try CHAPTests.challenged(mutual: true)
      var bytes = InitiatorBytes.login(
        ["CHAP_N=host", "CHAP_R=0x00000000000000000000000000000000", "CHAP_I=1", "CHAP_C=0b0000"],
        from: 0, to: 1)
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        let index = Int.random(in: 48..<bytes.count, using: &generator)
        bytes[index] = UInt8.random(in: 0...255, using: &generator)
      }
      switch LoginTests.advance(&login, bytes) {
      case .sendThenClose, .close: break
      // Damaged keys may say nothing about the proof; then there is none.
      case .send(let answer): #expect(answer[1] & 0x80 == 0, "seed \(seed) round \(round)")
      case let other: Issue.record("seed \(seed) round \(round): \(other)")
      }
    }
  }
}
