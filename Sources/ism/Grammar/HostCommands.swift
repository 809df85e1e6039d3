/// The commands that work on the host's side of a disk.
/// - Source: commands.md 1, 3.
enum HostCommand: String, CaseIterable, Sendable {
  case volumeList = "iSMvollist"
  case flush = "iSMrc_flush"
  case unmount = "iSMrc_umount"
  case mount = "iSMrc_mount"
  case scan = "iSMrc_scan"
  case signature = "iSMrc_signature"

  var syntax: CommandSyntax {
    switch self {
    case .volumeList: Self.volumeListSyntax
    case .flush: Self.flushSyntax
    case .unmount: Self.unmountSyntax
    case .mount: Self.mountSyntax
    case .scan: Self.scanSyntax
    case .signature: Self.signatureSyntax
    }
  }

  private static let volumeListSyntax = CommandSyntax(
    name: volumeList.rawValue,
    summary: "make or show the list of logical disks, volumes and mount points",
    description: [
      "The list ties the array's logical disks to the disks of this host, their volumes and "
        + "their mount points. Disks are found by the identity that the array gives them: iSCSI "
        + "disks say it themselves, others were recorded by sedai attach. Only root may make "
        + "the list; who reads it while it is made waits.",
      "Make it again after changes of the array or of the host: names, types, disks, "
        + "generations, access control, partitions, mount points, the control volume, paths. A "
        + "list that is older is told with the cause on standard error.",
      "A disk that cannot be read reliably keeps its last entry, with a warning: a link volume "
        + "that is not linked, a base volume that is linked, a disk that is not ready.",
      "A drive letter is the directory that host.conf names for it. The name of a volume, "
        + "\\\\?\\Volume{GUID}\\, follows from the logical disk and the partition and never "
        + "changes; between quotes, or as Volume{GUID} alone, a shell leaves it as it is.",
    ],
    clauses: [
      .exactlyOne([
        .option(OptionSyntax("-cr", help: "Make the list, or update it.")),
        .option(OptionSyntax("-r", help: "Make it from nothing: no earlier entry is kept.")),
        .option(OptionSyntax("-a", help: "Show everything that is registered.")),
        .option(OptionSyntax("-l", help: "Show the logical disks.")),
        .option(OptionSyntax("-d", help: "Show the volumes and where they are mounted.")),
        .option(OptionSyntax("-ctl", help: "Show the control volumes.")),
      ]),
      .optional(.option(OptionSyntax("--json", help: "Print JSON, for programs."))),
    ],
    examples: [
      ("iSMvollist -cr", "makes the list"), ("iSMvollist -a", "shows all of it"),
    ])
}
