/// A text in the languages the array speaks.
public struct LocalizedText: Hashable, Sendable {
  public let english: String
  public let japanese: String

  public init(_ english: String, _ japanese: String) {
    self.english = english
    self.japanese = japanese
  }

  /// The text in one of them.
  public func text(in language: MessageLanguage) -> String {
    switch language {
    case .english: english
    case .japanese: japanese
    }
  }
}

/// A language the array speaks. Lines that programs parse are always English.
public enum MessageLanguage: String, CaseIterable, Sendable {
  case english = "en"
  case japanese = "ja"
}

/// One line of the message catalogue.
public struct MessageEntry: Sendable {
  public let id: MessageID
  public let messageClass: MessageClass
  public let exitStatus: ExitStatus
  /// The message, with `{name}` where a value goes.
  public let template: LocalizedText
  /// What happened.
  public let explanation: String
  /// What the reader does now.
  public let measure: String

  /// The names of the values that the template needs.
  public var placeholders: Set<String> { Self.placeholders(in: template.english) }

  static func placeholders(in template: String) -> Set<String> {
    var names: Set<String> = []
    var rest = template[...]
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else { break }
      names.insert(String(rest[rest.index(after: open)..<close]))
      rest = rest[rest.index(after: close)...]
    }
    return names
  }

  /// The message with its values. A value that is missing stays visible as `{name}`.
  public func text(
    _ arguments: MessageArguments, in language: MessageLanguage = .english
  ) -> String {
    var result = ""
    var rest = template.text(in: language)[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      result += rest[..<open]
      let name = String(rest[rest.index(after: open)..<close])
      result += arguments[name]?.text ?? "{\(name)}"
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}

/// Every message of the array, in the order of their numbers.
public enum MessageCatalogue {
  /// The whole table.
  public static let entries: [MessageEntry] =
    (commandMessages + snapshotMessages + linkMessages + pairMessages + configurationMessages
    + accessMessages + arrayMessages + eventMessages + clientMessages + hostMessages
    + diskMessages).sorted { $0.id < $1.id }

  private static let byID = Dictionary(uniqueKeysWithValues: entries.map { ($0.id, $0) })

  /// The entry of a message; nil for an id that this array does not print.
  public static func entry(_ id: MessageID) -> MessageEntry? { byID[id] }

  /// The text of a message; the bare id if the catalogue does not have it.
  public static func text(
    _ id: MessageID, _ arguments: MessageArguments, in language: MessageLanguage = .english
  ) -> String {
    entry(id)?.text(arguments, in: language) ?? id.description
  }

  static func line(
    _ id: MessageID, _ messageClass: MessageClass, _ exitStatus: ExitStatus,
    _ english: String, _ japanese: String, why explanation: String, then measure: String
  ) -> MessageEntry {
    MessageEntry(
      id: id, messageClass: messageClass, exitStatus: exitStatus,
      template: LocalizedText(english, japanese), explanation: explanation, measure: measure)
  }
}
