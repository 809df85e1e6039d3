/// What a shell offers after the names of the commands.
enum Completions {
  /// For bash; options with a closed set of words offer these after them.
  static var bash: String {
    var text = "# Options of the iSM commands, for bash-completion.\n"
    for tool in Tool.all {
      switch tool.form {
      case .one(let command): text += function(tool.name, command.syntax)
      case .verbs(let verbs): text += function(tool.name, verbs.map { ($0.verb, $0.1.syntax) })
      }
      text += "complete -F _\(tool.name) \(tool.name)\n"
    }
    return text
  }

  private static func function(_ name: String, _ syntax: CommandSyntax) -> String {
    """
    _\(name)() {
      local words
      case "${COMP_WORDS[COMP_CWORD-1]}" in
    \(cases(syntax.clauses.flatMap(\.leaves)))    *) words="\(offered(syntax))" ;;
      esac
      COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
    }

    """
  }

  /// First the verb, then its options.
  private static func function(
    _ name: String, _ verbs: [(verb: String, syntax: CommandSyntax)]
  ) -> String {
    let known = verbs.map(\.verb).joined(separator: " ")
    var options = ""
    for (verb, syntax) in verbs {
      options += "        \(verb)) words=\"\(offered(syntax))\" ;;\n"
    }
    return """
      _\(name)() {
        local words
        case "${COMP_WORDS[COMP_CWORD-1]}" in
          \(name)|*/\(name)) words="\(known)" ;;
      \(cases(verbs.flatMap { $0.syntax.clauses.flatMap(\.leaves) }))    *) case "${COMP_WORDS[1]}" in
      \(options)      esac ;;
        esac
        COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
      }

      """
  }

  /// The options of a command and the words that may stand without one.
  private static func offered(_ syntax: CommandSyntax) -> String {
    let leaves = syntax.clauses.flatMap(\.leaves)
    let words = leaves.flatMap(\.optionNames) + leaves.flatMap(\.operandWords)
    return unique(words).joined(separator: " ")
  }

  /// What follows an option that has a value: its words if they are few, else nothing.
  private static func cases(_ leaves: [Clause]) -> String {
    var text = ""
    let closed = leaves.flatMap(\.closedWords)
    var done: Set<String> = []
    for (option, _) in closed where done.insert(option).inserted {
      let words = closed.filter { $0.option == option }.flatMap(\.words)
      text += "    \(option)) words=\"\(unique(words).joined(separator: " "))\" ;;\n"
    }
    let open = unique(leaves.flatMap(\.openOptions)).filter { !done.contains($0) }
    if !open.isEmpty { text += "    \(open.joined(separator: "|"))) words=\"\" ;;\n" }
    return text
  }

  private static func unique(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }
}

extension Clause {
  /// The options whose value is one of a few words, with these.
  fileprivate var closedWords: [(option: String, words: [String])] {
    switch self {
    case .volume(let role, let flags, _): [(role.flagOption, flags.map(\.rawValue))]
    case .option(let option):
      switch option.value {
      case .word(let words): [(option.name, words)]
      case .nothing, .seconds, .number, .fullName, .ldSet, .drive, .volumeName, .text: []
      }
    case .operand, .optional, .all, .exactlyOne, .atMostOne, .atLeastOne: []
    }
  }

  /// The options whose value can be anything.
  fileprivate var openOptions: [String] {
    switch self {
    case .volume(let role, _, _): [role.option]
    case .option(let option):
      switch option.value {
      case .seconds, .number, .fullName, .ldSet, .drive, .volumeName, .text: [option.name]
      case .nothing, .word: []
      }
    case .operand, .optional, .all, .exactlyOne, .atMostOne, .atLeastOne: []
    }
  }

  fileprivate var operandWords: [String] {
    if case .operand(let operand) = self, case .word(let words) = operand.value { return words }
    return []
  }
}
