import SedaiModel

// Logical disks, generations and link volumes.

extension ConfigurationCommand {
  private static let baseVolume = Clause.option(
    OptionSyntax("-bvname", .fullName("TYPE:BV"), help: "The base volume."))

  static let ldbindSyntax = ldbind.entry(
    "make a logical disk",
    [
      "Makes a logical disk without type, visible to no host. Its name is made of the array's "
        + "world wide name and the number; nickname changes it. With -ldattr cv it is a control "
        + "volume, whose size is fixed.",
      "A number that is in use is refused with iSM31077.",
    ],
    [
      poolNumber,
      .optional(
        .option(
          OptionSyntax(
            "-ldn", .number("N", diskNumbers),
            help: "Its number, decimal; the lowest free one without this option."))),
      .exactlyOne([
        capacity("Its size."),
        .option(OptionSyntax("-ldattr", .word(["cv"]), help: "Make a control volume.")),
      ]),
      immediate,
    ],
    examples: [
      ("-poolnumber 0 -ldn 31 -capacity 10 -immediate", "makes disk 001fh of 10 GB in pool 0"),
      ("-poolnumber 0 -ldattr cv -ldn 32", "makes disk 0020h a control volume"),
    ])

  static let ldunbindSyntax = ldunbind.entry(
    "remove a logical disk",
    [
      "Removes a logical disk and its contents for ever. One that has generations or link "
        + "volumes, or that is in an LD set, is refused."
    ],
    [disk("The logical disk.")], examples: [("-ldname LX:vol1", "removes vol1")])

  static let ldexpandSyntax = ldexpand.entry(
    "make a logical disk larger",
    [
      "Gives a logical disk a new size while hosts use it. Its generations keep their size; "
        + "after a restore the rest reads as zeroes. A disk never shrinks."
    ],
    [disk("The logical disk."), capacity("Its new size as a whole.")],
    examples: [("-ldn 31 -capacity 20 -unit gb", "makes disk 001fh 20 GB large")])

  static let setlimitSyntax = setlimit.entry(
    "set the I/O limits of a logical disk",
    [
      "Limits how many requests a second the hosts of a disk are served: reads, writes and "
        + "trims, each one request whatever its size. Only the limits given are changed, and "
        + "hosts that use the disk need do nothing.",
      "Requests above the upper limit wait; none is refused. A host that keeps 100 requests "
        + "under way at a limit of 10 a second waits 10 seconds for each, so mind its time limits.",
      "While a disk gets less than its lower limit although its hosts ask for it, disks that "
        + "get more than their own lower limit make way, though none below a twentieth of what "
        + "it had. Where that does not help they are let go, and it is tried again later.",
    ],
    [
      .option(OptionSyntax("-ldname", .fullName("TYPE:NAME"), help: "The logical disk.")),
      .atLeastOne([
        .option(
          OptionSyntax(
            "-upperlimit", .number("N", limits),
            help: "Requests a second at most: 10 to 1000000, or 0 for no limit.")),
        .option(
          OptionSyntax(
            "-lowerlimit", .number("N", limits),
            help: "Requests a second that other disks leave it: 10 to 1000000, or 0 for none.")),
        .option(
          OptionSyntax(
            "-upperreport", .word(["on", "off"]),
            help: "Whether reaching the upper limit is told as an event, once a minute at most.")
        ),
      ]),
    ],
    examples: [
      ("-ldname LX:vol1 -upperlimit 2000", "lets vol1 have 2000 requests a second"),
      ("-ldname LX:vol1 -upperlimit 0 -lowerlimit 500", "promises vol1 500 instead"),
    ])

  private static let limits: ClosedRange<UInt64> = 0...UInt64(IORate.range.upperBound)

  static let nicknameSyntax = nickname.entry(
    "name a logical disk",
    [
      "Gives a logical disk a name and a type. Its relations and its LD sets stay. The type is "
        + "fixed while generations or link volumes exist, and that of those always.",
      "A disk without type is written as :NAME.",
    ],
    [
      disk("The logical disk."),
      .option(
        OptionSyntax(
          "-newname", .fullName("TYPE:NAME"),
          help: "The new type and name; a name has 1 to 24 letters, digits and _.")),
      immediate,
    ],
    examples: [
      ("-ldn 31 -newname LX:vol1 -immediate", "names disk 001fh"),
      ("-ldname LX:old -newname LX:new", "renames a disk"),
    ])

  static let generationaddSyntax = generationadd.entry(
    "build generations of a base volume",
    [
      "Builds snapshot volumes that hold no snapshot yet. One is named exactly as said; of "
        + "several, the names end in _01, _02 and so on. If one of these names is taken none "
        + "is built. They take the type of the base volume."
    ],
    [
      baseVolume,
      .optional(poolNumber),
      .option(OptionSyntax("-count", .number("N", counts), help: "How many.")),
      .option(
        OptionSyntax(
          "-svname", .text("NAME"), help: "The name of the snapshot volumes, without type.")),
    ],
    examples: [
      (
        "-bvname LX:bv001 -poolnumber 0 -count 1 -svname sv001",
        "builds one generation of bv001 that is called sv001"
      )
    ])

  static let generationdelSyntax = generationdel.entry(
    "remove generations of a base volume",
    [
      "Removes generations that hold no snapshot: first one whose snapshot was deleted, the "
        + "one deleted last before others, then the one built last. A generation that holds a "
        + "snapshot is never removed."
    ],
    [
      baseVolume,
      .option(OptionSyntax("-count", .number("N", counts), help: "How many.")),
    ],
    examples: [("-bvname LX:bv001 -count 1", "removes the generation just emptied")])

  static let lvbindSyntax = lvbind.entry(
    "make a link volume",
    [
      "Makes a link volume for a base volume, unlinked, in the base volume's pool, of its size "
        + "and type."
    ],
    [
      baseVolume,
      .optional(
        .option(
          OptionSyntax(
            "-lvn", .number("N", diskNumbers),
            help: "Its number, decimal; the lowest free one without this option."))),
      .option(
        OptionSyntax(
          "-lvname", .text("NAME"), help: "Its name, without type.")),
    ],
    examples: [("-bvname LX:bv001 -lvn 40 -lvname lv001", "makes lv001 for bv001")])

  static let lvunbindSyntax = lvunbind.entry(
    "remove a link volume",
    ["Removes a link volume that is neither linked nor in an LD set."],
    [disk("The link volume.")], examples: [("-ldname LX:lv001", "removes lv001")])
}
