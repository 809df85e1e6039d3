import ArgumentParser
import SedaiManual
import SedaiModel

/// Writes the manual page, from the same declarations as `--help`.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual page.", shouldDisplay: false)

  @Flag(help: "Print the list of messages instead, in Markdown.") var messages = false
  @Flag(help: "Print the manual page of the messages instead.") var messagePage = false

  func run() {
    Console.print(
      messages ? MessageDocument.text : messagePage ? ManualPage.messages : ManualPage.text)
  }
}

/// `sedai(1)` in the man macros.
enum ManualPage {
  /// Columns of the help texts in it.
  private static let columns = 76

  static var text: String {
    let root = Sedai.configuration
    var page = ".TH sedai 1 \"\" Sedai \"Operator commands\"\n"
    page += ".SH NAME\nsedai \\- operate a Sedai disk array\n"
    page += ".SH SYNOPSIS\n.B sedai\nSUBJECT VERB [ARGUMENT]... [OPTION]...\n"
    page += ".SH DESCRIPTION\n" + root.discussion.roff + "\n"
    page += ".SH COMMANDS\n"
    for subject in root.subcommands where subject.configuration.shouldDisplay {
      page += section(subject, path: "sedai")
    }
    page += ".SH EXIT STATUS\n"
    for (status, meaning) in [
      ("0", "Done."), ("1", "Refused or failed; the message with its id is on standard error."),
      ("2", "The command line is wrong."), ("3", "The time to wait is over."),
    ] {
      page += ".TP\n.B \(status)\n\(meaning)\n"
    }
    return page + ".SH SEE ALSO\n.BR sedaid (8),\n.BR iSMsc_query (1)\n"
  }

  /// `sedai-messages(7)`.
  static var messages: String {
    var page = ".TH sedai-messages 7 \"\" Sedai \"Messages\"\n"
    page += ".SH NAME\nsedai\\-messages \\- messages of a Sedai disk array and its commands\n"
    page += ".SH DESCRIPTION\nBy number. Words in braces stand for values. "
    page += "Commands print COMMAND:CLASS: ID: TEXT; sedai message ID shows one.".roff + "\n"
    page += ".SH MESSAGES\n"
    for entry in MessageCatalogue.entries {
      page += ".TP\n.B \(entry.id) (\(entry.messageClass.title), exit status "
      page += "\(entry.exitStatus.rawValue))\n"
      page += entry.template.english.roff + "\n.br\n" + entry.template.japanese.roff
      page += "\n.br\n" + entry.explanation.roff + "\n.br\n" + entry.measure.roff + "\n"
    }
    return page + ".SH SEE ALSO\n.BR sedai (1),\n.BR iSMcfg (1),\n.BR iSMsc_query (1)\n"
  }

  private static func section(_ command: any ParsableCommand.Type, path: String) -> String {
    let name = path + " " + (command.configuration.commandName ?? command._commandName)
    if command.configuration.subcommands.isEmpty {
      let help = Sedai.helpMessage(for: command, columns: columns)
      return ".SS \(name)\n.nf\n" + help.roff + "\n.fi\n"
    }
    return command.configuration.subcommands.map { section($0, path: name) }.joined()
  }
}
