import SedaiModel

// LD sets, host ports, and the array itself.

extension ConfigurationCommand {
  private static let set = Clause.option(
    OptionSyntax(
      "-ldset", .ldSet("TYPE:NAME"),
      help: "The LD set: its type and its name of 1 to 16 letters, digits, _ and -."))
  private static let initiator = Clause.option(
    OptionSyntax("-initiatorname", .text("IQN"), help: "The name of the host's initiator."))
  private static let path = Clause.option(
    OptionSyntax(
      "-path", .text("PATH"),
      help: "A port of the host's adapter, as in 1000-0090-FA00-0001, or a host port of the "
        + "array, as in 00-01."))
  private static let client = Clause.option(
    OptionSyntax("-client", .text("NAME"), help: "The name in the certificate."))
  private static let port = Clause.option(
    OptionSyntax(
      "-port", .text("DD-PP"),
      help: "A host port: director and port, two hexadecimal digits each."))
  private static let assigned = Clause.option(
    OptionSyntax("-ldname", .fullName("TYPE:NAME"), help: "The logical disk."))

  static let addldsetSyntax = addldset.entry(
    "make an LD set",
    [
      "Makes a group of hosts that belong together. It sees no disk yet. An iSCSI set has a "
        + "target and all portals that setiscsiport sets up; in multi-target mode each of its "
        + "disks has a target of its own. A Fibre Channel set (fc) is recorded, but nothing is "
        + "served over Fibre Channel. NBD serves both kinds."
    ],
    [
      set,
      .option(OptionSyntax("-type", .word(["iscsi", "fc"]), help: "What its hosts use.")),
      .optional(
        .option(
          OptionSyntax(
            "-targetmode", .word(["normal", "multitarget"]),
            help: "One target for all disks (the default), or one for each."))),
    ],
    examples: [("-ldset LX:hostA -type iscsi", "makes an iSCSI set")])

  static let delldsetSyntax = delldset.entry(
    "remove an LD set", ["Removes an LD set that has no disk."], [set],
    examples: [("-ldset LX:hostA", "removes hostA")])

  static let addldsetinitiatorSyntax = addldsetinitiator.entry(
    "add an initiator to an iSCSI LD set",
    ["Lets an initiator in. An initiator belongs to one LD set."], [set, initiator],
    examples: [
      ("-ldset LX:hostA -initiatorname iqn.2026-01.example:init1", "lets init1 see what hostA sees")
    ])

  static let delldsetinitiatorSyntax = delldsetinitiator.entry(
    "remove an initiator from an iSCSI LD set",
    ["Lets an initiator in no more. The set's disks are closed; those who may open them again."],
    [set, initiator],
    examples: [
      ("-ldset LX:hostA -initiatorname iqn.2026-01.example:init1", "takes init1 out of hostA")
    ])

  static let addldsetpathSyntax = addldsetpath.entry(
    "add a path to a Fibre Channel LD set", ["Records a path. It belongs to one LD set."],
    [set, path], examples: [("-ldset LX:hostF -path 1000-0090-FA00-0001", "adds an adapter")])

  static let delldsetpathSyntax = delldsetpath.entry(
    "remove a path from a Fibre Channel LD set", ["Removes a path."], [set, path],
    examples: [("-ldset LX:hostF -path 1000-0090-FA00-0001", "removes an adapter")])

  static let addldsetportSyntax = addldsetport.entry(
    "let an iSCSI LD set in at a host port",
    [
      "An iSCSI set is served at every host port until the first one is named; then at the "
        + "ports named only."
    ],
    [set, port], examples: [("-ldset LX:hostA -port 00-01", "serves hostA at port 00-01 only")])

  static let delldsetportSyntax = delldsetport.entry(
    "do not let an iSCSI LD set in at a host port",
    ["Takes a port from those that serve a set. The set's disks are closed for a moment."],
    [set, port], examples: [("-ldset LX:hostA -port 00-01", "serves hostA elsewhere only")])

  static let addldsetclientSyntax = addldsetclient.entry(
    "let the bearer of a TLS client certificate in over NBD",
    ["A certificate belongs to one LD set."], [set, client],
    examples: [("-ldset LX:hostA -client hosta.example", "lets hosta.example see hostA's disks")])

