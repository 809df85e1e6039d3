import Foundation
import SedaiAPI
import SedaiClient
import SedaiHost
import SedaiHostModel
import SedaiModel

/// One operation on a volume of this host.
struct DiskSession: Sendable {
  let client: ArrayClient
  let clock: LocalClock
  let command: HostCommand
  let line: CommandWords
  let host: HostConfiguration

  private var lists: VolumeListFile { VolumeListFile(host.places) }

  // MARK: Flush

  func flush() throws(Problem) -> CommandOutcome {
    let (list, place) = try found(by: .asSelector)
    let volume = try HostVolume(list.disks[place.disk], list[place], host: host)
    let layout = OperationLayout(volume: volume, title: "Flush", clock: clock)
    let start = layout.start
    try volume.flush()
    return CommandOutcome(output: start + layout.end)
  }

  // MARK: Unmount

  func unmount() async throws(Problem) -> CommandOutcome {
    let (list, place) = try found(by: .asSelector)
    let volume = try HostVolume(list.disks[place.disk], list[place], host: host)
    let mode: HostVolume.UnmountMode =
      line.has("-offline") ? .offline : line.has("-force") ? .force : .plain
    let generations = ShownGenerations(host: host, client: client)
    if mode == .plain { try await generations.check(volume) }
    let leavesNotReady =
      mode == .offline || volume.disk.kind == .link || volume.disk.kind == .replica
    let layout = OperationLayout(volume: volume, title: "Unmount", clock: clock)
    let start = layout.start
    let mounts = try volume.unmount(mode, leavesNotReady: leavesNotReady)
    if leavesNotReady { try volume.makeNotReady(cuts: mode == .offline) }
    generations.forget(volume)
    try lists.change(patience: host.options.listWait) { list in
      list.update(volume.volume.name) { entry in
        entry.mountPoints = mounts.map(\.mountPoint)
        entry.isReleased = leavesNotReady
      }
    }
    return CommandOutcome(output: start + layout.end)
  }

  // MARK: Mount

  func mount() async throws(Problem) -> CommandOutcome {
    let (list, place) = try found(by: .asSelectorOrTarget)
    let entry = list[place]
    let volume = try HostVolume(list.disks[place.disk], entry, host: host)
    let drive = line.value("-drv").flatMap { DriveLetter($0) } ?? keptDrive(of: entry)
    let directory = try target(of: entry, drive, in: list)
    let layout = OperationLayout(volume: volume, title: "Mount", clock: clock)
    let start = layout.start
    let mounted = try volume.mount(at: directory, options: line.value("-o"))
    // An array that cannot be asked is no reason to leave the volume half mounted; what is
    // shown is then not compared later.
    try? await ShownGenerations(host: host, client: client).remember(volume)
    let device = try HostVolume(list.disks[place.disk], entry, host: host).connectedDisk()?.device
    try lists.change(patience: host.options.listWait) { list in
      list.assign(drive, to: entry.name, at: directory)
      list.update(entry.name) { $0.content = mounted.content }
      if let device { list.setDevice(device, of: volume.disk.identity) }
    }
    var outcome = CommandOutcome(output: start + layout.end(drive: drive, directory: directory))
    if mounted.content.needsRecovery, let check = mounted.content.kind.checkCommand {
      let notice = Problem(
        .checkAdvised,
        ["name": .text(volume.disk.name), "command": .text(check + " " + mounted.device)])
      outcome.errors = MessageLine(command.rawValue, notice).text + "\n"
    }
    return outcome
  }

  /// A directory that was named takes the drive letter away.
  private func keptDrive(of entry: ListedVolume) -> DriveLetter? {
    line.has("-path") || entry.isReleased ? nil : entry.drive
  }

  private func target(
    of entry: ListedVolume, _ drive: DriveLetter?, in list: VolumeList
  ) throws(Problem) -> String {
    if let drive {
      let other = list.places { $1.drive == drive && $1.name != entry.name && !$1.isReleased }
      if let place = other.first,
        try HostVolume(list.disks[place.disk], list[place], host: host).isMounted
      {
        throw Problem(
          .driveInUse,
          ["drive": .text(drive.description), "name": .text(list.disks[place.disk].name)])
      }
    }
    if let path = line.value("-path") { return path }
    if line.has("-drv"), let drive { return host.settings.directory(of: drive) }
    if let path = entry.mountPoints.first { return path }
    guard let drive else { throw Problem(.missingOption, ["option": .text("-drv | -path")]) }
    return host.settings.directory(of: drive)
  }

  // MARK: Scan

  func scan() async throws(Problem) -> CommandOutcome {
    let lines = try await DiskReconnection(host: host, client: client).run()
    return CommandOutcome(
      output: lines.map { $0 + "\n" }.joined()
        + MessageLine(command.rawValue, .scanEnded).text + "\n")
  }

  // MARK: Finding the volume

  private enum DriveMeaning { case asSelector, asSelectorOrTarget }

  /// The volume that the command line names. A drive or a directory that stands beside a name
  /// says where to mount it.
  private func found(
    by meaning: DriveMeaning
  ) throws(Problem) -> (VolumeList, VolumeList.Place) {
    let list = try lists.read(patience: host.options.listWait)
    if let text = line.value("-mvol"), case .name(let name) = VolumeName.reading(text) {
      if line.has("-vol") {
        throw Problem(.excludingOptions, ["option": .text("-mvol"), "other": .text("-vol")])
      }
      return (list, try only(list.places { $1.name == name }, named: text, in: list))
    }
    if let name = line.value("-vol") {
      return (list, try only(list.places { disk, _ in disk.name == name }, named: name, in: list))
    }
    if line.has("-drv"), line.has("-path") {
      throw Problem(.excludingOptions, ["option": .text("-drv"), "other": .text("-path")])
    }
    if let text = line.value("-drv"), let drive = DriveLetter(text) {
      let places = list.places { $1.drive == drive && !$1.isReleased }
      return (list, try only(places, named: drive.description, in: list))
    }
    let path = line.value("-path") ?? ""
    let places = list.places { $1.mountPoints.contains(path) && !$1.isReleased }
    return (list, try only(places, named: path, in: list))
  }

  private func only(
    _ places: [VolumeList.Place], named name: String, in list: VolumeList
  ) throws(Problem) -> VolumeList.Place {
    guard let place = places.first else {
      throw Problem(.notInVolumeList, ["name": .text(name)])
    }
    guard places.count == 1 else {
      throw Problem(
        .severalPartitions,
        ["name": .text(list.disks[place.disk].name), "count": .count(UInt64(places.count))])
    }
    return place
  }
}
