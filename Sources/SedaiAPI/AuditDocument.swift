/// One request as the audit log keeps it.
public struct AuditDocument: Codable, Hashable, Sendable {
  /// Counts up by one, also over restarts.
  public var number: UInt64
  /// Seconds since 1970 UTC.
  public var time: Int64
  /// Who asked; nil for somebody who did not sign in.
  public var who: String?
  public var role: String?
  /// A network address, or the user of this machine.
  public var from: String
  /// Method and path.
  public var request: String
  /// The beginning of what it said; absent where nothing was sent.
  public var body: String?
  /// The HTTP status of the answer.
  public var status: Int
  /// Why it was refused; absent for one that was done.
  public var messageID: String?

  public init(
    number: UInt64, time: Int64, who: String?, role: String?, from: String, request: String,
    body: String?, status: Int, messageID: String?
  ) {
    self.number = number
    self.time = time
    self.who = who
    self.role = role
    self.from = from
    self.request = request
    self.body = body
    self.status = status
    self.messageID = messageID
  }
}
