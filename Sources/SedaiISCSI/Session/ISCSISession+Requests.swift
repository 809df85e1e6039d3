internal import SedaiBytes

/// Text that goes to and fro in several PDUs.
struct TextExchange: Sendable {
  /// What the initiator has said so far.
  var received: [UInt8] = []
  /// What it has not been told yet.
  var unsent: [UInt8] = []
  /// The request that waits for the names of targets.
  var taskTag: UInt32?

  /// Names the exchange between its PDUs.
  static let transferTag: UInt32 = 1
}

extension ISCSISession {
  // MARK: Pings

  /// - Source: RFC 7143 §11.18 and §11.19.
  mutating func takePing(_ header: BasicHeader, _ data: RawSpan) -> ISCSIEvent {
    // An answer to a ping of the target's own.
    if header.taskTag == ISCSITag.none { return .ignored }
    var writer = answer(ISCSIOpcode.nopIn, taskTag: header.taskTag)
    writer.set(header.unit, at: 8)
    writer.set(ISCSITag.none, at: 20)
    let most = min(
      data.byteCount, ISCSILimits.maximumPingBytes, parameters.maximumSentBytes)
    writer.data.append(data.extracting(0..<most))
    return .send(writer.bytes(parameters.digests))
  }

  /// A ping that the initiator has to answer, to see whether it is there.
  public mutating func ping() -> [UInt8] {
    var writer = answer(ISCSIOpcode.nopIn, taskTag: ISCSITag.none, countsStatus: false)
    writer.set(UInt32(0), at: 20)
    return writer.bytes(parameters.digests)
  }

  // MARK: Text

  /// - Source: RFC 7143 §11.10 and Appendix C.
  mutating func takeText(
    _ header: BasicHeader, _ input: RawSpan, _ start: Int, _ data: Range<Int>
  ) -> ISCSIEvent {
    if header.word(at: 20) == ISCSITag.none {
      // A new one ends whatever was under way.
      text = TextExchange()
    } else if !text.unsent.isEmpty {
      return .send(nextText(header.taskTag))
    }
    text.received.append(input.extracting(data))
    guard text.received.count <= ISCSILimits.maximumTextBytes else {
      text = TextExchange()
      return reject(.protocolError, input, start)
    }
    if header.flags & ISCSIFlag.continues != 0 {
      var writer = answer(ISCSIOpcode.textResponse, flags: 0, taskTag: header.taskTag)
      writer.set(TextExchange.transferTag, at: 20)
      return .send(writer.bytes(parameters.digests))
    }
    guard let keys = TextKeys(text.received) else {
      text = TextExchange()
      return reject(.protocolError, input, start)
    }
    text.received = []
    if let wish = keys["SendTargets"] {
      text.taskTag = header.taskTag
      switch wish {
      // "All" is for discovery sessions only.
      case "All": return .listTargets(identity.target)
      case "": return .listTargets(identity.target)
      default: return .listTargets(identity.target == nil ? wish : identity.target)
      }
    }
    var answers = TextKeys()
    for pair in keys.pairs { answers.append(pair.key, "NotUnderstood") }
    text.unsent = answers.bytes
    return .send(nextText(header.taskTag))
  }

  /// Answers ``ISCSIEvent/listTargets(_:)``.
  public mutating func answer(targets: [ISCSITargetName]) -> [UInt8]? {
    guard let taskTag = text.taskTag else { return nil }
    text.taskTag = nil
    var keys = TextKeys()
    for target in targets {
      keys.append("TargetName", target.name)
      for portal in target.portals {
        keys.append("TargetAddress", "\(portal),\(ISCSILogin.portalGroup)")
      }
    }
    text.unsent = keys.bytes
    return nextText(taskTag)
  }

  /// As much of the text as fits into one PDU.
  private mutating func nextText(_ taskTag: UInt32) -> [UInt8] {
    let count = min(text.unsent.count, parameters.maximumSentBytes)
    let isLast = count == text.unsent.count
    var writer = answer(
      ISCSIOpcode.textResponse, flags: isLast ? ISCSIFlag.final : ISCSIFlag.continues,
      taskTag: taskTag)
    writer.set(isLast ? ISCSITag.none : TextExchange.transferTag, at: 20)
    writer.data = Array(text.unsent.prefix(count))
    text.unsent.removeFirst(count)
    return writer.bytes(parameters.digests)
  }

  // MARK: The end

  /// - Source: RFC 7143 §11.14 and §11.15.
  mutating func logout(_ header: BasicHeader) -> [UInt8] {
    var writer = answer(ISCSIOpcode.logoutResponse, taskTag: header.taskTag)
    // Recovery of a connection is not there.
    if header.flags & 0x7F == 2 { writer.set(UInt8(2), at: 2) }
    return writer.bytes(parameters.digests)
  }

  /// Asks the initiator to log out.
  ///
  /// - Parameter seconds: after that time the connection is closed without it.
  /// - Source: RFC 7143 §11.9.
  public mutating func logoutRequest(within seconds: UInt16) -> [UInt8] {
    var writer = answer(ISCSIOpcode.asynchronousMessage, taskTag: ISCSITag.none)
    // The event of that number; its third parameter is the time.
    writer.set(UInt8(1), at: 36)
    writer.set(UInt32(seconds), at: 40)
    return writer.bytes(parameters.digests)
  }

  /// Answers ``ISCSIEvent/manage(_:)``.
  public mutating func answer(
    _ request: ISCSITaskManagement, _ response: ISCSITaskManagementResponse
  ) -> [UInt8] {
    var writer = answer(ISCSIOpcode.taskManagementResponse, taskTag: request.taskTag)
    writer.set(response.rawValue, at: 2)
    return writer.bytes(parameters.digests)
  }
}
