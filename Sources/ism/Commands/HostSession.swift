import Foundation
import SedaiAPI
import SedaiClient
import SedaiHost
import SedaiHostModel
import SedaiModel

/// One run of a host command.
struct HostSession: Sendable {
  let client: ArrayClient
  let clock: LocalClock
  let command: HostCommand
  let line: CommandWords
  let host: HostConfiguration

  /// Does what the command line asks. Settings that cannot be used are told first.
  func run() async -> CommandOutcome {
    var outcome: CommandOutcome
    do throws(Problem) {
      outcome =
        switch command {
        case .volumeList: try await volumeList()
        }
    } catch {
      outcome = CommandOutcome(errors: said(error), status: error.exitStatus)
    }
    outcome.errors = host.warnings.map(said).joined() + outcome.errors
    return outcome
  }

  func said(_ problem: Problem) -> String {
    MessageLine(command.rawValue, problem).text + "\n"
  }

  func needRoot() throws(Problem) {
    guard geteuid() == 0 else { throw Problem(.notRoot, ["command": .text(command.rawValue)]) }
  }

  // MARK: Volume list

  private func volumeList() async throws(Problem) -> CommandOutcome {
    if line.has("-cr") || line.has("-r") { return try await makeVolumeList() }
    let list = try VolumeListFile(host.places).read(patience: host.options.listWait)
    let causes = await HostList(host: host, client: client).staleCauses(of: list)
    let layout = VolumeListLayout(list: list)
    let text =
      if line.has("--json") {
        try Self.json(list)
      } else if line.has("-l") {
        layout.logicalDisks
      } else if line.has("-d") {
        layout.volumes
      } else if line.has("-ctl") {
        layout.controlVolumes
      } else {
        layout.everything
      }
    return CommandOutcome(output: text, errors: causes.map(said).joined())
  }

  private func makeVolumeList() async throws(Problem) -> CommandOutcome {
    try needRoot()
    let file = VolumeListFile(host.places)
    let lock = try file.lockToWrite(patience: host.options.listWait)
    let previous = line.has("-r") ? nil : try file.stored()
    let maker = HostList(host: host, client: client)
    let list = try await maker.current(previous: previous, now: Int64(Date().timeIntervalSince1970))
    try file.store(list, holding: lock)
    let kept = list.disks.compactMap { disk in
      disk.keptBecause.map { reason in
        Problem(.listEntryKept, ["name": .text(disk.name), "reason": .text(reason)])
      }
    }
    let end =
      line.has("--json")
      ? try Self.json(list) : MessageLine(command.rawValue, .volumeListCreated).text + "\n"
    return CommandOutcome(output: end, errors: kept.map(said).joined())
  }

  private static func json(_ list: VolumeList) throws(Problem) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(list), as: UTF8.self) + "\n"
    } catch {
      throw Problem(
        .hostFileFailed,
        ["action": .text("print"), "path": .text("--json"), "reason": .text("\(error)")])
    }
  }
}
