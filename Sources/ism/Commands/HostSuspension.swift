import Foundation
import SedaiAPI
import SedaiClient
import SedaiHost
import SedaiHostModel
import SedaiModel

/// A base volume of this host that is unmounted while its contents are exchanged, and mounted
/// again. What was mounted where is on disk meanwhile, so that whoever finds a command that was
/// killed can go on with iSMrc_mount.
/// - Source: seed manual 2.3.3(2).
struct HostSuspension: Sendable {
  let host: HostConfiguration
  let program: String

  /// A volume that was unmounted.
  struct Suspended: Codable, Sendable {
    var disk: String
    var volume: VolumeName
    var drive: DriveLetter?
    var mountPoints: [String]
    var options: [String]
  }

  private var lists: VolumeListFile { VolumeListFile(host.places) }

  /// Unmounts every mounted volume of a disk.
  func begin(_ name: String) throws(Problem) -> [Suspended] {
    let list = try lists.read(patience: host.options.listWait)
    guard let disk = list.disk(named: name) else { return [] }
    var suspended: [Suspended] = []
    for entry in disk.volumes {
      let volume = try HostVolume(disk, entry, host: host)
      let mounts = volume.mounts
      if mounts.isEmpty { continue }
      suspended.append(
        Suspended(
          disk: name, volume: entry.name, drive: entry.drive,
          mountPoints: mounts.map(\.mountPoint), options: mounts.map(\.mountOptions)))
      // On disk before it is done: a command that is killed leaves a trace.
      try HostFiles.store(suspended, at: trace(name))
      tell(entry, at: mounts.map(\.mountPoint))
      _ = try volume.unmount(.plain, leavesNotReady: false)
      try lists.change(patience: host.options.listWait) { list in
        list.update(entry.name) { $0.mountPoints = mounts.map(\.mountPoint) }
      }
    }
    return suspended
  }

  /// Mounts again what ``begin(_:)`` unmounted.
  func end(_ suspended: [Suspended]) throws(Problem) {
    for each in suspended {
      let list = try lists.read(patience: host.options.listWait)
      guard let disk = list.disk(named: each.disk),
        let entry = disk.volumes.first(where: { $0.name == each.volume })
      else { throw Problem(.notInVolumeList, ["name": .text(each.disk)]) }
      let volume = try HostVolume(disk, entry, host: host)
      for (place, options) in zip(each.mountPoints, each.options) {
        if place == each.mountPoints.first {
          _ = try volume.mount(at: place, options: options)
        } else {
          try volume.mountAgain(at: place, from: each.mountPoints[0])
        }
      }
      let device = try HostVolume(disk, entry, host: host).connectedDisk()?.device
      try lists.change(patience: host.options.listWait) { list in
        if let device { list.setDevice(device, of: disk.identity) }
      }
    }
    if let name = suspended.first?.disk { HostFiles.remove(trace(name)) }
  }

  private func trace(_ name: String) -> String { host.places.restores + "/" + name + ".json" }

  /// At once, not at the end: it is needed if there is no end.
  private func tell(_ entry: ListedVolume, at places: [String]) {
    let place = ([entry.drive?.description].compactMap { $0 } + places).joined(separator: " ")
    let notice = MessageLine(
      program, .volumeSuspended,
      ["path": .text(place), "volume": .text(entry.name.description)])
    try? FileHandle.standardError.write(contentsOf: Data((notice.text + "\n").utf8))
  }
}
