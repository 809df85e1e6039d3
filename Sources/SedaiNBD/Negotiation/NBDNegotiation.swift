internal import SedaiBytes

/// The server's side of the fixed newstyle negotiation, from the first byte to the moment
/// when transmission begins.
///
/// It does no I/O: ``advance(_:)`` takes the bytes that have arrived and says what to do;
/// questions about exports are handed out as actions and answered by ``answer(exports:)`` and
/// ``answer(export:)``. Memory is bounded by ``NBDLimits``.
///
/// ```
/// clientFlags ─► option ─► answering ─► option … ─► ended (transmission or close)
///                  │ ▲
///                  ▼ └── skipping (the data of an option too long to be looked at)
///             startingTLS ─► option
/// ```
public struct NBDNegotiation: Sendable {
  /// Whether the connection can and must be upgraded to TLS.
  public enum Security: Equatable, Sendable {
    /// No TLS here: the peer is known by the way it came in.
    case plaintext
    /// Nothing but STARTTLS and ABORT works before the upgrade.
    case tlsRequired
  }

  enum State: Equatable {
    case clientFlags
    case option
    case skipping(byteCount: Int)
    case answeringList
    case answeringExport(Question)
    case startingTLS
    case ended
  }

  /// What to do with the answer about one export.
  enum Question: Equatable {
    case exportName
    case information(option: UInt32, requests: [UInt16])
    case contexts(option: UInt32, queries: [String])
  }

  var state = State.clientFlags
  private let security: Security
  private var isEncrypted = false
  private var optionCount = 0
  var omitsZeroes = false
  var structuredReplies = false
  /// The last selection of contexts and the export it was made for.
  var selection: (export: String, contexts: [NBDMetadataContext])?

  public init(security: Security) { self.security = security }

  static let optionHeaderBytes = 16
  static let clientFlagsBytes = 4

  /// What the server says first.
  public static var greeting: [UInt8] {
    var writer = WireWriter()
    writer.append(NBDMagic.greeting)
    writer.append(NBDMagic.option)
    writer.append(([.fixedNewstyle, .noZeroes] as NBDHandshakeFlags).rawValue)
    return writer.bytes
  }

  /// Looks at the bytes that have arrived and not been consumed yet.
  ///
  /// Call again after every action but `needsInput`, questions, and the two that close.
  public mutating func advance(_ input: RawSpan) -> NBDNegotiationStep {
    switch state {
    case .clientFlags: acceptClientFlags(input)
    case .option: acceptOption(input)
    case .skipping(let byteCount): skip(byteCount, of: input)
    case .startingTLS:
      // Whatever comes in the clear after STARTTLS could be somebody else's: cut off.
      input.byteCount == 0 ? .needsInput : close()
    case .answeringList, .answeringExport: .needsInput
    case .ended: NBDNegotiationStep(.close, consumed: input.byteCount)
    }
  }

  /// The TLS handshake that `startTLS` asked for has succeeded: negotiation starts over
  /// inside, and nothing that was agreed outside counts.
  public mutating func tlsDidStart() {
    guard state == .startingTLS else { return }
    isEncrypted = true
    structuredReplies = false
    selection = nil
    state = .option
  }

  private mutating func acceptClientFlags(_ input: RawSpan) -> NBDNegotiationStep {
    guard input.byteCount >= Self.clientFlagsBytes else { return .needsInput }
    let known: NBDHandshakeFlags = [.fixedNewstyle, .noZeroes]
    let flags = input.bigEndian(at: 0, as: UInt32.self)
    guard flags & ~UInt32(known.rawValue) == 0 else { return close() }
    let accepted = NBDHandshakeFlags(rawValue: UInt16(flags))
    guard accepted.contains(.fixedNewstyle) else { return close() }
    omitsZeroes = accepted.contains(.noZeroes)
    state = .option
    return NBDNegotiationStep(.proceed, consumed: Self.clientFlagsBytes)
  }

  private mutating func skip(_ byteCount: Int, of input: RawSpan) -> NBDNegotiationStep {
    let skipped = min(byteCount, input.byteCount)
    state = skipped == byteCount ? .option : .skipping(byteCount: byteCount - skipped)
    guard skipped > 0 else { return .needsInput }
    return NBDNegotiationStep(.proceed, consumed: skipped)
  }

