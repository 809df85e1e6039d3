import SedaiBytes
import SedaiISCSI
import SedaiModel

/// One connection over hostile bytes: login, then the full feature phase.
///
/// The first byte chooses whether login is skipped, what was agreed, and how large the pieces
/// are in which the rest arrives. Traps if the state machines hold too much, go backwards, or
/// hand out ranges outside what they were given.
private struct Connection {
  private enum Phase {
    case login(ISCSILogin)
    case session(ISCSISession)
    case closed
  }

  private static let backlogBound = ISCSILimits.maximumReceivedBytes + 2048

  private var phase: Phase
  private let proof: ISCSIProof
  private var backlog: [UInt8] = []

  init(choice: UInt8) {
    phase = .login(ISCSILogin())
    proof = choice & 8 == 0 ? .none : Self.challenge
    guard choice & 1 != 0 else { return }
    receive(Self.login(withDigests: choice & 2 != 0, isNormal: choice & 4 == 0)[...])
  }

  /// A proof that fuzzing finds: every hash is all zeroes.
  private static let challenge: ISCSIProof = {
    guard let secret = CHAPSecret("secret-of-one"), let other = CHAPSecret("secret-of-two"),
      let one = CHAPIdentity(user: "one", secret: secret),
      let two = CHAPIdentity(user: "two", secret: other),
      let credentials = CHAPCredentials(initiator: one, target: two)
    else { return .none }
    return .challenge(
      CHAPChallenge(credentials, identifier: 1, challenge: [1, 2, 3, 4]) { algorithm, _ in
        [UInt8](repeating: 0, count: algorithm == .md5 ? 16 : 32)
      })
  }()

  /// A login that succeeds.
  private static func login(withDigests: Bool, isNormal: Bool) -> [UInt8] {
    var keys = "InitiatorName=iqn.2026-11.test:a\0InitialR2T=No\0"
    keys += isNormal ? "TargetName=iqn.2026-11.test:t\0" : "SessionType=Discovery\0"
    if withDigests { keys += "HeaderDigest=CRC32C\0DataDigest=CRC32C\0" }
    var bytes = [UInt8](repeating: 0, count: 48)
    bytes[0] = 0x43
    bytes[1] = 0x87
    bytes[7] = UInt8(keys.utf8.count)
    bytes += Array(keys.utf8)
    while bytes.count % 4 != 0 { bytes.append(0) }
    return bytes
  }

  mutating func receive(_ bytes: ArraySlice<UInt8>) {
    backlog += bytes
    while true {
      switch phase {
      case .closed: return
      case .login(var login):
        guard logIn(&login) else { return check() }
      case .session(var session):
        run(&session)
        if case .session = phase { phase = .session(session) }
        return check()
      }
    }
  }

  private func check() {
    precondition(backlog.count <= Self.backlogBound, "holds too much")
  }

  private mutating func logIn(_ login: inout ISCSILogin) -> Bool {
    let input = backlog
    let step = input.withBytes(0..<input.count) { login.advance($0) }
    precondition(step.consumed <= input.count && step.consumed >= 0)
    backlog.removeFirst(step.consumed)
    var action = step.action
    if case .identify = action { action = login.answer(proof: proof) }
    if case .openSession = action { action = login.answer(session: .opened(handle: 1)) }
    phase = .login(login)
    switch action {
    case .needsInput: return false
    case .send, .identify, .openSession: break
    case .begin(_, let beginning): phase = .session(ISCSISession(beginning))
    case .sendThenClose, .close: phase = .closed
    }
    return true
  }

  private mutating func run(_ session: inout ISCSISession) {
    let input = backlog
    var position = 0
    while true {
      let before = position
      let event = input.withBytes(0..<input.count) { session.next($0, at: &position) }
      precondition(position >= before && position <= input.count, "went backwards or too far")
      switch event {
      case .needsInput(let byteCount):
        precondition(byteCount > input.count - position, "asks for what is there")
        backlog.removeFirst(position)
        return
      case .command(let command, let payload):
        if case .range(let range) = payload {
          precondition(range.lowerBound > before && range.upperBound <= position)
        }
        if case .gathered(let data) = payload {
          precondition(data.count <= command.expectedBytes, "more than was expected")
        }
        answer(command, &session)
      case .spoiled(let command): answer(command, &session)
      case .manage(let request): _ = session.answer(request, .complete)
      case .listTargets:
        _ = session.answer(targets: [ISCSITargetName(name: "iqn.x:t", portals: ["[::1]:1"])])
      case .send, .ignored: break
      case .sendThenClose, .violation:
        phase = .closed
        return
      }
    }
  }

  private func answer(_ command: ISCSICommand, _ session: inout ISCSISession) {
    var room = [UInt8](repeating: 0, count: ISCSISession.maximumResponseBytes)
    let count = room.withMutableBytes(0..<room.count) {
      session.storeResponse(
        to: command, ISCSIResult(status: 2, movedBytes: 512), sense: [0x70, 0, 5], into: &$0)
    }
    precondition(count <= room.count)
  }
}

/// The entry that libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // SAFETY: libFuzzer owns `count` bytes at `data` for the time of the call; they are copied.
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
  guard let choice = bytes.first else { return 0 }
  var connection = Connection(choice: choice)
  let step = 1 + Int(choice >> 3) * 37
  var start = 1
  while start < bytes.count {
    let end = min(bytes.count, start + step)
    connection.receive(bytes[start..<end])
    start = end
  }
  return 0
}
