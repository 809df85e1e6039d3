// Pools and snapshot reserve areas.

extension ConfigurationCommand {
  private static let member = Clause.exactlyOne([
    .all([
      .option(
        OptionSyntax(
          "-file", .text("PATH"),
          help: "A file for the pool, made in the size of -capacity: an absolute path on the "
            + "array, or a name in its data directory.")),
      capacity("Size of the file."),
      .optional(
        .option(
          OptionSyntax(
            "-sparse", help: "Let the file take its space only as it fills."))),
    ]),
    .option(
      OptionSyntax("-device", .text("PATH"), help: "A block device for the pool, taken whole.")),
  ])

  static let poolbindSyntax = poolbind.entry(
    "make a pool",
    [
      "Makes a pool of a file or a block device; poolexpand adds further ones. Pools hold "
        + "logical disks, and in a dynamic pool also generations."
    ],
    [
      poolNumber,
      .optional(
        .option(
          OptionSyntax(
            "-poolname", .text("NAME"),
            help: "1 to 32 letters, digits and _; without it the name is poolNN."))),
      .optional(
        .option(
          OptionSyntax(
            "-poolattr", .word(["basic", "dynamic"]),
            help: "What it may hold: no generations (basic), or everything (dynamic, the "
              + "default)."))),
      member,
    ],
    examples: [
      (
        "-poolnumber 1 -poolname fast -file pool1 -capacity 100",
        "makes pool 1 of a file of 100 GB"
      )
    ])

  static let poolunbindSyntax = poolunbind.entry(
    "remove a pool",
    ["Removes a pool that holds no logical disk. Its files and devices stay where they are."],
    [poolNumber], examples: [("-poolnumber 1", "removes pool 1")])

  static let poolexpandSyntax = poolexpand.entry(
    "add a file or a device to a pool",
    ["Adds the space of a file or a block device to a pool."], [poolNumber, member],
    examples: [
      ("-poolnumber 1 -device /dev/sdd", "adds the space of /dev/sdd to pool 1")
    ])

  static let srabindSyntax = srabind.entry(
    "make the snapshot reserve area of a pool",
    [
      "Sets space of a dynamic pool aside for what its generations hold. Generations need it. "
        + "The reserve warns at 75 and at 90 per cent of use; see sra in sedai(1)."
    ],
    [poolNumber, capacity("Its size.")],
    examples: [("-poolnumber 1 -capacity 20", "sets 20 GB of pool 1 aside")])

  static let sraexpandSyntax = sraexpand.entry(
    "make a snapshot reserve area larger",
    ["Gives the reserve of a pool a new size, also while it is full. It never shrinks."],
    [poolNumber, capacity("Its new size as a whole.")],
    examples: [("-poolnumber 1 -capacity 40", "makes the reserve of pool 1 40 GB large")])

  static let sraunbindSyntax = sraunbind.entry(
    "remove the snapshot reserve area of a pool",
    ["Gives the space of a reserve back to its pool. No generation may be left in the pool."],
    [poolNumber], examples: [("-poolnumber 1", "removes the reserve of pool 1")])
}
