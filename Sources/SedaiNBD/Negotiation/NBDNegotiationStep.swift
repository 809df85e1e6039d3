/// What the owner of a connection has to do next.
public enum NBDNegotiationAction: Equatable, Sendable {
  /// Nothing before more bytes arrive, or before the question under way is answered.
  case needsInput
  /// Nothing; bytes were consumed, call again.
  case proceed
  case send([UInt8])
  /// Send this in the clear, then let a TLS handshake take place, then tell the negotiation.
  case sendThenStartTLS([UInt8])
  /// Find the exports that the peer may see and answer with them.
  case listExports
  /// Find the export, and which of the named generations it has, and answer with it; with
  /// nil if there is none or the peer may not see it.
  case openExport(name: String, generations: [String])
  /// Send this; from the next byte on, both sides are in the transmission phase.
  case beginTransmission([UInt8], NBDSession)
  case sendThenClose([UInt8])
  case close
}

/// An action, and how many bytes of the input need not be shown again.
public struct NBDNegotiationStep: Equatable, Sendable {
  public let action: NBDNegotiationAction
  public let consumed: Int

  init(_ action: NBDNegotiationAction, consumed: Int) {
    self.action = action
    self.consumed = consumed
  }

  static var needsInput: Self { Self(.needsInput, consumed: 0) }
}
