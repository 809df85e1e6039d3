import SedaiAPI
import SedaiHost
import SedaiHostModel
import SedaiModel

/// Shows, saves and brings back the signatures of disks.
/// - Source: seed manual 3.10(10); commands.md 3.5.
struct SignatureSession: Sendable {
  let command: HostCommand
  let line: CommandWords
  let host: HostConfiguration

  /// The signature of one disk.
  private struct Saved: Codable {
    var identity: DiskIdentity
    var name: String
    var table: PartitionTable.Kind
    var signature: String
  }

  func run() throws(Problem) -> CommandOutcome {
    let list = try VolumeListFile(host.places).read(patience: host.options.listWait)
    if let file = line.value("-import") { return try bringBack(file, list) }
    if let file = line.value("-export") {
      var saved: [Saved] = []
      for disk in list.disks {
        if let found = try self.saved(disk) { saved.append(found) }
      }
      try HostFiles.store(saved, at: file)
      return ended(saved.map { shown($0.name, $0.signature) }.joined())
    }
    let disk = try asked(of: list)
    guard let saved = try saved(disk) else {
      throw Problem(.noSignature, ["name": .text(disk.name)])
    }
    return CommandOutcome(output: shown(saved.name, saved.signature))
  }

  /// Nil for a disk without signature, or one that is not ready.
  private func saved(_ disk: ListedDisk) throws(Problem) -> Saved? {
    guard let first = disk.volumes.first,
      let bytes = try HostVolume(disk, first, host: host).connectedDisk()?.bytes(),
      let table = PartitionTable(bytes), let signature = table.signature
    else { return nil }
    return Saved(
      identity: disk.identity, name: disk.name, table: table.kind, signature: signature)
  }

  private func bringBack(_ file: String, _ list: VolumeList) throws(Problem) -> CommandOutcome {
    guard let all: [Saved] = try HostFiles.value(file) else {
      throw Problem(
        .hostFileFailed,
        ["action": .text("read"), "path": .text(file), "reason": .text("there is none")])
    }
    var text = ""
    for saved in all {
      guard let disk = list.disks.first(where: { $0.identity == saved.identity }),
        let first = disk.volumes.first
      else { continue }
      let volume = try HostVolume(disk, first, host: host)
      let isChanged = try volume.setSignature(saved.signature, of: saved.table)
      text += shown(disk.name, saved.signature + (isChanged ? "  written" : ""))
    }
    return ended(text)
  }

  private func asked(of list: VolumeList) throws(Problem) -> ListedDisk {
    let device = line.value("-disk")
    let name = line.value("-vol")
    let found = list.disks.first { disk in
      disk.name == name
        || device.map { wanted in
          disk.paths.contains { $0.device == wanted || VolumeListLayout.short($0.device) == wanted }
        } ?? false
    }
    guard let found else {
      throw Problem(.notInVolumeList, ["name": .text(name ?? device ?? "")])
    }
    return found
  }

  private func shown(_ name: String, _ signature: String) -> String {
    "   " + name.padded(to: 24) + " " + signature + "\n"
  }

  private func ended(_ text: String) -> CommandOutcome {
    CommandOutcome(output: text + MessageLine(command.rawValue, .signatureEnded).text + "\n")
  }
}
