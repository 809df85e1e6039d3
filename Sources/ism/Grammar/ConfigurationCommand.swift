/// The verbs of `iSMcfg` and `iSMioc`.
/// - Source: management-cli.md 2.1; commands.md 5.2.
enum ConfigurationCommand: String, CaseIterable, Sendable {
  case poolbind, poolunbind, poolexpand
  case srabind, sraexpand, sraunbind
  case ldbind, ldunbind, ldexpand, nickname
  case generationadd, generationdel
  case lvbind, lvunbind
  case addldset, delldset
  case addldsetinitiator, delldsetinitiator, addldsetpath, delldsetpath
  case addldsetport, delldsetport, addldsetclient, delldsetclient
  case addldsetld, delldsetld
  case setiscsiport, portname, arrayname, startacc, licenserelease
  case setlimit

  /// The program that configures the array, and the one that sets I/O limits.
  static let configuring = "iSMcfg"
  static let limiting = "iSMioc"

  /// Whose verb it is.
  var program: String { self == .setlimit ? Self.limiting : Self.configuring }

  /// The verbs of one program.
  static func verbs(of program: String) -> [(verb: String, command: Command)] {
    allCases.filter { $0.program == program }.map { ($0.rawValue, .configuration($0)) }
  }

  var syntax: CommandSyntax {
    switch self {
    case .poolbind: Self.poolbindSyntax
    case .poolunbind: Self.poolunbindSyntax
    case .poolexpand: Self.poolexpandSyntax
    case .srabind: Self.srabindSyntax
    case .sraexpand: Self.sraexpandSyntax
    case .sraunbind: Self.sraunbindSyntax
    case .ldbind: Self.ldbindSyntax
    case .ldunbind: Self.ldunbindSyntax
    case .ldexpand: Self.ldexpandSyntax
    case .nickname: Self.nicknameSyntax
    case .generationadd: Self.generationaddSyntax
    case .generationdel: Self.generationdelSyntax
    case .lvbind: Self.lvbindSyntax
    case .lvunbind: Self.lvunbindSyntax
    case .addldset: Self.addldsetSyntax
    case .delldset: Self.delldsetSyntax
    case .addldsetinitiator: Self.addldsetinitiatorSyntax
    case .delldsetinitiator: Self.delldsetinitiatorSyntax
    case .addldsetpath: Self.addldsetpathSyntax
    case .delldsetpath: Self.delldsetpathSyntax
    case .addldsetport: Self.addldsetportSyntax
    case .delldsetport: Self.delldsetportSyntax
    case .addldsetclient: Self.addldsetclientSyntax
    case .delldsetclient: Self.delldsetclientSyntax
    case .addldsetld: Self.addldsetldSyntax
    case .delldsetld: Self.delldsetldSyntax
    case .setiscsiport: Self.setiscsiportSyntax
    case .portname: Self.portnameSyntax
    case .arrayname: Self.arraynameSyntax
    case .startacc: Self.startaccSyntax
    case .licenserelease: Self.licensereleaseSyntax
    case .setlimit: Self.setlimitSyntax
    }
  }

  /// The table's entry for this verb.
  func entry(
    _ summary: String, _ description: [String], _ clauses: [Clause],
    examples: [(options: String, meaning: String)]
  ) -> CommandSyntax {
    let name = program + " " + rawValue
    return CommandSyntax(
      name: name, summary: summary, description: description, clauses: clauses,
      examples: examples.map {
        (line: $0.options.isEmpty ? name : name + " " + $0.options, meaning: $0.meaning)
      })
  }
}

// Options that several verbs share.
extension ConfigurationCommand {
  /// Numbers of logical disks that views can show are lower than this; the array takes more.
  static let diskNumbers: ClosedRange<UInt64> = 0...UInt64(UInt32.max)
  static let poolNumbers: ClosedRange<UInt64> = 0...254
  /// In any unit; the array knows the true limit.
  static let capacities: ClosedRange<UInt64> = 1...(1 << 40)
  static let counts: ClosedRange<UInt64> = 1...10_000

  static let poolNumber = Clause.option(
    OptionSyntax(
      "-poolnumber", .number("N", poolNumbers), help: "The number of the pool, decimal."))

  /// A size and the unit it is in.
  static func capacity(_ help: String) -> Clause {
    .all([
      .option(OptionSyntax("-capacity", .number("N", capacities), help: help)),
      .optional(
        .option(
          OptionSyntax(
            "-unit", .word(CapacityUnit.allCases.map(\.rawValue)),
            help: "What -capacity counts: 2^20 (mb), 2^30 (gb, the default) or 2^40 bytes (tb)."
          ))),
    ])
  }

  /// A disk by name or by number.
  static func disk(_ help: String) -> Clause {
    .exactlyOne([
      .option(OptionSyntax("-ldname", .fullName("TYPE:NAME"), help: help)),
      .option(
        OptionSyntax("-ldn", .number("N", diskNumbers), help: help + " By number, decimal.")),
    ])
  }

  /// A change that other systems carry out later; here every change is made at once.
  static let immediate = Clause.optional(
    .option(
      OptionSyntax("-immediate", help: "Accepted; every change takes effect at once.")))
}

/// What a capacity on a command line is counted in.
/// - Source: management-cli.md 1.3.
enum CapacityUnit: String, CaseIterable {
  case mebibyte = "mb"
  case gibibyte = "gb"
  case tebibyte = "tb"

  /// As a power of two.
  var shift: UInt64 {
    switch self {
    case .mebibyte: 20
    case .gibibyte: 30
    case .tebibyte: 40
    }
  }
}
