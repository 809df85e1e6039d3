import SedaiManual

extension Tool {
  /// The manual page, in the man macros.
  var manualPage: String {
    var page = ".TH \(name) 1 \"\" Sedai \"iSM commands\"\n"
    page += ".SH NAME\n\(name.roff) \\- \(summary.roff)\n"
    switch form {
    case .one(let command): page += Self.body(of: command.syntax)
    case .verbs(let verbs): page += Self.body(of: verbs.map(\.command.syntax))
    }
    page += Self.commonSections
    let others = Self.all.map(\.name).filter { $0 != name }
    page += ".SH SEE ALSO\n"
    page += others.map { ".BR \($0) (1)" }.joined(separator: ",\n") + ",\n.BR sedai (1)\n"
    return page
  }

  private static func body(of syntax: CommandSyntax) -> String {
    var page = ".SH SYNOPSIS\n" + synopsis(of: syntax)
    page += ".SH DESCRIPTION\n" + description(of: syntax)
    page += ".SH OPTIONS\nOptions may stand in any order.\n"
    for (option, explanation) in syntax.optionHelp {
      page += ".TP\n.B \(option.roff)\n\(explanation.roff)\n"
    }
    return page + ".SH EXAMPLES\n" + examples(of: syntax)
  }

  /// A tool with verbs has a section for each.
  private static func body(of verbs: [CommandSyntax]) -> String {
    var page = ".SH SYNOPSIS\n"
    for syntax in verbs { page += synopsis(of: syntax) + ".br\n" }
    page += ".SH DESCRIPTION\nOptions may stand in any order.\n"
    for syntax in verbs {
      page += ".SS \(syntax.name.roff)\n" + description(of: syntax)
      for (option, explanation) in syntax.optionHelp {
        page += ".TP\n.B \(option.roff)\n\(explanation.roff)\n"
      }
    }
    return page + ".SH EXAMPLES\n" + verbs.map(examples).joined()
  }

  private static func synopsis(of syntax: CommandSyntax) -> String {
    var text = ".B \(syntax.name.roff)\n"
    for clause in syntax.clauses { text += clause.usage.roff + "\n" }
    return text
  }

  private static func description(of syntax: CommandSyntax) -> String {
    syntax.description.map { $0.roff + "\n" }.joined(separator: ".PP\n")
  }

  private static func examples(of syntax: CommandSyntax) -> String {
    syntax.examples.map { example in
      ".TP\n.B \(example.line.roff)\n\(example.meaning.roff)\n"
    }.joined()
  }

  fileprivate static let commonSections = """
    .SH ENVIRONMENT
    .TP
    .B SEDAI_URL
    Where the array is: unix:///DIR/sedaid.sock, https://HOST:PORT or http://HOST:PORT.
    .TP
    .B SEDAI_TOKEN_FILE
    The file that holds the token for an array reached over TCP.
    .PP
    Without them the commands read ~/.config/sedai/client.toml, then /etc/sedai/client.toml.
    .SH EXIT STATUS
    .TP
    .B 0
    Done.
    .TP
    .B 1
    Refused or failed; the message with its id is on standard error.
    .TP
    .B 2
    The command line is wrong.
    .TP
    .B 3
    The time to wait is over.

    """
}

extension Program {
  /// `ism(1)`: all commands, of which each has a page of its own.
  static var manualPage: String {
    var page = ".TH ism 1 \"\" Sedai \"iSM commands\"\n"
    page += ".SH NAME\nism \\- the iSM commands of Sedai in one program\n"
    page += ".SH SYNOPSIS\n.B ism\nCOMMAND [OPTION]...\n.br\n.B COMMAND\n[OPTION]...\n"
    page += ".SH DESCRIPTION\nInstalled under the name of a command, it is that command.\n"
    page += ".SH COMMANDS\n"
    for tool in Tool.all { page += ".TP\n.BR \(tool.name) (1)\n\(tool.summary.roff)\n" }
    return page + Tool.commonSections + ".SH SEE ALSO\n.BR sedai (1)\n"
  }
}
