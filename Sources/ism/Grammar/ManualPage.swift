extension CommandSyntax {
  /// The manual page, in the man macros.
  var manualPage: String {
    var page = ".TH \(name) 1 \"\" Sedai \"iSM commands\"\n"
    page += ".SH NAME\n\(Self.escape(name)) \\- \(Self.escape(summary))\n"
    page += ".SH SYNOPSIS\n.B \(Self.escape(name))\n"
    for clause in clauses { page += Self.escape(clause.usage) + "\n" }
    page += ".SH DESCRIPTION\n"
    page += description.map { Self.escape($0) + "\n" }.joined(separator: ".PP\n")
    page += ".SH OPTIONS\nOptions may stand in any order.\n"
    for (option, explanation) in optionHelp {
      page += ".TP\n.B \(Self.escape(option))\n\(Self.escape(explanation))\n"
    }
    page += ".SH EXAMPLES\n"
    for example in examples {
      page += ".TP\n.B \(Self.escape(example.line))\n\(Self.escape(example.meaning))\n"
    }
    page += Self.commonSections
    let others = SnapshotCommand.allCases.map(\.rawValue).filter { $0 != name }
    page += ".SH SEE ALSO\n"
    page += others.map { ".BR \($0) (1)" }.joined(separator: ",\n") + ",\n.BR sedai (1)\n"
    return page
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
