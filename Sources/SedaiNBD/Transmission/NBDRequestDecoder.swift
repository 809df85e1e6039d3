internal import SedaiBytes

/// What the bytes of a peer mean in the transmission phase. Ranges count from the start of
/// the input that was passed in.
public enum NBDTransmissionEvent: Equatable, Sendable {
  /// Nothing before so many bytes lie after the position.
  case needsInput(byteCount: Int)
  case request(NBDRequest, NBDOperation)
  /// A WRITE that has arrived in full.
  case write(NBDRequest, payload: Range<Int>)
  /// The next part of a large WRITE, for `offset` of the volume; parts come in order.
  case writePiece(NBDRequest, offset: UInt64, payload: Range<Int>, isLast: Bool)
  /// The client is done: answer what is under way, then close.
  case disconnect
  /// The client broke the protocol in a way that leaves nothing to answer: close.
  case violation
}

/// Cuts the bytes of the transmission phase into requests.
///
/// It does no I/O and allocates nothing; what it holds between two calls has a fixed size,
/// as the payload of large writes is passed on in pieces and that of refused ones skipped.
public struct NBDRequestDecoder: Sendable {
  private enum State {
    case header
    case writing(NBDRequest, done: UInt32)
    case skipping(byteCount: UInt32)
    case ended(NBDTransmissionEvent)
  }

  private var state = State.header
  private let rules: NBDRequestRules

  public init(session: NBDSession) {
    rules = NBDRequestRules(
      size: session.export.size, isReadOnly: session.export.isReadOnly,
      structuredReplies: session.structuredReplies, hasContexts: !session.contexts.isEmpty)
  }

  /// Decodes what lies at `position` of `input` and moves the position past it.
  ///
  /// Bytes before the position are not needed again, except a payload by whoever got its
  /// range. After `needsInput` call again with at least that many bytes; after `disconnect`
  /// and `violation` the same event comes back for ever.
  public mutating func next(
    _ input: RawSpan, at position: inout Int
  ) -> NBDTransmissionEvent {
    while true {
      let available = input.byteCount - position
      switch state {
      case .header:
        guard available >= NBDRequest.headerBytes else {
          return .needsInput(byteCount: NBDRequest.headerBytes)
        }
        guard let request = NBDRequest(input, at: position) else { return end(.violation) }
        switch rules.verdict(on: request) {
        case .operation(let operation):
          position += NBDRequest.headerBytes
          return skipPayload(of: request) ?? .request(request, operation)
        case .disconnect:
          position += NBDRequest.headerBytes
          return end(.disconnect)
        case .write:
          if let event = whole(request, in: input, at: &position) { return event }
        }
      case .writing(let request, let done):
        return piece(of: request, done: done, available: available, at: &position)
      case .skipping(let byteCount):
        let skipped = min(Int(byteCount), available)
        position += skipped
        guard skipped == Int(byteCount) else {
          state = .skipping(byteCount: byteCount - UInt32(skipped))
          return .needsInput(byteCount: 1)
        }
        state = .header
      case .ended(let event):
        return event
      }
    }
  }

  private mutating func end(_ event: NBDTransmissionEvent) -> NBDTransmissionEvent {
    state = .ended(event)
    return event
  }

  /// Arranges that the payload of a refused WRITE is passed over; `violation` if that is not
  /// worth the while.
  private mutating func skipPayload(of request: NBDRequest) -> NBDTransmissionEvent? {
    guard request.command == NBDCommandCode.write.rawValue, request.length > 0 else { return nil }
    guard request.length <= NBDLimits.maximumSkippedPayloadBytes else { return end(.violation) }
    state = .skipping(byteCount: request.length)
    return nil
  }

  /// The WRITE at `position` if all of it is there; nil after turning to pieces.
  private mutating func whole(
    _ request: NBDRequest, in input: RawSpan, at position: inout Int
  ) -> NBDTransmissionEvent? {
    let start = position + NBDRequest.headerBytes
    let end = start + Int(request.length)
    if end <= input.byteCount {
      position = end
      return .write(request, payload: start..<end)
    }
    if request.length <= NBDLimits.wholeWriteBytes {
      return .needsInput(byteCount: end - position)
    }
    position = start
    state = .writing(request, done: 0)
    return nil
  }

  private mutating func piece(
    of request: NBDRequest, done: UInt32, available: Int, at position: inout Int
  ) -> NBDTransmissionEvent {
    let offset = request.offset + UInt64(done)
    let remaining = Int(request.length - done)
    let toBoundary = Int(NBDLimits.pieceAlignment - offset % NBDLimits.pieceAlignment)
    guard available >= min(remaining, toBoundary) else {
      return .needsInput(byteCount: min(remaining, toBoundary))
    }
    var count = min(remaining, available)
    if count < remaining {
      count =
        toBoundary + (count - toBoundary) / Int(NBDLimits.pieceAlignment)
        * Int(NBDLimits.pieceAlignment)
    }
    let payload = position..<(position + count)
    position += count
    let isLast = count == remaining
    state = isLast ? .header : .writing(request, done: done + UInt32(count))
    return .writePiece(request, offset: offset, payload: payload, isLast: isLast)
  }
}
