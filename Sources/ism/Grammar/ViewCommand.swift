/// The commands that show the array, and the one that says in which form.
/// - Source: management-cli.md 2.4; commands.md 5.1.
enum ViewCommand: String, CaseIterable, Sendable {
  case view = "iSMview"
  /// The host's name for the same.
  case hostView = "iSMcc_view"
  case query = "iSMquery"
  case outputForm = "clioutmsg"

  var syntax: CommandSyntax {
    switch self {
    case .view, .hostView: viewSyntax
    case .query: Self.querySyntax
    case .outputForm: Self.outputFormSyntax
    }
  }

  /// The word that stands for the array's name.
  static let arrayOperand = "ARRAY"
  static let formOperand = "FORM"

  private var viewSyntax: CommandSyntax {
    CommandSyntax(
      name: rawValue,
      summary: "show the configuration of the array",
      description: [
        "Shows what is configured, as of one moment: whatever one part of the view speaks of "
          + "is in it too. Numbers whose label ends in (h) are hexadecimal. After clioutmsg(1) "
          + "the view is printed as XML.",
        "A logical disk whose number does not fit four hexadecimal digits of the largest model "
          + "is not shown, nor is a generation without a number.",
      ],
      clauses: [
        .exactlyOne(
          ViewSelection.allCases.map { .option(OptionSyntax($0.rawValue, help: $0.help)) }),
        .optional(
          .operand(
            OptionSyntax(
              Self.arrayOperand, .text(Self.arrayOperand),
              help: "The array's name; the only array these commands reach unless told."))),
      ],
      examples: [
        ("\(rawValue) -d", "lists the arrays"),
        ("\(rawValue) -all ARRAY_01", "shows everything about ARRAY_01"),
      ])
  }

  private static let querySyntax = CommandSyntax(
    name: query.rawValue,
    summary: "show the configuration of the array as XML",
    description: ["Prints what iSMview(1) shows with -all, as XML."],
    clauses: [
      .option(OptionSyntax("-cinder", help: "For the volume service of an orchestrator.")),
      .option(OptionSyntax("-xml", help: "As XML.")),
      .option(OptionSyntax("-all", help: "Everything.")),
    ],
    examples: [("iSMquery -cinder -xml -all", "prints everything")])

  private static let outputFormSyntax = CommandSyntax(
    name: outputForm.rawValue,
    summary: "choose the output form of a session's views",
    description: [
      "The next views of this session (that of the login or terminal, as setsid(2) makes it) "
        + "are printed in this form; other sessions keep theirs. Prints nothing."
    ],
    clauses: [
      .operand(
        OptionSyntax(
          formOperand, .word(OutputForm.allCases.map(\.rawValue)), help: "XML, or text."))
    ],
    examples: [("clioutmsg xml", "lets iSMview print XML")])
}

/// What a view shows.
enum ViewSelection: String, CaseIterable, Sendable {
  case arrays = "-d"
  case all = "-all"
  case reduced = "--alloptimize"
  case logicalDisks = "-ld"
  case pools = "-pool"
  case hostPorts = "-port"
  case ldSets = "-ldset"
  case licences = "-license"

  var help: String {
    switch self {
    case .arrays: "List the arrays."
    case .all: "Everything."
    case .reduced: "Everything that orchestrators read."
    case .logicalDisks: "Logical disks."
    case .pools: "Pools and their reserves."
    case .hostPorts: "Host ports."
    case .ldSets: "LD sets."
    case .licences: "Products and their licences."
    }
  }
}

/// How views are printed.
enum OutputForm: String, CaseIterable, Sendable {
  case text
  case xml
}
