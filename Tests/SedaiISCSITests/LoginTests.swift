import SedaiBytes
import SedaiISCSI
import SedaiISCSITestSupport
import Testing

@Suite struct LoginTests {
  /// Feeds a login and answers its questions.
  static func advance(
    _ login: inout ISCSILogin, _ bytes: [UInt8], _ answer: ISCSISessionAnswer = .opened(handle: 9),
    proof: ISCSIProof = .none
  ) -> ISCSILoginAction {
    var action = bytes.withBytes(0..<bytes.count) { login.advance($0).action }
    if case .identify = action { action = login.answer(proof: proof) }
    guard case .openSession = action else { return action }
    return login.answer(session: answer)
  }

  static func beginning(_ keys: [String]) throws -> (ISCSIBeginning, [UInt8]) {
    var login = ISCSILogin()
    let action = advance(&login, InitiatorBytes.login(InitiatorBytes.names() + keys))
    guard case .begin(let bytes, let beginning) = action else {
      throw UnexpectedAction(action: action)
    }
    return (beginning, bytes)
  }

  struct UnexpectedAction: Error { let action: ISCSILoginAction }

  static func failure(_ action: ISCSILoginAction) -> Int? {
    guard case .sendThenClose(let bytes) = action else { return nil }
    return bytes.number(at: 36, bytes: 2)
  }

