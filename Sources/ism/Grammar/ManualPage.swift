extension Tool {
  /// The manual page, in the man macros.
  var manualPage: String {
    var page = ".TH \(name) 1 \"\" Sedai \"iSM commands\"\n"
    page += ".SH NAME\n\(Self.escape(name)) \\- \(Self.escape(summary))\n"
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
      page += ".TP\n.B \(escape(option))\n\(escape(explanation))\n"
    }
    return page + ".SH EXAMPLES\n" + examples(of: syntax)
  }

  /// A tool with verbs has a section for each.
  private static func body(of verbs: [CommandSyntax]) -> String {
    var page = ".SH SYNOPSIS\n"
    for syntax in verbs { page += synopsis(of: syntax) + ".br\n" }
    page += ".SH DESCRIPTION\nOptions may stand in any order.\n"
    for syntax in verbs {
      page += ".SS \(escape(syntax.name))\n" + description(of: syntax)
      for (option, explanation) in syntax.optionHelp {
        page += ".TP\n.B \(escape(option))\n\(escape(explanation))\n"
      }
    }
    return page + ".SH EXAMPLES\n" + verbs.map(examples).joined()
  }

  private static func synopsis(of syntax: CommandSyntax) -> String {
    var text = ".B \(escape(syntax.name))\n"
    for clause in syntax.clauses { text += escape(clause.usage) + "\n" }
    return text
  }

  private static func description(of syntax: CommandSyntax) -> String {
    syntax.description.map { escape($0) + "\n" }.joined(separator: ".PP\n")
  }

  private static func examples(of syntax: CommandSyntax) -> String {
    syntax.examples.map { example in
      ".TP\n.B \(escape(example.line))\n\(escape(example.meaning))\n"
    }.joined()
  }

  private static let commonSections = """
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

  /// Text for a line of its own: no blank, quote or hyphen of it means anything to troff.
  private static func escape(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      default: result.append(character)
      }
    }
    return result.hasPrefix(".") || result.hasPrefix("'") ? "\\&" + result : result
  }
}
