// Commands that do something to a volume of this host.

extension HostCommand {
  private static let drive = OptionSyntax(
    "-drv", .drive, help: "The drive letter: G: is the directory that host.conf gives it.")
  private static let volumeName = OptionSyntax(
    "-mvol", .volumeName,
    help: "The volume's name, between quotes, or without all backslashes: Volume{GUID}.")
  private static let directory = OptionSyntax(
    "-path", .text("DIRECTORY"), help: "The directory it is mounted at.")
  private static let logicalDisk = Clause.volume(.any, [.ld], help: "The logical disk.")

  /// One volume.
  private static let volume = Clause.exactlyOne([
    .option(drive), .option(volumeName), .option(directory), logicalDisk,
  ])

  static let flushSyntax = CommandSyntax(
    name: flush.rawValue,
    summary: "write what is cached of a volume",
    description: [
      "Writes what the file system and the kernel hold back; returns when it is on the disk. "
        + "Not possible while the disk is not ready."
    ],
    clauses: [volume],
    examples: [("iSMrc_flush -drv G:", "writes what is cached of G:")])

  static let unmountSyntax = CommandSyntax(
    name: unmount.rawValue,
    summary: "take a volume from its programs",
    description: [
      "Unmounts the volume. While a program uses it, in whatever mount namespace, the command "
        + "ends with iSM13609 and lists the programs with their process ids.",
      "A base volume keeps its drive letter for iSMrc_mount(1). A link volume or replication "
        + "volume loses its drive letter, and its disk is not ready afterwards: nothing can be "
        + "read from it until it is mounted again. It must have exactly one mount point.",
      "A link volume that shows another snapshot than when it was mounted ends with iSM13639: "
        + "what is cached of it belongs to what it showed before. -force and -offline take it "
        + "away all the same.",
    ],
    clauses: [
      volume,
      .atMostOne([
        .option(
          OptionSyntax(
            "-force",
            help: "Discard what is cached instead of writing it. Programs that use the volume "
              + "still keep it from being unmounted.")),
        .option(
          OptionSyntax(
            "-offline",
            help: "Cut off whoever uses the volume; programs may end abnormally. The drive letter "
              + "is taken away and the disk is not ready. Needs exactly one mount point.")),
      ]),
    ],
    examples: [
      ("iSMrc_umount -drv G:", "unmounts G:"),
      ("iSMrc_umount -drv G: -offline", "unmounts G: whoever uses it"),
    ])

  static let mountSyntax = CommandSyntax(
    name: mount.rawValue,
    summary: "give a volume to programs",
    description: [
      "Connects the disk if it is not ready, forgets what was cached of it, reads its partitions "
        + "again and mounts the volume: at the directory of the drive letter, at -path, or "
        + "without either where it was mounted last.",
      "Two XFS or btrfs file systems of one identifier are not mounted at the same time; the "
        + "message says what can be done.",
      "If the snapshot was taken while the file system was in use a notice names the command "
        + "that checks it.",
    ],
    clauses: [
      .atLeastOne([
        .option(volumeName), logicalDisk, .option(drive),
        .option(
          OptionSyntax(
            "-path", .text("DIRECTORY"),
            help: "The directory to mount it at; without -mvol and -vol the volume that was "
              + "mounted there last.")),
      ]),
      .optional(
        .option(OptionSyntax("-o", .text("OPTIONS"), help: "Options of mount(8)."))),
    ],
    examples: [
      ("iSMrc_mount -drv G:", "mounts G: again"),
      (
        "iSMrc_mount -mvol Volume{2a3b4c5d-6e7f-8809-8400-000000000400} -drv H:",
        "mounts a volume as H:"
      ),
    ])

  static let scanSyntax = CommandSyntax(
    name: scan.rawValue,
    summary: "find disks again",
    description: [
      "Connects the disks of this host that were lost: after a start of the host or of the "
        + "array, or because nothing was linked when the host started. A disk that a command "
        + "made not ready is connected as well; a link volume only while it is linked."
    ],
    clauses: [],
    examples: [("iSMrc_scan", "finds disks again")])

  static let signatureSyntax = CommandSyntax(
    name: signature.rawValue,
    summary: "show, save or bring back the signatures of disks",
    description: [
      "A signature is the identifier in the first block of a disk with a partition table. A "
        + "node of a cluster saves those of its disks, another brings back what was lost. Disks "
        + "are found by the array's identity of them. The identifier of a GUID partition table "
        + "is shown and saved; it is never changed."
    ],
    clauses: [
      .exactlyOne([
        logicalDisk,
        .option(
          OptionSyntax(
            "-disk", .text("DEVICE"), help: "A disk by its device, as in sdb or /dev/sdb.")),
        .option(
          OptionSyntax("-export", .text("FILE"), help: "Save those of all disks to a file.")),
        .option(
          OptionSyntax("-import", .text("FILE"), help: "Bring back those saved in a file.")),
      ])
    ],
    examples: [
      ("iSMrc_signature -vol bv001 -volflg ld", "shows the signature of bv001"),
      ("iSMrc_signature -export signatures.json", "saves all signatures"),
    ])
}