  static let delldsetclientSyntax = delldsetclient.entry(
    "do not let the bearer of a TLS client certificate in any more",
    ["The set's disks are closed; those who may open them again."], [set, client],
    examples: [("-ldset LX:hostA -client hosta.example", "takes hosta.example out of hostA")])

  static let addldsetldSyntax = addldsetld.entry(
    "assign a logical disk to an LD set",
    [
      "Lets the hosts of a set see a disk. Without -lun it has the lowest free LUN; a link "
        + "volume is never at LUN 0. In multi-target mode the array chooses target and LUN.",
      "Snapshot volumes are never assigned. A control volume belongs to one set. A set that "
        + "sees a base volume and its link volume is warned of, and for disks of type WG "
        + "refused, as are two link volumes of one base volume.",
    ],
    [
      set, assigned,
      .optional(
        .option(OptionSyntax("-lun", .number("N", luns), help: "Its LUN, decimal."))),
    ],
    examples: [
      ("-ldset LX:hostA -ldname LX:vol1", "assigns vol1 at the lowest free LUN"),
      ("-ldset LX:hostA -ldname LX:lv001 -lun 1", "assigns lv001 at LUN 1"),
    ])

  static let delldsetldSyntax = delldsetld.entry(
    "take a logical disk out of an LD set",
    [
      "Hosts of the set do not see the disk any more; other disks keep their LUNs and targets. "
        + "A disk that is not in the set is refused with iSM31065."
    ],
    [set, assigned], examples: [("-ldset LX:hostA -ldname LX:vol1", "takes vol1 from hostA")])

  static let setiscsiportSyntax = setiscsiport.entry(
    "set an iSCSI host port up",
    [
      "Gives a host port an address, which becomes a portal of the iSCSI sets. Its link shows "
        + "down until a target listens there."
    ],
    [
      port,
      .option(
        OptionSyntax(
          "-ipaddress", .text("ADDRESS"),
          help: "An IPv4 address of the array; 0.0.0.0 takes the address away.")),
      .optional(
        .option(
          OptionSyntax(
            "-tcpport", .number("N", 1...65535), help: "The TCP port; 3260 unless told."))),
    ],
    examples: [("-port 00-01 -ipaddress 192.0.2.10", "sets port 00-01 up")])

  static let portnameSyntax = portname.entry(
    "name a host port", ["Gives a host port a name."],
    [
      port,
      .option(
        OptionSyntax(
          "-newname", .text("NAME"), help: "1 to 32 letters, digits and _.")),
    ],
    examples: [("-port 00-01 -newname DB_PRIMARY", "names port 00-01")])

  static let arraynameSyntax = arrayname.entry(
    "name the array", ["Gives the array a name, which lists show."],
    [
      .option(
        OptionSyntax("-newname", .text("NAME"), help: "1 to 32 letters, digits and _."))
    ],
    examples: [("-newname Tokyo_Customer_DataBase", "names the array")])

  static let startaccSyntax = startacc.entry(
    "start access control",
    [
      "Access control is always on: a logical disk is visible to nobody until it is in an LD "
        + "set. The verb asks the array whether it is there and changes nothing, so that "
        + "procedures that start access control work."
    ],
    [], examples: [("", "makes sure that access control is on")])

  static let licensereleaseSyntax = licenserelease.entry(
    "release a product on the array",
    [
      "Without any licence the array is open: every product works without limits. From the "
        + "first key on a product needs a licence that covers the capacity of all pools. When "
        + "the pools outgrow it, what is built goes on working and nothing new is built: no "
        + "reserve, no generation, no link volume. A key for the same product takes the place "
        + "of the one before.",
      "A key is a product (DSV for DynamicSnapVolume, DDR for DynamicDataReplication), a "
        + "version, a capacity in TB or ANY, and two digits that find typing errors.",
    ],
    [.option(OptionSyntax("-key", .text("KEY"), help: "The licence key."))],
    examples: [
      ("-key DSV-V3-10TB-\(Self.exampleCheckDigits)", "releases DynamicSnapVolume for 10 TB")
    ])

  /// Of the key in the example.
  private static var exampleCheckDigits: String {
    String(
      Licence(product: .snapshots, version: 3, capacity: 10 << 40).key.suffix(2))
  }

  private static let luns: ClosedRange<UInt64> = 0...UInt64(UInt16.max)
}
