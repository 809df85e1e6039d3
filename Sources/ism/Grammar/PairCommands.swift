import SedaiModel

/// The replication commands.
/// - Source: commands.md 4; management-cli.md 2.2.
enum PairCommand: String, CaseIterable, Sendable {
  case pair = "iSMrc_pair"
  case replicate = "iSMrc_replicate"
  case separate = "iSMrc_separate"
  case restore = "iSMrc_restore"
  case change = "iSMrc_change"
  case wait = "iSMrc_wait"
  case query = "iSMrc_query"
  case ldlist = "iSMrc_ldlist"
  case arrayinfo = "iSMrc_arrayinfo"

  var syntax: CommandSyntax {
    switch self {
    case .pair: Self.pairSyntax
    case .replicate: Self.replicateSyntax
    case .separate: Self.separateSyntax
    case .restore: Self.restoreSyntax
    case .change: Self.changeSyntax
    case .wait: Self.waitSyntax
    case .query: Self.querySyntax
    case .ldlist: Self.ldlistSyntax
    case .arrayinfo: Self.arrayinfoSyntax
    }
  }

  private static let master = Clause.volume(.master, [.ld], help: "The master volume.")
  private static let replica = Clause.volume(.replica, [.ld], help: "The replication volume.")
  private static let noWait = Clause.optional(
    .option(
      OptionSyntax("-nowait", help: "Return when the copy has begun; see iSMrc_wait(1).")))
  private static let mode = OptionSyntax(
    "-cpmode", .word(CopyMode.allCases.map(\.rawValue)),
    help: "Copy in the foreground (fg) or in the background (bg, the default).")
  private static let range = Clause.optional(
    .option(
      OptionSyntax(
        "-cprange", .word(CopyRange.allCases.map(\.rawValue)),
        help: "Copy everything (full), or what differs (diff, the default). Within a pool "
          + "nothing has to be copied either way.")))

  private static let pairSyntax = CommandSyntax(
    name: pair.rawValue,
    summary: "make two volumes a pair, or end a pair",
    description: [
      "A pair is a master volume and a replication volume of the same size, which can become "
        + "its copy. Pairing copies nothing: the pair is separated at first. The master volume "
        + "may be a snapshot volume.",
      "Ending a pair leaves both volumes what they are.",
    ],
    clauses: [
      .exactlyOne([
        .option(OptionSyntax("-pair", help: "Make a pair.")),
        .option(OptionSyntax("-unpair", help: "End a pair that is separated.")),
      ]),
      master, replica,
      .optional(
        .option(
          OptionSyntax(
            "-force", .word(["all"]),
            help: "With -unpair: in any state. A copy that is not complete stays as it is."))),
    ],
    examples: [
      ("iSMrc_pair -pair -mv db01 -mvflg ld -rv copy01 -rvflg ld", "makes copy01 a copy of db01"),
      ("iSMrc_pair -unpair -mv db01 -mvflg ld -rv copy01 -rvflg ld", "ends the pair"),
    ])

  private static let replicateSyntax = CommandSyntax(
    name: replicate.rawValue,
    summary: "make a replication volume what its master volume is",
    description: [
      "The replication volume takes the master volume's contents and follows its writes until "
        + "iSMrc_separate(1). Hosts have no access to it meanwhile: unmount it first."
    ],
    clauses: [master, replica, range, .optional(.option(mode)), noWait],
    examples: [
      (
        "iSMrc_replicate -mv db01 -mvflg ld -rv copy01 -rvflg ld -nowait -cprange full -cpmode bg",
        "copies db01 to copy01"
      )
    ])

