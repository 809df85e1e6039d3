/// What one side of an iSCSI login has to know to prove who it is. Nothing that prints or
/// describes a value shows it.
public struct CHAPSecret: Hashable, Sendable {
  public let bytes: [UInt8]

  /// 96 bits at least, as RFC 7143 §9.2.1 wants it; initiators take no more than the most.
  public static let allowedLengths = 12...255

  /// Nil for a text of another length, or with control characters.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard Self.allowedLengths.contains(bytes.count), bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    else { return nil }
    self.bytes = bytes
  }

  /// As it was given.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension CHAPSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "hidden" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A name and what proves that one bears it.
public struct CHAPIdentity: Hashable, Sendable {
  public let user: String
  public let secret: CHAPSecret

  /// Bytes of a user's name.
  public static let userLengths = 1...255

  /// Nil if the name has another length, or control characters.
  public init?(user: String, secret: CHAPSecret) {
    guard Self.userLengths.contains(user.utf8.count),
      user.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    else { return nil }
    self.user = user
    self.secret = secret
  }
}

/// Whom an initiator has to prove to be, and whom the target proves to be if it is asked.
public struct CHAPCredentials: Hashable, Sendable {
  public let initiator: CHAPIdentity
  public let target: CHAPIdentity?

  /// Nil if both sides have one secret: each could then be made to answer for the other.
  /// - Source: RFC 7143 §9.2.1.
  public init?(initiator: CHAPIdentity, target: CHAPIdentity?) {
    guard initiator.secret != target?.secret else { return nil }
    self.initiator = initiator
    self.target = target
  }
}
