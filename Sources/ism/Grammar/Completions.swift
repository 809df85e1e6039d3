/// What a shell offers after the names of the commands.
enum Completions {
  /// For bash; options with a closed set of words offer these after them.
  static var bash: String {
    var text = "# Options of the iSM commands, for bash-completion.\n"
    for command in SnapshotCommand.allCases {
      text += function(command)
      text += "complete -F _\(command.rawValue) \(command.rawValue)\n"
    }
    return text
  }

  private static func function(_ command: SnapshotCommand) -> String {
    var cases = ""
    for clause in command.syntax.clauses.flatMap(\.leaves) {
      for (option, words) in clause.closedWords {
        cases += "    \(option)) words=\"\(words.joined(separator: " "))\" ;;\n"
      }
    }
    let options = command.syntax.clauses.flatMap(\.optionNames)
    var unique: [String] = []
    for option in options where !unique.contains(option) { unique.append(option) }
    return """
      _\(command.rawValue)() {
        local words
        case "${COMP_WORDS[COMP_CWORD-1]}" in
      \(cases)    -bv|-sv|-lv|-vol|-time) words="" ;;
          *) words="\(unique.joined(separator: " "))" ;;
        esac
        COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
      }

      """
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
      case .nothing, .seconds: []
      }
    case .optional, .exactlyOne, .atMostOne, .atLeastOne: []
    }
  }
}
