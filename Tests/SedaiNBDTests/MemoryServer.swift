import SedaiNBD

/// A whole NBD server over the state machines and volumes in memory: bytes in, bytes out.
struct MemoryServer {
  struct Export {
    var bytes: [UInt8]
    var isReadOnly = false
    var description = ""
    var generations: Set<String> = []
  }

  enum Phase {
    case negotiating
    case transmitting(NBDRequestDecoder, NBDSession)
    case closed
  }

  var exports: [String: Export]
  private(set) var phase = Phase.negotiating
  private(set) var output = NBDNegotiation.greeting
  /// Payload bytes of large writes came in this many pieces.
  private(set) var pieces = 0
  /// The most bytes that were ever kept for the next call.
  private(set) var largestBacklog = 0
  private var negotiation: NBDNegotiation
  private var backlog: [UInt8] = []

  init(_ exports: [String: Export], security: NBDNegotiation.Security = .plaintext) {
    self.exports = exports
    negotiation = NBDNegotiation(security: security)
  }

  var isClosed: Bool {
    if case .closed = phase { true } else { false }
  }

  /// Takes what has been sent since the last call.
  mutating func takeOutput() -> [UInt8] {
    defer { output = [] }
    return output
  }

  mutating func receive(_ bytes: [UInt8]) {
    backlog += bytes
    while true {
      switch phase {
      case .closed:
        backlog = []
        return
      case .negotiating:
        guard negotiate() else { return noteBacklog() }
      case .transmitting(var decoder, let session):
        let isDone = transmit(&decoder, session)
        if case .transmitting = phase { phase = .transmitting(decoder, session) }
        if isDone { return noteBacklog() }
      }
    }
  }

  mutating func receive(_ bytes: [UInt8], cutAt cuts: [Int]) {
    var start = 0
    for cut in cuts + [bytes.count] where cut > start {
      receive(Array(bytes[start..<cut]))
      start = cut
    }
  }

  private mutating func noteBacklog() { largestBacklog = max(largestBacklog, backlog.count) }

  /// False if more input is needed.
  private mutating func negotiate() -> Bool {
    let input = backlog
    let step = unsafe negotiation.advance(input.span.bytes)
    backlog.removeFirst(step.consumed)
    var action = step.action
    switch action {
    case .listExports:
      action = negotiation.answer(
        exports: exports.sorted { $0.key < $1.key }.map { facts($0.key, $0.value, []) })
    case .openExport(let name, let generations):
      action = negotiation.answer(export: exports[name].map { facts(name, $0, generations) })
    default: break
    }
    switch action {
    case .needsInput: return false
    case .proceed, .listExports, .openExport: return true
    case .send(let bytes): output += bytes
    case .sendThenStartTLS(let bytes):
      output += bytes
      negotiation.tlsDidStart()
    case .beginTransmission(let bytes, let session):
      output += bytes
      phase = .transmitting(NBDRequestDecoder(session: session), session)
    case .sendThenClose(let bytes):
      output += bytes
      phase = .closed
    case .close: phase = .closed
    }
    return true
  }

  private func facts(_ name: String, _ export: Export, _ asked: [String]) -> NBDExport {
    NBDExport(
      name: name, description: export.description, size: UInt64(export.bytes.count),
      isReadOnly: export.isReadOnly, knownGenerations: export.generations.intersection(asked))
  }

  /// True if more input is needed or the connection is over.
  private mutating func transmit(
    _ decoder: inout NBDRequestDecoder, _ session: NBDSession
  ) -> Bool {
    var position = 0
    defer { backlog.removeFirst(position) }
    while true {
      switch unsafe decoder.next(backlog.span.bytes, at: &position) {
      case .needsInput: return true
      case .disconnect, .violation:
        phase = .closed
        position = backlog.count
        return true
      case .request(let request, let operation): run(request, operation, session)
      case .write(let request, let payload):
        store(backlog[payload], at: request.offset, session)
        answer(request, nil, session)
      case .writePiece(let request, let offset, let payload, let isLast):
        pieces += 1
        store(backlog[payload], at: offset, session)
        if isLast { answer(request, nil, session) }
      }
    }
  }

  private mutating func store(_ bytes: ArraySlice<UInt8>, at offset: UInt64, _ session: NBDSession)
  {
    let start = Int(offset)
    exports[session.export.name]?.bytes.replaceSubrange(start..<(start + bytes.count), with: bytes)
  }

  private mutating func run(
    _ request: NBDRequest, _ operation: NBDOperation, _ session: NBDSession
  ) {
    if case .refused(let error) = operation { return answer(request, error, session) }
    let start = Int(request.offset)
    let range = start..<(start + Int(request.length))
    switch operation {
    case .read:
      var header = [UInt8](
        repeating: 0, count: NBDReply.readHeaderBytes(structured: session.structuredReplies))
      var span = header.mutableSpan
      var bytes = unsafe span.mutableBytes
      NBDReply.storeReadHeader(of: request, structured: session.structuredReplies, into: &bytes)
      output += header
      output += exports[session.export.name]?.bytes[range] ?? []
    case .trim, .writeZeroes:
      store(ArraySlice(repeatElement(0, count: range.count)), at: request.offset, session)
      answer(request, nil, session)
    case .blockStatus:
      let lists = session.contexts.map { _ in
        var list = NBDStatusList(for: request)
        list.append(length: UInt64(request.length), flags: 0)
        return list
      }
      output += NBDReply.blockStatus(request, lists)
    case .flush, .cache: answer(request, nil, session)
    case .refused: break
    }
  }

  private mutating func answer(
    _ request: NBDRequest, _ error: NBDErrorNumber?, _ session: NBDSession
  ) {
    var reply = [UInt8](repeating: 0, count: NBDReply.maximumOutcomeBytes)
    var span = reply.mutableSpan
    var bytes = unsafe span.mutableBytes
    let count = NBDReply.storeOutcome(
      error, of: request, structured: session.structuredReplies, into: &bytes)
    output += reply[..<count]
  }
}
