internal import SedaiBytes

/// What is to be done in the login phase.
public enum ISCSILoginAction: Hashable, Sendable {
  case needsInput(byteCount: Int)
  case send([UInt8])
  /// Find out what the initiator has to prove; then ``ISCSILogin/answer(proof:)``.
  case identify(ISCSISessionIdentity)
  /// Find out whether the initiator may use the target, and name the session; then
  /// ``ISCSILogin/answer(session:)``.
  case openSession(ISCSISessionIdentity)
  /// Send the bytes; the session begins.
  case begin([UInt8], ISCSIBeginning)
  case sendThenClose([UInt8])
  case close
}

/// What an initiator has to prove before it may go on.
public enum ISCSIProof: Sendable {
  case none
  case challenge(CHAPChallenge)
  /// It has failed too often to be heard now.
  case notNow
}

/// What became of a wish to open a session.
public enum ISCSISessionAnswer: Hashable, Sendable {
  /// - handle: names the session, 1….
  case opened(handle: UInt16)
  /// There is no such target, or the initiator may not see it.
  case noTarget
  /// It is there, but not now.
  case unavailable
}

/// One step of the login phase.
public struct ISCSILoginStep: Hashable, Sendable {
  /// Bytes of the input that are not needed again.
  public let consumed: Int
  public let action: ISCSILoginAction
}

/// The target's side of the login phase, from the first byte to the full feature phase.
///
/// It does no I/O: ``advance(_:)`` takes the bytes that have arrived and says what to do.
/// - Source: RFC 7143 §6 and §11.12.
public struct ISCSILogin: Sendable {
  /// There is one portal group, and every portal is in it.
  public static let portalGroup: UInt16 = 1

  /// Stages as a login request numbers them.
  private enum Stage {
    static let security: UInt8 = 0
    static let operational: UInt8 = 1
    static let fullFeature: UInt8 = 3
  }

  private struct Request {
    let header: BasicHeader
    var transits: Bool { header.flags & 0x80 != 0 }
    var continues: Bool { header.flags & ISCSIFlag.continues != 0 }
    var stage: UInt8 { header.flags >> 2 & 3 }
    var nextStage: UInt8 { header.flags & 3 }
    /// The initiator's part of the session's name.
    var qualifier: UInt64 { header.unit >> 16 }
    var handle: UInt16 { UInt16(truncatingIfNeeded: header.unit) }
    var connection: UInt16 { UInt16(truncatingIfNeeded: header.word(at: 20) >> 16) }
  }

  /// Why a login fails: class and detail.
  /// - Source: RFC 7143 §11.13.5.
  private enum Failure: UInt16, Error {
    case initiatorError = 0x0200
    case authentication = 0x0201
    case notFound = 0x0203
    case unsupportedVersion = 0x0205
    case missingParameter = 0x0207
    case sessionType = 0x0209
    case noSession = 0x020A
    case duringLogin = 0x020B
    case unavailable = 0x0301
  }

  private let decoder = PDUDecoder(
    digests: ISCSIDigests(), maximumData: ISCSILimits.loginDataBytes)
  private var negotiation = LoginNegotiation()
  private var stage: UInt8?
  private var text: [UInt8] = []
  private var identity: ISCSISessionIdentity?
  private var statusNumber: UInt32 = 1
  private var requests = 0
  private var hasToldPortalGroup = false
  private var exchange: CHAPExchange?
  private var waiting: Waiting?

  private enum Waiting {
    /// A request, until it is known what has to be proven.
    case proof(Request, TextKeys)
    /// A request with the answers to it, until the session is open.
    case session(Request, TextKeys)
  }

  /// Whether the initiator was refused because it did not prove who it is.
  public private(set) var hasFailedProof = false

  public init() {}

  /// Uses what lies at the start of `input`. Not while a question is open.
  public mutating func advance(_ input: RawSpan) -> ISCSILoginStep {
    var position = 0
    switch decoder.next(input, at: &position) {
    case .needsInput(let byteCount):
      return ISCSILoginStep(consumed: 0, action: .needsInput(byteCount: byteCount))
    case .violation: return ISCSILoginStep(consumed: 0, action: .close)
    case .pdu(let header, _, let data):
      var bytes: [UInt8] = []
      bytes.append(input.extracting(data))
      return ISCSILoginStep(consumed: position, action: take(header, bytes))
    }
  }

  private mutating func take(_ header: BasicHeader, _ data: [UInt8]) -> ISCSILoginAction {
    requests += 1
    guard header.opcode == ISCSIOpcode.login, requests <= ISCSILimits.maximumLoginRequests else {
      return .close
    }
    let request = Request(header: header)
    return refusing(request) { (login) throws(Failure) in try login.take(request, data) }
  }

  private mutating func refusing(
    _ request: Request, _ body: (inout ISCSILogin) throws(Failure) -> ISCSILoginAction
  ) -> ISCSILoginAction {
    do throws(Failure) {
      return try body(&self)
    } catch {
      return .sendThenClose(failure(error, request))
    }
  }

  private mutating func take(
    _ request: Request, _ data: [UInt8]
  ) throws(Failure) -> ISCSILoginAction {
    // The oldest version that the initiator speaks has to be the only one there is.
    guard request.header.specific.1 == 0 else { throw .unsupportedVersion }
    // A session has one connection.
    guard request.handle == 0 else { throw .noSession }
    guard request.stage == Stage.security || request.stage == Stage.operational,
      request.stage >= stage ?? 0
    else { throw .duringLogin }
    if request.transits {
      guard !request.continues, request.nextStage > request.stage, request.nextStage != 2 else {
        throw .duringLogin
      }
    }
    stage = request.stage
    text += data
    guard text.count <= ISCSILimits.maximumTextBytes else { throw .initiatorError }
    if request.continues { return .send(response(request, TextKeys(), transits: false)) }
    guard let keys = TextKeys(text) else { throw .initiatorError }
    text = []
    guard identity == nil else { return try answer(keys, to: request) }
    let identity = try identity(keys, request)
    self.identity = identity
    waiting = .proof(request, keys)
    return .identify(identity)
  }

