import SedaiBytes
import SedaiISCSI
import SedaiISCSITestSupport
import SedaiModel
import Testing

@Suite struct CHAPTests {
  /// Stands for a hash: it tells the algorithm and every byte apart, and their order.
  @Sendable static func hash(_ algorithm: CHAPAlgorithm, _ bytes: [UInt8]) -> [UInt8] {
    let count = algorithm == .md5 ? 16 : 32
    return (0..<count).map { place in
      bytes.enumerated().reduce(UInt8(truncatingIfNeeded: algorithm.rawValue &+ place)) {
        $0 &* 31 &+ $1.element &+ UInt8(truncatingIfNeeded: $1.offset)
      }
    }
  }

  static let challenge: [UInt8] = (0..<32).map { UInt8($0) }
  static let identifier: UInt8 = 0x2A

  static func proof(mutual: Bool = false) throws -> ISCSIProof {
    let secret = try #require(CHAPSecret("twelve bytes"))
    let other = try #require(CHAPSecret("the target's own"))
    let target = mutual ? CHAPIdentity(user: "array", secret: other) : nil
    let credentials = CHAPCredentials(
      initiator: try #require(CHAPIdentity(user: "host", secret: secret)), target: target)
    return .challenge(
      CHAPChallenge(
        try #require(credentials), identifier: identifier, challenge: challenge, hash: hash))
  }

  static func hexadecimal(_ bytes: [UInt8]) -> String {
    "0x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  static func response(
    _ algorithm: CHAPAlgorithm = .md5, secret: String = "twelve bytes"
  ) -> [UInt8] {
    hash(algorithm, [identifier] + Array(secret.utf8) + challenge)
  }

  /// A login that has come to the challenge.
  static func challenged(
    _ algorithms: String = "5", mutual: Bool = false
  ) throws -> (login: ISCSILogin, keys: [Substring]) {
    var login = ISCSILogin()
    let names = InitiatorBytes.names() + ["AuthMethod=CHAP,None"]
    let first = LoginTests.advance(
      &login, InitiatorBytes.login(names, from: 0, to: 1), proof: try proof(mutual: mutual))
    guard case .send(let chosen) = first else { throw LoginTests.UnexpectedAction(action: first) }
    // However much the initiator wants to go on, it may not yet.
    #expect(chosen[1] == 0x00)
    #expect(keys(chosen).contains("AuthMethod=CHAP"))
    let second = LoginTests.advance(
      &login, InitiatorBytes.login(["CHAP_A=\(algorithms)"], from: 0, to: nil))
    guard case .send(let asked) = second else {
      throw LoginTests.UnexpectedAction(action: second)
    }
    return (login, keys(asked))
  }

  static func keys(_ bytes: [UInt8]) -> [Substring] {
    String(decoding: bytes.pduData, as: UTF8.self).split(separator: "\0")
  }

  static func answer(_ login: inout ISCSILogin, _ keys: [String]) -> ISCSILoginAction {
    LoginTests.advance(&login, InitiatorBytes.login(keys, from: 0, to: 1))
  }

  @Test(arguments: [CHAPAlgorithm.md5, .sha256])
  func whoKnowsTheSecretGoesOn(_ algorithm: CHAPAlgorithm) throws {
    var (login, asked) = try Self.challenged("6,\(algorithm.rawValue),5")
    #expect(
      asked == [
        "CHAP_A=\(algorithm.rawValue)", "CHAP_I=42", "CHAP_C=\(Self.hexadecimal(Self.challenge))",
      ])
    let response = Self.hexadecimal(Self.response(algorithm))
    let done = Self.answer(&login, ["CHAP_N=host", "CHAP_R=\(response)"])
    guard case .send(let bytes) = done else { throw LoginTests.UnexpectedAction(action: done) }
    #expect(bytes[1] == 0x81 && Self.keys(bytes).isEmpty)
    guard case .begin = LoginTests.advance(&login, InitiatorBytes.login([])) else {
      Issue.record("login did not end")
      return
    }
  }

  @Test func aResponseInBase64IsTheSame() throws {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let bytes = Self.response() + [0, 0]
    var text = "0b"
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<start + 3].reduce(0) { $0 << 8 | Int($1) }
      for shift in stride(from: 18, through: 0, by: -6) {
        text.append(digits[group >> shift & 63])
      }
    }
    text = text.dropLast(2) + "=="
    var (login, _) = try Self.challenged()
    guard case .send = Self.answer(&login, ["CHAP_N=host", "CHAP_R=\(text)"]) else {
      Issue.record("\(text) was not understood")
      return
    }
  }

