/// Which parts of a PDU carry a checksum.
public struct ISCSIDigests: Hashable, Sendable {
  public var header = false
  public var data = false

  public init(header: Bool = false, data: Bool = false) {
    self.header = header
    self.data = data
  }
}

/// What initiator and target have agreed on.
/// - Source: RFC 7143 §13, which names what holds if nothing was said.
public struct ISCSIParameters: Hashable, Sendable {
  public var digests = ISCSIDigests()
  /// Bytes of data in one PDU that the initiator takes.
  public var maximumSentBytes = 8192
  public var maximumBurstBytes = 262_144
  public var firstBurstBytes = 65_536
  public var maximumOutstandingR2Ts = 1
  /// Data comes only when asked for, but for what is in the command itself.
  public var isR2TNeeded = true
  public var isImmediateDataAllowed = true

  public init() {}
}

/// Who has logged in, and to what.
public struct ISCSISessionIdentity: Hashable, Sendable {
  public let initiator: String
  /// The initiator's part of the session's name, 48 bits.
  public let qualifier: UInt64
  /// Nil in a discovery session.
  public let target: String?

  public init(initiator: String, qualifier: UInt64, target: String?) {
    self.initiator = initiator
    self.qualifier = qualifier
    self.target = target
  }

  /// The initiator port's name.
  /// - Source: RFC 7143 §4.4, "SCSI initiator port name".
  public var initiatorPort: String {
    "\(initiator),i,0x\(hexadecimal(qualifier, digits: 12))"
  }

  /// The target port's name; nil in a discovery session.
  public var targetPort: String? {
    target.map(Self.targetPort)
  }

  /// The name of a target's only port.
  public static func targetPort(of target: String) -> String {
    "\(target),t,0x\(hexadecimal(UInt64(ISCSILogin.portalGroup), digits: 4))"
  }
}

private func hexadecimal(_ value: UInt64, digits count: Int) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: max(0, count - digits.count)) + digits
}

/// What a session goes on with after login.
public struct ISCSIBeginning: Hashable, Sendable {
  public let identity: ISCSISessionIdentity
  public let parameters: ISCSIParameters
  /// The number of the next command.
  public let commandNumber: UInt32
  /// The number of the next answer.
  public let statusNumber: UInt32
}
