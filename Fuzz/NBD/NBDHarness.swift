import SedaiNBD

/// One connection over hostile bytes: negotiation, then requests.
///
/// The first byte chooses the security, whether negotiation is skipped, and how large the
/// pieces are in which the rest arrives. Traps if the state machines hold too much, go
/// backwards, or hand out ranges outside what they were given.
private struct Connection {
  private enum Phase {
    case negotiating
    case transmitting(NBDRequestDecoder)
    case closed
  }

  private static let export = NBDExport(
    name: "v", description: "d", size: 1 << 20, isReadOnly: false, knownGenerations: ["a"])
  private static let backlogBound = Int(NBDLimits.wholeWriteBytes) + 256

  private var negotiation: NBDNegotiation
  private var phase = Phase.negotiating
  private var backlog: [UInt8] = []

  init(choice: UInt8) {
    negotiation = NBDNegotiation(security: choice & 1 == 0 ? .plaintext : .tlsRequired)
    guard choice & 2 != 0 else { return }
    let session = NBDSession(
      export: Self.export, structuredReplies: choice & 4 != 0, contexts: [.allocation])
    phase = .transmitting(NBDRequestDecoder(session: session))
  }

  mutating func receive(_ bytes: ArraySlice<UInt8>) {
    backlog += bytes
    while true {
      switch phase {
      case .closed: return
      case .negotiating:
        guard negotiate() else { return check() }
      case .transmitting(var decoder):
        transmit(&decoder)
        if case .transmitting = phase { phase = .transmitting(decoder) }
        return check()
      }
    }
  }

  private func check() {
    precondition(backlog.count <= Self.backlogBound, "holds too much")
  }

  private mutating func negotiate() -> Bool {
    let input = backlog
    let step = unsafe negotiation.advance(input.span.bytes)
    precondition(step.consumed <= input.count && step.consumed >= 0)
    backlog.removeFirst(step.consumed)
    var action = step.action
    switch action {
    case .listExports: action = negotiation.answer(exports: [Self.export])
    case .openExport(let name, _):
      action = negotiation.answer(export: name == Self.export.name ? Self.export : nil)
    default: break
    }
    switch action {
    case .needsInput: return false
    case .proceed, .send, .listExports, .openExport: break
    case .sendThenStartTLS: negotiation.tlsDidStart()
    case .beginTransmission(_, let session):
      phase = .transmitting(NBDRequestDecoder(session: session))
    case .sendThenClose, .close: phase = .closed
    }
    return true
  }

  private mutating func transmit(_ decoder: inout NBDRequestDecoder) {
    let input = backlog
    var position = 0
    while true {
      let before = position
      let event = unsafe decoder.next(input.span.bytes, at: &position)
      precondition(position >= before && position <= input.count, "went backwards or too far")
      switch event {
      case .needsInput(let byteCount):
        precondition(byteCount > input.count - position, "asks for what is there")
        backlog.removeFirst(position)
        return
      case .request(let request, let operation):
        if case .refused = operation { continue }
        check(request.offset, Int(request.length))
      case .write(let request, let payload):
        precondition(payload.upperBound == position && payload.lowerBound > before)
        check(request.offset, payload.count)
      case .writePiece(_, let offset, let payload, _):
        precondition(payload.upperBound == position && payload.lowerBound >= before)
        precondition(!payload.isEmpty)
        check(offset, payload.count)
      case .disconnect, .violation:
        phase = .closed
        return
      }
    }
  }

  private func check(_ offset: UInt64, _ count: Int) {
    precondition(offset <= Self.export.size && UInt64(count) <= Self.export.size - offset)
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
