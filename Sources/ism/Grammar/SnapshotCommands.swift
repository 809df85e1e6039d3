/// The snapshot commands.
/// - Source: commands.md 2; management-cli.md 2.3.
enum SnapshotCommand: String, CaseIterable, Sendable {
  case create = "iSMsc_create"
  case delete = "iSMsc_delete"
  case restore = "iSMsc_restore"
  case link = "iSMsc_link"
  case unlink = "iSMsc_unlink"
  case linkinfo = "iSMsc_linkinfo"
  case query = "iSMsc_query"
  case wait = "iSMsc_wait"
  case svguard = "iSMsc_svguard"

  /// Longest time that `-time` takes: a year.
  static let longestWait = 366 * 24 * 3600

  var syntax: CommandSyntax {
    switch self {
    case .create: Self.createSyntax
    case .delete: Self.deleteSyntax
    case .restore: Self.restoreSyntax
    case .link: Self.linkSyntax
    case .unlink: Self.unlinkSyntax
    case .linkinfo: Self.linkinfoSyntax
    case .query: Self.querySyntax
    case .wait: Self.waitSyntax
    case .svguard: Self.svguardSyntax
    }
  }

  private static let ofBase: [VolumeFlag] = [.ld, .relgen, .absgen, .ldRelgen, .ldAbsgen]
  private static let alone: [VolumeFlag] = [.ld, .ldRelgen, .ldAbsgen]
  private static let base = Clause.volume(.base, [.ld], help: "The base volume.")

  private static let createSyntax = CommandSyntax(
    name: create.rawValue,
    summary: "take a snapshot of a base volume",
    description: [
      "Keeps the base volume's contents of this moment in a generation. The base volume stays "
        + "usable. The command returns when the snapshot is established, and shows which "
        + "generation holds it.",
      "A generation that already holds a snapshot is taken again: it then holds the new "
        + "contents. A generation that is linked or guarded is refused.",
    ],
    clauses: [
      base,
      .exactlyOne([
        .volume(.snapshot, ofBase, help: "The generation to take."),
        .option(
          OptionSyntax(
            "-cyclic",
            help: "Use the generations in turn: one that holds no snapshot, else the oldest. "
              + "If that one is guarded or linked the command fails.")),
      ]),
    ],
    examples: [
      (
        "iSMsc_create -bv bv001 -bvflg ld -sv sv001_01 -svflg ld",
        "takes a snapshot of bv001 in sv001_01"
      ),
      ("iSMsc_create -bv bv001 -bvflg ld -cyclic", "lets the array choose the generation"),
    ])

  private static let deleteSyntax = CommandSyntax(
    name: delete.rawValue,
    summary: "delete a snapshot",
    description: [
      "Empties a generation. The generation can be used again when the command returns; the "
        + "space is given back in the background, which shows as a job."
    ],
    clauses: [
      base,
      .exactlyOne([
        .volume(.snapshot, ofBase, help: "The generation to empty."),
        .option(
          OptionSyntax(
            "-auto",
            help: "Empty the generation that the next cyclic create would overwrite. Nothing "
              + "is done if that one is empty.")),
      ]),
    ],
    examples: [
      (
        "iSMsc_delete -bv bv001 -bvflg ld -auto",
        "makes room ahead of the next iSMsc_create -cyclic"
      )
    ])

  private static let restoreSyntax = CommandSyntax(
    name: restore.rawValue,
    summary: "bring a base volume back to a snapshot",
    description: [
      "The base volume shows the snapshot's contents at once and can be used at once. The "
        + "generation keeps its contents.",
      "Nobody may use the base volume while the command runs: unmount it first.",
    ],
    clauses: [
      base,
      .volume(.snapshot, ofBase, help: "The generation to restore from."),
      .optional(
        .option(
          OptionSyntax(
            "-derivsv", .word(["keep", "del"]),
            help: "What becomes of generations newer than the restored one: they stay (keep, "
              + "the default) or are deleted (del)."))),
      .optional(
        .option(
          OptionSyntax(
            "-nowait", help: "Return when the restore has begun; see iSMsc_wait(1)."))),
    ],
    examples: [
      (
        "iSMsc_restore -bv bv001 -bvflg ld -sv .-1 -svflg relgen -nowait",
        "restores the newest snapshot"
      )
    ])

