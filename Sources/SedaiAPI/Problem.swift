/// The body of every refusal: a problem document with the array's message in it.
///
/// - Source: RFC 9457 section 3; `messageID`, `messageClass` and `explanation` are extensions.
public struct Problem: Codable, Hashable, Sendable, Error {
  /// The media type it travels as.
  public static let mediaType = "application/problem+json"

  /// `urn:sedai:message:` and the message id.
  public var type: String
  /// The message's text, in English, on one line.
  public var title: String
  /// The HTTP status it was sent with.
  public var status: Int
  /// What exactly was refused, if the text alone does not say.
  public var detail: String?
  /// `iSM` and five digits.
  public var messageID: String
  public var messageClass: MessageClassName
  /// What an operator can do about it.
  public var remedy: String?

  public init(
    messageID: String, messageClass: MessageClassName = .error, title: String, status: Int,
    detail: String? = nil, remedy: String? = nil
  ) {
    type = "urn:sedai:message:\(messageID)"
    self.title = title
    self.status = status
    self.detail = detail
    self.messageID = messageID
    self.messageClass = messageClass
    self.remedy = remedy
  }
}

/// How grave a message is, spelled as message lines spell it.
public enum MessageClassName: String, Codable, Hashable, Sendable {
  case error = "Error"
  case warning = "Warning"
  case notice = "Notice"
  case information = "Info"
}
