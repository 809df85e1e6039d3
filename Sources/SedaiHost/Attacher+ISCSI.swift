internal import Foundation
internal import SedaiAPI
internal import SedaiHostModel
internal import SedaiModel

// The kernel's iSCSI initiator, steered with open-iscsi's iscsiadm.

extension Attacher {
  /// SCSI disks that say they are the record's, in the order of their names.
  func scsiDisks(of record: AttachmentRecord) -> [HostDisk] {
    HostDisk.all().filter { $0.worldWideIdentifier == record.identity.worldWideIdentifier }
  }

  func connectByISCSI(_ record: AttachmentRecord) throws(Problem) -> AttachmentRecord {
    guard let target = record.target else {
      throw failed(record, "its record names no target")
    }
    var reached = 0
    var reason = "no portal answers"
    for portal in record.sources {
      do {
        let node = ["iscsiadm", "-m", "node", "-T", target, "-p", portal]
        try ProgramRun.succeed(node + ["-o", "new"], patience: Self.programPatience)
        try ProgramRun.succeed(
          node + [
            "-o", "update", "-n", "node.startup", "-v",
            record.isPersistent ? "automatic" : "manual",
          ], patience: Self.programPatience)
        let login = try ProgramRun(node + ["--login"], patience: Self.programPatience)
        // 15: there is a session already.
        if login.status == 0 || login.status == 15 {
          reached += 1
        } else {
          reason = login.output
        }
      } catch {
        reason = error.title
      }
    }
    guard reached > 0 else { throw failed(record, reason) }
    try rescanISCSI(target)
    let appeared = ProgramRun.wait(options.deviceWait) { !scsiDisks(of: record).isEmpty }
    guard appeared, let disk = scsiDisks(of: record).first else {
      throw failed(record, "target \(target) does not show it")
    }
    try setState(of: record, "running")
    var done = record
    done.device = disk.device
    return done
  }

  /// Lets the initiator look for new disks of a target.
  func rescanISCSI(_ target: String) throws(Problem) {
    _ = try ProgramRun(
      ["iscsiadm", "-m", "node", "-T", target, "--rescan"], patience: Self.programPatience)
  }

  /// Takes the disks away, and the session if nothing else is attached through it.
  func disconnectISCSI(_ record: AttachmentRecord) throws(Problem) {
    for disk in scsiDisks(of: record) { try tell("/sys/block/\(disk.name)/device/delete", "1") }
    guard let target = record.target else { return }
    let others = try AttachmentRecords(places).all().contains {
      $0.name != record.name && $0.target == target && !$0.isNotReady
    }
    if others { return }
    for words in [["--logout"], ["-o", "delete"]] {
      _ = try ProgramRun(
        ["iscsiadm", "-m", "node", "-T", target] + words, patience: Self.programPatience)
    }
  }

  /// Lets the kernel refuse everything (`offline`), or nothing (`running`).
  func setState(of record: AttachmentRecord, _ state: String) throws(Problem) {
    for disk in scsiDisks(of: record) where disk.state != state {
      try tell("/sys/block/\(disk.name)/device/state", state)
    }
  }

  /// The kernel takes words of a state with their line end only.
  private func tell(_ file: String, _ word: String) throws(Problem) {
    guard let handle = FileHandle(forWritingAtPath: file),
      (try? handle.write(contentsOf: Data((word + "\n").utf8))) != nil
    else { throw HostFiles.failure("write", file, "the kernel refuses \(word)") }
  }
}