  @Test func theAnswerIsByteForByteWhatTheStandardSays() throws {
    let (beginning, bytes) = try Self.beginning(["MaxBurstLength=262144"])
    // Login response, transit from 1 to 3; session 4000_0000_0001 with handle 9; tag 7.
    let keys = InitiatorBytes.text([
      "MaxBurstLength=262144", "MaxRecvDataSegmentLength=262144", "TargetPortalGroupTag=1",
    ])
    let expected: [UInt8] =
      [0x23, 0x87, 0, 0, 0] + InitiatorBytes.number(UInt64(keys.count), bytes: 3)
      + [0x40, 0, 0, 0, 0, 1, 0, 9, 0, 0, 0, 7, 0, 0, 0, 0]
      + [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0x80] + [UInt8](repeating: 0, count: 12) + keys
    #expect(Array(bytes.prefix(expected.count)) == expected)
    #expect(beginning.commandNumber == 1 && beginning.statusNumber == 2)
    #expect(
      beginning.identity.initiatorPort == "iqn.2026-11.test:one,i,0x400000000001")
    #expect(beginning.identity.targetPort == "iqn.2026-11.test:target,t,0x0001")
  }

  @Test func whatIsNotNegotiatedIsAsTheStandardSays() throws {
    let (beginning, _) = try Self.beginning([])
    #expect(beginning.parameters == ISCSIParameters())
  }

  @Test func eachKeyComesOutAsItsRuleSays() throws {
    let (beginning, bytes) = try Self.beginning([
      "HeaderDigest=CRC32C,None", "DataDigest=None", "InitialR2T=No", "ImmediateData=No",
      "MaxBurstLength=65536", "FirstBurstLength=65536", "MaxOutstandingR2T=4",
      "MaxRecvDataSegmentLength=4096", "MaxConnections=8", "ErrorRecoveryLevel=2",
      "DefaultTime2Wait=0", "DefaultTime2Retain=20", "DataPDUInOrder=No", "OFMarker=Yes",
      "X-org.example=1",
    ])
    var wanted = ISCSIParameters()
    wanted.digests = ISCSIDigests(header: true)
    wanted.isR2TNeeded = false
    wanted.isImmediateDataAllowed = false
    wanted.maximumBurstBytes = 65536
    wanted.firstBurstBytes = 65536
    wanted.maximumOutstandingR2Ts = 4
    wanted.maximumSentBytes = 4096
    #expect(beginning.parameters == wanted)
    let answers = String(decoding: bytes.pduData, as: UTF8.self).split(separator: "\0")
    for answer in [
      "HeaderDigest=CRC32C", "MaxConnections=1", "ErrorRecoveryLevel=0", "DefaultTime2Wait=2",
      "DefaultTime2Retain=0", "DataPDUInOrder=Yes", "OFMarker=No",
      "X-org.example=NotUnderstood",
    ] {
      #expect(answers.contains(Substring(answer)), "\(answer) in \(answers)")
    }
  }

  @Test func securityComesBeforeOperationalWithTheSameAnswerInTwoSteps() {
    var login = ISCSILogin()
    let first = Self.advance(
      &login,
      InitiatorBytes.login(
        InitiatorBytes.names() + ["AuthMethod=CHAP,None"], from: 0, to: 1))
    guard case .send(let bytes) = first else {
      Issue.record("\(first)")
      return
    }
    #expect(bytes[1] == 0x81)
    let keys = String(decoding: bytes.pduData, as: UTF8.self)
    #expect(keys.contains("AuthMethod=None") && keys.contains("TargetPortalGroupTag=1"))
    guard case .begin = Self.advance(&login, InitiatorBytes.login(["HeaderDigest=None"])) else {
      Issue.record("login did not end")
      return
    }
  }

  @Test func aTextInTwoPartsIsOneText() {
    var login = ISCSILogin()
    let whole = InitiatorBytes.text(InitiatorBytes.names())
    var first = InitiatorBytes.pdu(
      0x43, flags: 0x44, unit: 1 << 16, tag: 7, words: [0, 1], data: Array(whole[..<20]))
    guard case .send(let bytes) = Self.advance(&login, first) else {
      Issue.record("the first part was not acknowledged")
      return
    }
    #expect(bytes.pduData.isEmpty || bytes[1] & 0x80 == 0)
    first = InitiatorBytes.pdu(
      0x43, flags: 0x87, unit: 1 << 16, tag: 7, words: [0, 1], data: Array(whole[20...]))
    guard case .begin = Self.advance(&login, first) else {
      Issue.record("login did not end")
      return
    }
  }

  @Test func everyFailureHasItsNumber() {
    func outcome(_ keys: [String], _ answer: ISCSISessionAnswer = .noTarget) -> Int? {
      var login = ISCSILogin()
      return Self.failure(Self.advance(&login, InitiatorBytes.login(keys), answer))
    }
    #expect(outcome(InitiatorBytes.names()) == 0x0203)
    #expect(outcome(InitiatorBytes.names(), .unavailable) == 0x0301)
    #expect(outcome(["TargetName=x"]) == 0x0207)
    #expect(outcome(["InitiatorName=x"]) == 0x0207)
    #expect(outcome(["InitiatorName=x", "SessionType=Other"]) == 0x0209)
    #expect(outcome(InitiatorBytes.names() + ["AuthMethod=CHAP"]) == 0x0201)
    #expect(outcome(InitiatorBytes.names() + ["MaxBurstLength=1", "MaxBurstLength=2"]) == 0x020B)
    #expect(outcome(["InitiatorName"]) == 0x0200)
    var version = InitiatorBytes.login(InitiatorBytes.names())
    version[3] = 1
    var login = ISCSILogin()
    #expect(Self.failure(Self.advance(&login, version)) == 0x0205)
    var known = InitiatorBytes.login(InitiatorBytes.names())
    known[15] = 1
    login = ISCSILogin()
    #expect(Self.failure(Self.advance(&login, known)) == 0x020A)
    login = ISCSILogin()
    let backwards = InitiatorBytes.login(InitiatorBytes.names(), from: 1, to: 1)
    #expect(Self.failure(Self.advance(&login, backwards)) == 0x020B)
  }

  @Test func whatIsNoLoginOrTooLongEndsTheConnection() {
    var login = ISCSILogin()
    #expect(Self.advance(&login, InitiatorBytes.pdu(0x00)) == .close)
    login = ISCSILogin()
    var long = InitiatorBytes.login([])
    long[5] = 1
    #expect(Self.advance(&login, long) == .close)
    login = ISCSILogin()
    for _ in 0..<ISCSILimits.maximumLoginRequests {
      _ = Self.advance(&login, InitiatorBytes.login(InitiatorBytes.names(), from: 0, to: nil))
    }
    #expect(Self.advance(&login, InitiatorBytes.login([])) == .close)
  }
}
