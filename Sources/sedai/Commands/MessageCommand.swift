import ArgumentParser
import SedaiAPI
import SedaiModel

struct MessageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "message", abstract: "Explain a message by its id; needs no array.")
  @Argument(help: "The id, as in iSM19412.") var id: MessageNumber
  @OptionGroup var output: OutputOptions

  /// `iSM19412`, or just `19412`.
  struct MessageNumber: ExpressibleByArgument {
    let id: MessageID

    init?(argument: String) {
      let text = argument.hasPrefix("iSM") ? argument : "iSM" + argument
      guard let id = MessageID(parsing: text) else { return nil }
      self.id = id
    }
  }

  /// An entry of the catalogue as it is printed.
  struct Explanation: Encodable {
    let id: String
    let messageClass: String
    let exitStatus: Int32
    let text: String
    let japanese: String
    let explanation: String
    let remedy: String

    init(_ entry: MessageEntry) {
      id = entry.id.description
      messageClass = entry.messageClass.title
      exitStatus = entry.exitStatus.rawValue
      text = entry.template.english
      japanese = entry.template.japanese
      explanation = entry.explanation
      remedy = entry.measure
    }
  }

  func run() throws {
    guard let entry = MessageCatalogue.entry(id.id) else {
      throw ValidationError("\(id.id) is no message of this array.")
    }
    try output.show(Explanation(entry)) { entry in
      var sheet = Sheet()
      sheet.add("Message", "\(entry.id) (\(entry.messageClass), exit status \(entry.exitStatus))")
      sheet.add("Text", entry.text)
      sheet.add("", entry.japanese)
      sheet.add("What happened", entry.explanation)
      sheet.add("What to do", entry.remedy)
      return sheet.text
    }
  }
}

/// The catalogue as a document.
enum MessageDocument {
  static var text: String {
    var text = """
      # Messages

      Every message of the array and its commands, by number. Words in braces stand for values.
      `sedai message ID` shows one. This page is written by `scripts/manual` from the catalogue
      in `Sources/SedaiModel/Messages`.

      | id | class | exit | text | what happened | what to do |
      |---|---|---|---|---|---|

      """
    for entry in MessageCatalogue.entries {
      let words = [
        entry.id.description, entry.messageClass.title, String(entry.exitStatus.rawValue),
        entry.template.english + "<br>" + entry.template.japanese, entry.explanation,
        entry.measure,
      ]
      text += "| " + words.map(escape).joined(separator: " | ") + " |\n"
    }
    return text
  }

  private static func escape(_ text: String) -> String {
    var result = ""
    for character in text {
      if character == "|" || character == "_" || character == "*" { result.append("\\") }
      result.append(character)
    }
    return result
  }
}
