// The grammar of the commands as data. Reading a command line, the usage text and the manual
// pages all come from these values, so they cannot disagree.

/// How the value of a volume option is written.
/// - Source: commands.md 0.2.
enum VolumeFlag: String, CaseIterable, Sendable {
  /// A logical disk's name, without its type.
  case ld
  /// `.-N`, counted back from the newest snapshot of the volume that `-bv` names.
  case relgen
  /// `.N`, generation N of the volume that `-bv` names.
  case absgen
  /// `BV.-N`.
  case ldRelgen = "ld.relgen"
  /// `BV.N`.
  case ldAbsgen = "ld.absgen"

  /// True if the value means nothing without `-bv`.
  var needsBaseVolume: Bool { self == .relgen || self == .absgen }
}

/// The part a volume plays in a command: an option for its name and one that says how the
/// name is written.
enum VolumeRole: String, CaseIterable, Sendable {
  case base = "bv"
  case snapshot = "sv"
  case link = "lv"
  case any = "vol"
  case master = "mv"
  case replica = "rv"

  var option: String { "-" + rawValue }
  var flagOption: String { "-" + rawValue + "flg" }
  var placeholder: String { rawValue.uppercased() }
}

/// What follows an option.
enum OptionValue: Sendable {
  case nothing
  case word([String])
  case seconds(ClosedRange<Int>)
  /// Decimal.
  case number(String, ClosedRange<UInt64>)
  /// A type and a name, as in `LX:vol1`; `:vol1` has no type.
  case fullName(String)
  /// A type and the name of an LD set, as in `LX:hostA`.
  case ldSet(String)
  /// A drive letter, as in `G:`.
  case drive
  /// `\\?\Volume{GUID}\`, or `Volume{GUID}`.
  case volumeName
  /// Anything but another option.
  case text(String)
}

/// An option other than the pair that names a volume.
struct OptionSyntax: Sendable {
  let name: String
  let value: OptionValue
  let help: String

  init(_ name: String, _ value: OptionValue = .nothing, help: String) {
    self.name = name
    self.value = value
    self.help = help
  }
}

/// One requirement of a command line. Options may stand in any order.
indirect enum Clause: Sendable {
  case volume(VolumeRole, [VolumeFlag], help: String)
  case option(OptionSyntax)
  /// A word that stands without an option before it.
  case operand(OptionSyntax)
  /// May be left out.
  case optional(Clause)
  /// All of them.
  case all([Clause])
  /// One of them, and no second one.
  case exactlyOne([Clause])
  /// None of them or one.
  case atMostOne([Clause])
  /// One of them or more.
  case atLeastOne([Clause])
}

/// A command and everything there is to say about its command line.
struct CommandSyntax: Sendable {
  /// As it is typed before the options: a program, or a program and its verb.
  let name: String
  /// One line, for lists of commands.
  let summary: String
  /// What it does and when it returns, for its manual page.
  let description: [String]
  let clauses: [Clause]
  /// Command lines as typed, with what they do.
  let examples: [(line: String, meaning: String)]
}

extension Clause {
  /// Every option of the clause, in the order of the usage line.
  var optionNames: [String] {
    switch self {
    case .volume(let role, _, _): [role.option, role.flagOption]
    case .option(let option): [option.name]
    case .operand: []
    case .optional(let clause): clause.optionNames
    case .all(let clauses), .exactlyOne(let clauses), .atMostOne(let clauses),
      .atLeastOne(let clauses):
      clauses.flatMap(\.optionNames)
    }
  }

  /// The clauses without structure, in the order of the usage line.
  var leaves: [Clause] {
    switch self {
    case .volume, .option, .operand: [self]
    case .optional(let clause): clause.leaves
    case .all(let clauses), .exactlyOne(let clauses), .atMostOne(let clauses),
      .atLeastOne(let clauses):
      clauses.flatMap(\.leaves)
    }
  }
}
