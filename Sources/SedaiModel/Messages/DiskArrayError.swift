/// Why the array refused or could not do what was asked. Nothing was changed.
public struct DiskArrayError: Error, Hashable, Sendable {
  /// What a caller can do about it.
  public enum Kind: String, CaseIterable, Sendable {
    /// The request itself is malformed.
    case invalidRequest
    /// What it names does not exist.
    case notFound
    /// Who asks may not do this.
    case notPermitted
    /// What it names is in a state that does not allow it.
    case stateConflict
    /// It exists already, or another one has its number or name.
    case alreadyExists
    /// There is not enough space.
    case noSpace
    /// Something under way forbids it now; it passes by itself.
    case busy
    /// The condition waited for did not come in time.
    case timeout
    /// A device or the metadata failed.
    case failure
  }

  public let kind: Kind
  public let messageID: MessageID
  public let arguments: MessageArguments

  public init(_ kind: Kind, _ messageID: MessageID, _ arguments: MessageArguments = [:]) {
    self.kind = kind
    self.messageID = messageID
    self.arguments = arguments
  }

  /// The message in full, without id.
  public func text(in language: MessageLanguage = .english) -> String {
    MessageCatalogue.text(messageID, arguments, in: language)
  }

  /// How a command that fails with it ends.
  public var exitStatus: ExitStatus { MessageCatalogue.entry(messageID)?.exitStatus ?? .error }
}

extension DiskArrayError: CustomStringConvertible {
  public var description: String { "\(messageID): \(text())" }
}
