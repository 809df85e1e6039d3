public import SedaiModel

extension Problem {
  /// A problem with a message of the catalogue.
  /// - Parameter status: the HTTP status; 0 for a problem that never travelled.
  public init(
    _ id: MessageID, _ arguments: MessageArguments = [:], status: Int = 0, detail: String? = nil
  ) {
    let entry = MessageCatalogue.entry(id)
    self.init(
      messageID: id.description, messageClass: MessageClassName(entry?.messageClass ?? .error),
      title: MessageCatalogue.text(id, arguments), status: status, detail: detail,
      remedy: entry?.measure)
  }

  /// How a command that ends with this problem reports it to its caller.
  public var exitStatus: ExitStatus {
    guard let id = MessageID(parsing: messageID), let entry = MessageCatalogue.entry(id),
      entry.exitStatus != .success
    else { return .error }
    return entry.exitStatus
  }
}

extension MessageClassName {
  public init(_ messageClass: MessageClass) {
    self =
      switch messageClass {
      case .error: .error
      case .warning: .warning
      case .notice: .notice
      case .info: .information
      }
  }
}