  @Test func theTargetProvesItselfToWhoAsksAndHasProvenItself() throws {
    var (login, _) = try Self.challenged(mutual: true)
    let theirs: [UInt8] = [9, 8, 7]
    let done = Self.answer(
      &login,
      [
        "CHAP_N=host", "CHAP_R=\(Self.hexadecimal(Self.response()))", "CHAP_I=7",
        "CHAP_C=\(Self.hexadecimal(theirs))",
      ])
    guard case .send(let bytes) = done else { throw LoginTests.UnexpectedAction(action: done) }
    let own = Self.hash(.md5, [7] + Array("the target's own".utf8) + theirs)
    #expect(Self.keys(bytes) == ["CHAP_N=array", "CHAP_R=\(Self.hexadecimal(own))"])
  }

  static let wrongAnswers: [[String]] = [
    ["CHAP_N=host", "CHAP_R=\(hexadecimal(response(secret: "twelve Bytes")))"],
    ["CHAP_N=Host", "CHAP_R=\(hexadecimal(response()))"],
    ["CHAP_N=host", "CHAP_R=\(hexadecimal(Array(response().dropLast())))"],
    ["CHAP_N=host", "CHAP_R=\(hexadecimal(response() + [0]))"],
    ["CHAP_N=host", "CHAP_R=0xZZ"],
    ["CHAP_N=host", "CHAP_R=0b===="],
    ["CHAP_N=host"],
    ["CHAP_R=\(hexadecimal(response()))"],
    ["CHAP_A=5"],
    // It wants to be told what only the target knows, and then uses it, or to be told nothing.
    ["CHAP_N=host", "CHAP_R=\(hexadecimal(response()))", "CHAP_I=42"],
    ["CHAP_N=host", "CHAP_R=\(hexadecimal(response()))", "CHAP_I=256", "CHAP_C=0x01"],
    ["CHAP_N=host", "CHAP_R=\(hexadecimal(response()))", "CHAP_I=1", "CHAP_C=0x"],
    [
      "CHAP_N=host", "CHAP_R=\(hexadecimal(response()))", "CHAP_I=1",
      "CHAP_C=\(hexadecimal(challenge))",
    ],
  ]

  @Test(arguments: wrongAnswers)
  func whatProvesNothingIsRefused(_ keys: [String]) throws {
    var (login, _) = try Self.challenged(mutual: true)
    #expect(LoginTests.failure(Self.answer(&login, keys)) == 0x0201)
    #expect(login.hasFailedProof)
  }

  @Test func theTargetProvesNothingWithoutASecretOfItsOwn() throws {
    var (login, _) = try Self.challenged()
    let keys = [
      "CHAP_N=host", "CHAP_R=\(Self.hexadecimal(Self.response()))", "CHAP_I=1", "CHAP_C=0x0102",
    ]
    #expect(LoginTests.failure(Self.answer(&login, keys)) == 0x0201)
  }

  @Test func thereIsNoWayAroundTheProof() throws {
    func outcome(_ requests: [[UInt8]]) throws -> Int? {
      var login = ISCSILogin()
      var last: ISCSILoginAction?
      for request in requests {
        last = LoginTests.advance(&login, request, proof: try Self.proof())
      }
      return last.flatMap(LoginTests.failure)
    }
    let names = InitiatorBytes.names()
    #expect(try outcome([InitiatorBytes.login(names)]) == 0x0201)
    #expect(try outcome([InitiatorBytes.login(names, from: 0, to: 1)]) == 0x0201)
    #expect(
      try outcome([InitiatorBytes.login(names + ["AuthMethod=None"], from: 0, to: 1)]) == 0x0201)
    let begun = InitiatorBytes.login(names + ["AuthMethod=CHAP"], from: 0, to: 1)
    #expect(try outcome([begun, InitiatorBytes.login([])]) == 0x0201)
    #expect(
      try outcome([begun, InitiatorBytes.login(["CHAP_A=6,8"], from: 0, to: nil)]) == 0x0201)
    #expect(
      try outcome([begun, InitiatorBytes.login(["CHAP_N=host"], from: 0, to: 3)]) == 0x0201)
  }

  @Test func whoFailedTooOftenIsToldToComeLater() {
    var login = ISCSILogin()
    let names = InitiatorBytes.names() + ["AuthMethod=CHAP"]
    let action = LoginTests.advance(
      &login, InitiatorBytes.login(names, from: 0, to: 1), proof: .notNow)
    #expect(LoginTests.failure(action) == 0x0301)
  }
}
