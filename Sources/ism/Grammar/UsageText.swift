extension Clause {
  /// The clause as it stands in a usage line.
  var usage: String {
    switch self {
    case .volume(let role, let flags, _):
      "\(role.option) \(role.placeholder) \(role.flagOption) "
        + Self.alternatives(flags.map(\.rawValue))
    case .option(let option):
      option.usage
    case .operand(let operand):
      operand.operandUsage
    case .optional(let clause):
      "[\(clause.usage)]"
    case .all(let clauses):
      clauses.map(\.usage).joined(separator: " ")
    case .exactlyOne(let clauses):
      "{" + clauses.map(\.usage).joined(separator: " | ") + "}"
    case .atMostOne(let clauses):
      "[" + clauses.map(\.usage).joined(separator: " | ") + "]"
    case .atLeastOne(let clauses):
      clauses.map { "[\($0.usage)]" }.joined(separator: " ")
    }
  }

  fileprivate static func alternatives(_ words: [String]) -> String {
    words.count == 1 ? words[0] : "{" + words.joined(separator: "|") + "}"
  }
}

extension OptionSyntax {
  var usage: String {
    switch value {
    case .nothing: name
    case .word(let words): name + " " + Clause.alternatives(words)
    case .seconds: name + " SECONDS"
    case .drive: name + " DRIVE:"
    case .volumeName: name + " VOLUME"
    case .number(let placeholder, _), .fullName(let placeholder),
      .ldSet(let placeholder), .text(let placeholder):
      name + " " + placeholder
    }
  }

  fileprivate var operandUsage: String {
    switch value {
    case .word(let words): Clause.alternatives(words)
    case .nothing, .seconds, .number, .fullName, .ldSet, .drive, .volumeName, .text: name
    }
  }
}

extension CommandSyntax {
  /// Lines are not made longer than this where a clause allows it.
  private static let usageWidth = 100

  /// The usage, broken between clauses.
  var usage: String {
    let indent = String(repeating: " ", count: "usage: ".count + name.count)
    var lines = ["usage: " + name]
    for clause in clauses.map(\.usage) {
      let last = lines[lines.count - 1]
      if last.count + 1 + clause.count > Self.usageWidth,
        lines.count > 1 || last != "usage: \(name)"
      {
        lines.append(indent + " " + clause)
      } else {
        lines[lines.count - 1] = last + " " + clause
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The usage with a line about each option.
  var help: String {
    var text = "\(name): \(summary)\n\n\(usage)\n"
    for (option, explanation) in optionHelp {
      text += "  \(option)\n"
      for line in explanation.wrapped(to: Self.usageWidth - 8) { text += "        \(line)\n" }
    }
    return text
  }

  /// Each option in full with its explanation.
  var optionHelp: [(option: String, explanation: String)] {
    clauses.flatMap(\.leaves).map { clause in
      switch clause {
      case .volume(let role, let flags, let help):
        (clause.usage, help + " " + Self.explanation(of: flags, role))
      case .option(let option), .operand(let option):
        (clause.usage, option.help)
      case .optional, .all, .exactlyOne, .atMostOne, .atLeastOne:
        (clause.usage, "")
      }
    }
  }

  private static func explanation(of flags: [VolumeFlag], _ role: VolumeRole) -> String {
    flags.map { flag in
      switch flag {
      case .ld: "ld: the name of the logical disk, without its type."
      case .relgen: "relgen: .-N, where .-1 is the newest snapshot of the volume after -bv."
      case .absgen: "absgen: .N, where N is the fixed number of the generation."
      case .ldRelgen: "ld.relgen: BV.-N, the same with the base volume's name."
      case .ldAbsgen: "ld.absgen: BV.N."
      }
    }.joined(separator: " ")
  }
}

extension String {
  /// The words of the text in lines of at most `width` characters; a longer word has a line of
  /// its own.
  func wrapped(to width: Int) -> [String] {
    var lines: [String] = []
    for word in split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