  private static let separateSyntax = CommandSyntax(
    name: separate.rawValue,
    summary: "separate a replication volume from its master volume",
    description: [
      "The replication volume is what the master volume is at this moment, and both can be used "
        + "on their own."
    ],
    clauses: [
      master, replica,
      .optional(
        .option(
          OptionSyntax(
            "-rvacc", .word(AccessMode.allCases.map(\.rawValue)),
            help: "What hosts may do with the replication volume: read and write (rw, the "
              + "default), read (ro), see but not access (nr), or not even see (na)."))),
      .optional(
        .option(
          OptionSyntax(
            "-rvuse", .word(ReplicaUse.allCases.map(\.rawValue)),
            help: "When hosts may: at once, while copying goes on (immediate), or when all is "
              + "copied (complete, the default)."))),
      .optional(
        .option(
          OptionSyntax(
            "-force", .word(["all"]),
            help: "Stop the copy where it is. The replication volume is of no use then."))),
      noWait,
    ],
    examples: [
      (
        "iSMrc_separate -mv db01 -mvflg ld -rv copy01 -rvflg ld -rvacc rw -rvuse immediate -nowait",
        "gives copy01 to its host"
      )
    ])

  private static let restoreSyntax = CommandSyntax(
    name: restore.rawValue,
    summary: "bring a master volume back to its replication volume",
    description: [
      "The master volume shows the replication volume's contents at once and can be used at "
        + "once. Nobody may use either volume while the command runs: unmount them first."
    ],
    clauses: [
      master, replica,
      .optional(
        .option(
          OptionSyntax(
            "-mode", .word(PairRestoreMode.allCases.map(\.rawValue)),
            help: "Let the replication volume follow the master volume until it is separated "
              + "(update, the default), or leave it as it is and separate (protect)."))),
      range, noWait,
    ],
    examples: [
      (
        "iSMrc_restore -mv db01 -mvflg ld -rv copy01 -rvflg ld -mode protect",
        "brings db01 back and keeps copy01 for another time"
      )
    ])

  private static let changeSyntax = CommandSyntax(
    name: change.rawValue,
    summary: "change how a pair copies and who may use the copy",
    description: ["Changes what is given and leaves the rest."],
    clauses: [
      master, replica,
      .atLeastOne([
        .option(mode),
        .option(
          OptionSyntax(
            "-rvacc", .word(AccessMode.allCases.map(\.rawValue)),
            help: "What hosts may do with the replication volume while it is separated.")),
      ]),
    ],
    examples: [
      (
        "iSMrc_change -mv db01 -mvflg ld -rv copy01 -rvflg ld -rvacc ro",
        "keeps hosts from writing to copy01"
      )
    ])

  private static let waitSyntax = CommandSyntax(
    name: wait.rawValue,
    summary: "wait for a pair to reach a state",
    description: [
      "Returns when the pair has reached the state. Ends at once with status 1 if the pair is "
        + "cancelled or faulty, and with status 3 if the time given is over."
    ],
    clauses: [
      .option(
        OptionSyntax(
          "-cond", .word(PairCondition.allCases.map(\.rawValue)),
          help: "The state to wait for: both volumes the same (sync), or separated (sep).")),
      master, replica,
      .optional(
        .option(
          OptionSyntax(
            "-time", .seconds(0...SnapshotCommand.longestWait),
            help: "Seconds to wait at most; without it there is no limit."))),
    ],
    examples: [
      (
        "iSMrc_wait -cond sep -mv db01 -mvflg ld -rv copy01 -rvflg ld",
        "waits for the end of a separation"
      )
    ])

  private static let querySyntax = CommandSyntax(
    name: query.rawValue,
    summary: "show pairs and their states",
    description: [
      "Shows the pairs of a master volume, or the pair of a replication volume. Separate Diff "
        + "is what differs between the two, Copy Diff what is still to be copied."
    ],
    clauses: [.atLeastOne([master, replica])],
    examples: [("iSMrc_query -mv db01 -mvflg ld", "shows every copy of db01")])

  private static let ldlistSyntax = CommandSyntax(
    name: ldlist.rawValue,
    summary: "list logical disks with their replication attributes",
    description: ["Lists the logical disks of the array."],
    clauses: [],
    examples: [("iSMrc_ldlist", "shows which disks are masters and copies")])

  private static let arrayinfoSyntax = CommandSyntax(
    name: arrayinfo.rawValue,
    summary: "show what the array can replicate",
    description: ["Shows the array and the state of its replication function."],
    clauses: [
      .optional(.option(OptionSyntax("-dinfo", help: "About the array; also the default.")))
    ],
    examples: [("iSMrc_arrayinfo -dinfo", "shows the array")])
}
