import SedaiAPI
import SedaiModel

/// A message as commands print it: `<command>:<Class>: <id>: <text>`.
/// - Source: commands.md 0.4.
struct MessageLine: Hashable {
  let text: String

  init(_ command: String, _ id: MessageID, _ arguments: MessageArguments = [:]) {
    let title = MessageCatalogue.entry(id)?.messageClass.title ?? MessageClass.error.title
    text = "\(command):\(title): \(id): \(MessageCatalogue.text(id, arguments))"
  }

  init(_ command: String, _ problem: Problem) {
    text =
      "\(command):\(problem.messageClass.rawValue): \(problem.messageID): \(problem.title)"
  }
}