  /// What the initiator has to prove, asked for by ``ISCSILoginAction/identify(_:)``.
  public mutating func answer(proof: ISCSIProof) -> ISCSILoginAction {
    guard case .proof(let request, let keys)? = waiting else { return .close }
    waiting = nil
    switch proof {
    case .none: break
    case .challenge(let challenge):
      exchange = CHAPExchange(challenge)
      negotiation.needsCHAP = true
    case .notNow: return .sendThenClose(failure(.unavailable, request))
    }
    return refusing(request) { (login) throws(Failure) in try login.answer(keys, to: request) }
  }

  private mutating func answer(
    _ keys: TextKeys, to request: Request
  ) throws(Failure) -> ISCSILoginAction {
    let isProof = { (pair: TextKeys.Pair) in pair.key.hasPrefix(CHAPExchange.keyPrefix) }
    guard var answers = negotiation.answer(keys.filter { !isProof($0) }) else {
      throw .duringLogin
    }
    if let method = answers["AuthMethod"], method == "Reject" { throw .authentication }
    for own in try proof(keys.filter(isProof), request).pairs {
      answers.append(own.key, own.value)
    }
    if request.stage == Stage.operational {
      for own in negotiation.ownDeclarations().pairs { answers.append(own.key, own.value) }
    }
    let transits = request.transits && exchange?.isDone ?? true
    guard transits, request.nextStage == Stage.fullFeature, let identity else {
      return .send(response(request, answers, transits: transits))
    }
    waiting = .session(request, answers)
    return .openSession(identity)
  }

  /// Takes the initiator's part of the proof, if one is needed.
  private mutating func proof(
    _ keys: TextKeys, _ request: Request
  ) throws(Failure) -> TextKeys {
    guard exchange != nil else {
      guard keys.pairs.isEmpty else { throw .initiatorError }
      return TextKeys()
    }
    // Without a proof there is no way past the security stage.
    let isOnItsWay = negotiation.hasChosenMethod || !request.transits
    guard exchange?.isDone == true || (request.stage == Stage.security && isOnItsWay) else {
      throw .authentication
    }
    do throws(CHAPExchange.Refusal) {
      return try exchange?.take(keys) ?? TextKeys()
    } catch {
      hasFailedProof = true
      throw .authentication
    }
  }

  /// Who logs in, told by the first request.
  private func identity(
    _ keys: TextKeys, _ request: Request
  ) throws(Failure) -> ISCSISessionIdentity {
    guard let initiator = keys["InitiatorName"], !initiator.isEmpty else {
      throw .missingParameter
    }
    guard initiator.utf8.count <= ISCSILimits.maximumNameBytes else { throw .initiatorError }
    let target: String?
    switch keys["SessionType"] ?? "Normal" {
    case "Normal":
      guard let name = keys["TargetName"], !name.isEmpty else { throw .missingParameter }
      guard name.utf8.count <= ISCSILimits.maximumNameBytes else { throw .notFound }
      target = name
    case "Discovery": target = nil
    default: throw .sessionType
    }
    return ISCSISessionIdentity(
      initiator: initiator, qualifier: request.qualifier, target: target)
  }

  /// What became of ``ISCSILoginAction/openSession(_:)``.
  public mutating func answer(session: ISCSISessionAnswer) -> ISCSILoginAction {
    guard case .session(let request, let answers)? = waiting, let identity else { return .close }
    waiting = nil
    switch session {
    case .noTarget: return .sendThenClose(failure(.notFound, request))
    case .unavailable: return .sendThenClose(failure(.unavailable, request))
    case .opened(let handle):
      let bytes = response(request, answers, transits: true, handle: handle)
      return .begin(
        bytes,
        ISCSIBeginning(
          identity: identity, parameters: negotiation.outcome,
          commandNumber: request.header.commandNumber, statusNumber: statusNumber))
    }
  }

  // MARK: Answers

  private mutating func response(
    _ request: Request, _ answers: TextKeys, transits: Bool, handle: UInt16 = 0
  ) -> [UInt8] {
    var keys = answers
    if !hasToldPortalGroup, identity?.target != nil {
      hasToldPortalGroup = true
      keys.append("TargetPortalGroupTag", String(Self.portalGroup))
    }
    let next = transits ? request.nextStage : 0
    var writer = writer(request, flags: (transits ? 0x80 : 0) | request.stage << 2 | next)
    writer.set(request.qualifier << 16 | UInt64(handle), at: 8)
    writer.data = keys.bytes
    return writer.bytes(ISCSIDigests())
  }

  private mutating func failure(_ failure: Failure, _ request: Request) -> [UInt8] {
    var writer = writer(request, flags: 0)
    writer.set(request.header.unit, at: 8)
    writer.set(UInt32(failure.rawValue) << 16, at: 36)
    return writer.bytes(ISCSIDigests())
  }

  private mutating func writer(_ request: Request, flags: UInt8) -> PDUWriter {
    var writer = PDUWriter(
      ISCSIOpcode.loginResponse, flags: flags, taskTag: request.header.taskTag)
    writer.set(statusNumber, at: 24)
    statusNumber &+= 1
    let number = request.header.commandNumber
    writer.set(number, at: 28)
    writer.set(number &+ UInt32(ISCSILimits.commandWindow) &- 1, at: 32)
    return writer
  }
}