  private mutating func acceptOption(_ input: RawSpan) -> NBDNegotiationStep {
    guard input.byteCount >= Self.optionHeaderBytes else { return .needsInput }
    guard input.bigEndian(at: 0, as: UInt64.self) == NBDMagic.option else { return close() }
    let number = input.bigEndian(at: 8, as: UInt32.self)
    let length = Int(input.bigEndian(at: 12, as: UInt32.self))
    let code = NBDOptionCode(rawValue: number)

    guard length <= NBDLimits.maximumSkippedOptionBytes,
      optionCount < NBDLimits.maximumOptions
    else { return close() }
    if let refusal = refusal(of: code, length: length) {
      // EXPORT_NAME has no way to be refused other than the end of the connection.
      if code == .exportName { return close() }
      optionCount += 1
      state = length == 0 ? .option : .skipping(byteCount: length)
      return reply(to: number, refusal, consumed: Self.optionHeaderBytes)
    }
    guard input.byteCount >= Self.optionHeaderBytes + length, let code else { return .needsInput }
    optionCount += 1
    let whole = Self.optionHeaderBytes + length
    return handle(code, WireReader(input.extracting(Self.optionHeaderBytes..<whole)), whole)
  }

  /// Why an option is refused before its data is looked at; nil if it is not.
  private func refusal(of code: NBDOptionCode?, length: Int) -> NBDOptionReplyCode? {
    if security == .tlsRequired, !isEncrypted, code != .startTLS, code != .abort {
      return .tlsRequired
    }
    guard let code else { return .unsupported }
    if code == .exportName, length > NBDLimits.maximumNameBytes { return .tooBig }
    return length > NBDLimits.maximumOptionBytes ? .tooBig : nil
  }

  private mutating func handle(
    _ code: NBDOptionCode, _ data: consuming WireReader, _ consumed: Int
  ) -> NBDNegotiationStep {
    let number = code.rawValue
    switch code {
    case .exportName:
      guard let name = data.string(byteCount: data.remaining) else { return close() }
      return ask(.exportName, export: name, consumed)
    case .abort:
      state = .ended
      return NBDNegotiationStep(
        .sendThenClose(Self.reply(to: number, .acknowledged)), consumed: consumed)
    case .list:
      guard data.remaining == 0 else { return reply(to: number, .invalid, consumed: consumed) }
      state = .answeringList
      return NBDNegotiationStep(.listExports, consumed: consumed)
    case .startTLS:
      return startTLS(dataBytes: data.remaining, consumed)
    case .structuredReply:
      guard data.remaining == 0 else { return reply(to: number, .invalid, consumed: consumed) }
      structuredReplies = true
      return reply(to: number, .acknowledged, consumed: consumed)
    case .information, .go:
      guard let (name, requests) = data.informationRequest() else {
        return reply(to: number, .invalid, consumed: consumed)
      }
      return ask(.information(option: number, requests: requests), export: name, consumed)
    case .listMetaContext, .setMetaContext:
      return handleContexts(code, data, consumed)
    }
  }

  private mutating func handleContexts(
    _ code: NBDOptionCode, _ data: consuming WireReader, _ consumed: Int
  ) -> NBDNegotiationStep {
    if code == .setMetaContext { selection = nil }
    guard structuredReplies || code == .listMetaContext else {
      return reply(to: code.rawValue, .invalid, consumed: consumed)
    }
    switch data.contextRequest() {
    case .malformed: return reply(to: code.rawValue, .invalid, consumed: consumed)
    case .tooManyQueries: return reply(to: code.rawValue, .tooBig, consumed: consumed)
    case .request(let name, let queries):
      let question = Question.contexts(option: code.rawValue, queries: queries)
      return ask(question, export: name, consumed, generations: Self.generations(in: queries))
    }
  }

  private mutating func startTLS(dataBytes: Int, _ consumed: Int) -> NBDNegotiationStep {
    let number = NBDOptionCode.startTLS.rawValue
    guard security == .tlsRequired else { return reply(to: number, .policy, consumed: consumed) }
    guard dataBytes == 0, !isEncrypted else {
      return reply(to: number, .invalid, consumed: consumed)
    }
    state = .startingTLS
    return NBDNegotiationStep(
      .sendThenStartTLS(Self.reply(to: number, .acknowledged)), consumed: consumed)
  }

  private mutating func ask(
    _ question: Question, export name: String, _ consumed: Int, generations: [String] = []
  ) -> NBDNegotiationStep {
    state = .answeringExport(question)
    return NBDNegotiationStep(
      .openExport(name: name, generations: generations), consumed: consumed)
  }

  private mutating func close() -> NBDNegotiationStep {
    state = .ended
    return NBDNegotiationStep(.close, consumed: 0)
  }

  private func reply(
    to option: UInt32, _ code: NBDOptionReplyCode, consumed: Int
  ) -> NBDNegotiationStep {
    NBDNegotiationStep(.send(Self.reply(to: option, code)), consumed: consumed)
  }

  static func reply(to option: UInt32, _ code: NBDOptionReplyCode) -> [UInt8] {
    var writer = WireWriter()
    writer.appendReply(to: option, code)
    return writer.bytes
  }

  static func generations(in queries: [String]) -> [String] {
    queries.compactMap { query in
      guard case .changedSince(let generation) = NBDMetadataContext(query: query) else {
        return nil
      }
      return generation
    }
  }
}
