/// One command line that this program can be asked to run.
enum Command: Hashable, Sendable {
  case snapshot(SnapshotCommand)
  case pair(PairCommand)
  case configuration(ConfigurationCommand)
  case view(ViewCommand)
  case host(HostCommand)

  var syntax: CommandSyntax {
    switch self {
    case .snapshot(let command): command.syntax
    case .pair(let command): command.syntax
    case .configuration(let command): command.syntax
    case .view(let command): command.syntax
    case .host(let command): command.syntax
    }
  }
}

/// A name that a shell knows this program by: one command, or several that the word after it
/// tells apart.
struct Tool: Sendable {
  let name: String
  /// One line, for lists of commands.
  let summary: String
  let form: Form

  enum Form: Sendable {
    case one(Command)
    case verbs([(verb: String, command: Command)])
  }

  /// All names, in the order of lists.
  static let all: [Tool] =
    SnapshotCommand.allCases.map { command in
      Tool(
        name: command.rawValue, summary: command.syntax.summary, form: .one(.snapshot(command)))
    }
    + PairCommand.allCases.map { command in
      Tool(name: command.rawValue, summary: command.syntax.summary, form: .one(.pair(command)))
    } + [
      Tool(
        name: ConfigurationCommand.configuring, summary: "configure the array",
        form: .verbs(ConfigurationCommand.verbs(of: ConfigurationCommand.configuring))),
      Tool(
        name: ConfigurationCommand.limiting, summary: "limit what hosts ask of logical disks",
        form: .verbs(ConfigurationCommand.verbs(of: ConfigurationCommand.limiting))),
    ]
    + ViewCommand.allCases.map { command in
      Tool(name: command.rawValue, summary: command.syntax.summary, form: .one(.view(command)))
    }
    + HostCommand.allCases.map { command in
      Tool(name: command.rawValue, summary: command.syntax.summary, form: .one(.host(command)))
    }

  static func named(_ name: String) -> Tool? { all.first { $0.name == name } }

  /// Its commands, in the order of the manual.
  var commands: [Command] {
    switch form {
    case .one(let command): [command]
    case .verbs(let verbs): verbs.map(\.command)
    }
  }
}
