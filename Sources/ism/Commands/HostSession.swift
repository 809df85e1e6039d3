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
        case .flush: try await operate { session throws(Problem) in try session.flush() }
        case .unmount:
          try await operate { session async throws(Problem) in try await session.unmount() }
        case .mount:
          try await operate { session async throws(Problem) in try await session.mount() }
        case .scan: try await operate { session async throws(Problem) in try await session.scan() }
        case .signature:
          try await operate { _ throws(Problem) in
            try SignatureSession(command: command, line: line, host: host).run()
          }
        }
    } catch {
      let users = error.detail.map { "  " + $0 + "\n" } ?? ""
      outcome = CommandOutcome(errors: said(error) + users, status: error.exitStatus)
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

  /// Works on a volume; a list that is older than the array's configuration is told.
  private func operate(
    _ body: (DiskSession) async throws(Problem) -> CommandOutcome
  ) async throws(Problem) -> CommandOutcome {
    try needRoot()
    let list = try VolumeListFile(host.places).read(patience: host.options.listWait)
    let causes = await HostList(host: host, client: client).staleCausesOfArray(for: list)
    let session = DiskSession(
      client: client, clock: clock, command: command, line: line, host: host)
    var outcome = try await body(session)
    outcome.errors = causes.map(said).joined() + outcome.errors
    return outcome
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
    let previous = line.has("-r") ? nil : try? file.stored()
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