  private static let linkSyntax = CommandSyntax(
    name: link.rawValue,
    summary: "show a snapshot through a link volume",
    description: [
      "Makes a link volume show a generation. With -bv instead, it shows the base volume "
        + "itself, which is then closed to its own host until iSMsc_unlink(1)."
    ],
    clauses: [
      .volume(.link, [.ld], help: "The link volume."),
      .exactlyOne([
        .volume(.snapshot, alone, help: "The generation to show."),
        .volume(.base, [.ld], help: "The base volume to show."),
      ]),
      .optional(
        .option(
          OptionSyntax(
            "-lvacc", .word(["rw", "ro", "nr", "na"]),
            help: "What a host may do with the link volume: read and write (rw, the default), "
              + "read (ro), see but not access (nr), or not even see (na)."))),
    ],
    examples: [
      (
        "iSMsc_link -lv lv001 -lvflg ld -sv bv001.-1 -svflg ld.relgen",
        "shows the newest snapshot of bv001"
      )
    ])

  private static let unlinkSyntax = CommandSyntax(
    name: unlink.rawValue,
    summary: "end a link",
    description: [
      "The link volume shows nothing afterwards. What was written through it stays in the "
        + "generation. Unmount the link volume first."
    ],
    clauses: [
      .volume(.link, [.ld], help: "The link volume."),
      .optional(
        .volume(
          .snapshot, alone,
          help: "The generation it shows; the command fails if it shows another one.")),
    ],
    examples: [("iSMsc_unlink -lv lv001 -lvflg ld", "ends the link of lv001")])

  private static let linkinfoSyntax = CommandSyntax(
    name: linkinfo.rawValue,
    summary: "show what is linked to what",
    description: ["Shows whether a volume is linked, and to what."],
    clauses: [
      .volume(.any, alone, help: "A snapshot volume, link volume or base volume."),
      .optional(
        .option(
          OptionSyntax(
            "-lcl",
            help: "Also list the volumes of the same base volume on the other side of links."))
      ),
    ],
    examples: [
      ("iSMsc_linkinfo -vol sv001_01 -volflg ld -lcl", "shows who reads sv001_01")
    ])

  private static let querySyntax = CommandSyntax(
    name: query.rawValue,
    summary: "show a base volume and its snapshots",
    description: [
      "Shows a base volume and its generations, the newest snapshot first. With -sv, that "
        + "generation alone."
    ],
    clauses: [
      .atLeastOne([
        base, .volume(.snapshot, ofBase, help: "The generation to show."),
      ]),
      .atMostOne([
        .option(OptionSyntax("-summary", help: "One line per generation; also the default.")),
        .option(
          OptionSyntax(
            "-detail", help: "A block per generation, with sizes, guard and link volume.")),
      ]),
    ],
    examples: [("iSMsc_query -bv bv001 -bvflg ld -detail", "shows everything about bv001")])

  private static let waitSyntax = CommandSyntax(
    name: wait.rawValue,
    summary: "wait for a snapshot to reach a state",
    description: [
      "Returns when the generation has reached the state. Ends at once with status 1 if it is "
        + "faulty, and with status 3 if the time given is over."
    ],
    clauses: [
      .option(
        OptionSyntax(
          "-cond", .word(["active", "deleted"]),
          help: "The state to wait for: a snapshot that can be used (active), or none "
            + "(deleted).")),
      base,
      .volume(.snapshot, ofBase, help: "The generation to watch."),
      .optional(
        .option(
          OptionSyntax(
            "-time", .seconds(0...longestWait),
            help: "Seconds to wait at most; without it there is no limit."))),
    ],
    examples: [
      (
        "iSMsc_wait -cond active -bv bv001 -bvflg ld -sv .-1 -svflg relgen",
        "waits for the end of a restore"
      )
    ])

  private static let svguardSyntax = CommandSyntax(
    name: svguard.rawValue,
    summary: "protect a snapshot from being overwritten",
    description: [
      "A guarded generation is not overwritten by iSMsc_create(1) and not deleted by "
        + "iSMsc_delete(1). Setting a guard that is set changes nothing."
    ],
    clauses: [
      base,
      .volume(.snapshot, ofBase, help: "The generation."),
      .option(
        OptionSyntax("-mode", .word(["set", "cancel"]), help: "Set the guard, or cancel it.")),
    ],
    examples: [
      (
        "iSMsc_svguard -bv bv001 -bvflg ld -sv .-1 -svflg relgen -mode set",
        "protects the newest snapshot"
      )
    ])
}
