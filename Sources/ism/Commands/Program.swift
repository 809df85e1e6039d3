import SedaiAPI
import SedaiClient
import SedaiModel

/// What the program was called for.
enum Invocation {
  case command(SnapshotCommand, words: [String])
  case help(SnapshotCommand)
  /// The names of all commands, one per line: installers make links from them.
  case list
  case completions
  case manualPage(SnapshotCommand)
  case overview
  case unknown(String)

  /// - Parameter arguments: with the name the program was called by in front.
  init(arguments: [String]) {
    let own = (arguments.first ?? "").split(separator: "/").last.map(String.init) ?? ""
    let words = Array(arguments.dropFirst())
    if let command = SnapshotCommand(rawValue: own) {
      self = Self.command(command, words)
    } else if let first = words.first {
      self = Self.byName(first, Array(words.dropFirst()))
    } else {
      self = .overview
    }
  }

  private static func command(_ command: SnapshotCommand, _ words: [String]) -> Self {
    let helps: Set<String> = ["-h", "-help", "--help"]
    if let word = words.first, words.count == 1, helps.contains(word) { return .help(command) }
    return .command(command, words: words)
  }

  private static func byName(_ first: String, _ rest: [String]) -> Self {
    switch first {
    case "--list": return .list
    case "--completions": return .completions
    case "--help", "-help", "-h": return .overview
    case "--manual":
      guard let name = rest.first else { return .overview }
      return SnapshotCommand(rawValue: name).map(Self.manualPage) ?? .unknown(name)
    default:
      return SnapshotCommand(rawValue: first).map { command($0, rest) } ?? .unknown(first)
    }
  }
}

/// Runs one invocation from start to end.
struct Program {
  let environment: [String: String]
  let clock: LocalClock

  func run(_ invocation: Invocation) async -> CommandOutcome {
    switch invocation {
    case .command(let command, let words):
      return await run(command, words)
    case .help(let command):
      return CommandOutcome(output: command.syntax.help)
    case .list:
      let names = SnapshotCommand.allCases.map(\.rawValue)
      return CommandOutcome(output: names.joined(separator: "\n") + "\n")
    case .completions:
      return CommandOutcome(output: Completions.bash)
    case .manualPage(let command):
      return CommandOutcome(output: command.syntax.manualPage)
    case .overview:
      return CommandOutcome(output: Self.overview)
    case .unknown(let name):
      let line = MessageLine("ism", .unknownCommand, ["command": .text(name)])
      return CommandOutcome(errors: line.text + "\n" + Self.overview, status: .usage)
    }
  }

  private func run(_ command: SnapshotCommand, _ words: [String]) async -> CommandOutcome {
    let line: CommandWords
    do throws(UsageError) {
      line = try CommandWords(command, words: words)
    } catch {
      let message = MessageLine(command.rawValue, error.messageID, error.arguments)
      return CommandOutcome(
        errors: message.text + "\n" + command.syntax.usage, status: .usage)
    }
    do throws(Problem) {
      let settings = try ClientSettings(environment: environment)
      return await run(line, ArrayClient(settings))
    } catch {
      return failure(command, error)
    }
  }

  private func run(_ line: CommandWords, _ client: ArrayClient) async -> CommandOutcome {
    let outcome: CommandOutcome
    do throws(Problem) {
      outcome = try await Session(client: client, clock: clock, line: line).run()
    } catch {
      outcome = failure(line.command, error)
    }
    await client.close()
    return outcome
  }

  private func failure(_ command: SnapshotCommand, _ problem: Problem) -> CommandOutcome {
    CommandOutcome(
      errors: MessageLine(command.rawValue, problem).text + "\n", status: problem.exitStatus)
  }

  static var overview: String {
    var text = "usage: ism COMMAND [OPTION]...\n       COMMAND [OPTION]...\n\n"
    for command in SnapshotCommand.allCases {
      text += "  " + command.rawValue.padded(to: 18) + command.syntax.summary + "\n"
    }
    return text + "\n  ism COMMAND -help    the options of a command\n"
      + "  ism --list           the names of the commands, for links to this program\n"
  }
}
