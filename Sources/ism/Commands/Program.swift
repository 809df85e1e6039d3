import SedaiAPI
import SedaiClient
import SedaiHost
import SedaiModel

/// What the program was called for.
enum Invocation {
  case command(Command, words: [String])
  case help(Command)
  /// A tool with verbs, called without one: what it can do.
  case verbs(Tool)
  /// The names of all tools, one per line: installers make links from them.
  case list
  case completions
  case manualPage(Tool)
  /// The page of this program itself, under its own name.
  case ownManualPage
  case overview
  case unknown(String)
  case unknownVerb(String, of: Tool)

  private static let helps: Set<String> = ["-h", "-help", "--help"]

  /// - Parameter arguments: with the name the program was called by in front.
  init(arguments: [String]) {
    let own = (arguments.first ?? "").split(separator: "/").last.map(String.init) ?? ""
    let words = Array(arguments.dropFirst())
    if let tool = Tool.named(own) {
      self = Self.tool(tool, words)
    } else if let first = words.first {
      self = Self.byName(first, Array(words.dropFirst()))
    } else {
      self = .overview
    }
  }

  private static func tool(_ tool: Tool, _ words: [String]) -> Self {
    switch tool.form {
    case .one(let command): return Self.command(command, words)
    case .verbs(let verbs):
      guard let first = words.first, !(words.count == 1 && helps.contains(first))
      else { return .verbs(tool) }
      guard let found = verbs.first(where: { $0.verb == first })
      else { return .unknownVerb(first, of: tool) }
      return Self.command(found.command, Array(words.dropFirst()))
    }
  }

  private static func command(_ command: Command, _ words: [String]) -> Self {
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
      if name == "ism" { return .ownManualPage }
      return Tool.named(name).map(Self.manualPage) ?? .unknown(name)
    default:
      return Tool.named(first).map { tool($0, rest) } ?? .unknown(first)
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
    case .verbs(let tool):
      return CommandOutcome(output: tool.overview)
    case .list:
      return CommandOutcome(output: Tool.all.map(\.name).joined(separator: "\n") + "\n")
    case .completions:
      return CommandOutcome(output: Completions.bash)
    case .manualPage(let tool):
      return CommandOutcome(output: tool.manualPage)
    case .ownManualPage:
      return CommandOutcome(output: Self.manualPage)
    case .overview:
      return CommandOutcome(output: Self.overview)
    case .unknown(let name):
      let line = MessageLine("ism", .unknownCommand, ["command": .text(name)])
      return CommandOutcome(errors: line.text + "\n" + Self.overview, status: .usage)
    case .unknownVerb(let verb, let tool):
      let line = MessageLine(tool.name, .unknownCommand, ["command": .text(verb)])
      return CommandOutcome(errors: line.text + "\n" + tool.overview, status: .usage)
    }
  }

  private func run(_ command: Command, _ words: [String]) async -> CommandOutcome {
    let line: CommandWords
    do throws(UsageError) {
      line = try CommandWords(command.syntax, words: words)
    } catch {
      let message = MessageLine(command.program, error.messageID, error.arguments)
      return CommandOutcome(
        errors: message.text + "\n" + command.syntax.usage, status: .usage)
    }
    do throws(Problem) {
      if command == .view(.outputForm) {
        return try OutputFormSession(environment: environment, line: line).run()
      }
      let settings = try ClientSettings(environment: environment)
      return await run(command, line, ArrayClient(settings))
    } catch {
      return failure(command, error)
    }
  }

  private func run(
    _ command: Command, _ line: CommandWords, _ client: ArrayClient
  ) async -> CommandOutcome {
    let outcome: CommandOutcome
    do throws(Problem) {
      switch command {
      case .snapshot(let command):
        let host = try HostConfiguration(HostPlaces(environment: environment))
        outcome = try await Session(
          client: client, clock: clock, command: command, line: line,
          host: host.isConfigured ? host : nil
        ).run()
      case .pair(let command):
        outcome = try await PairSession(
          client: client, clock: clock, command: command, line: line
        ).run()
      case .configuration(let command):
        outcome = try await ConfigurationSession(
          client: client, command: command, line: line
        ).run()
      case .view(let command):
        outcome = try await ViewSession(
          client: client, command: command, line: line,
          form: SessionOutput(environment: environment)?.form ?? .text
        ).run()
      case .host(let command):
        outcome = await HostSession(
          client: client, clock: clock, command: command, line: line,
          host: try HostConfiguration(HostPlaces(environment: environment))
        ).run()
      }
    } catch {
      outcome = failure(command, error)
    }
    await client.close()
    return outcome
  }

  private func failure(_ command: Command, _ problem: Problem) -> CommandOutcome {
    CommandOutcome(
      errors: MessageLine(command.program, problem).text + "\n"
        + (problem.detail.map { "  " + $0 + "\n" } ?? ""), status: problem.exitStatus)
  }

  static var overview: String {
    var text = "usage: ism COMMAND [OPTION]...\n       COMMAND [OPTION]...\n\n"
    for tool in Tool.all { text += "  " + tool.name.padded(to: 18) + tool.summary + "\n" }
    return text + "\n  ism COMMAND -help    the options of a command\n"
      + "  ism --list           the names of the commands, for links to this program\n"
  }
}

extension Command {
  /// The name that its messages begin with.
  var program: String { String(syntax.name.prefix { $0 != " " }) }
}

extension Tool {
  /// Its commands with a line about each.
  var overview: String {
    var text = "usage: \(name) VERB [OPTION]...\n\n"
    for command in commands.map(\.syntax) {
      text +=
        "  " + String(command.name.dropFirst(name.count + 1)).padded(to: 20)
        + command.summary + "\n"
    }
    return text + "\n  \(name) VERB -help    the options of a verb\n"
  }
}
