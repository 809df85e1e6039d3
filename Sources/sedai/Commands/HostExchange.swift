import ArgumentParser
import Foundation
import SedaiAPI
import SedaiHost
import SedaiHostModel
import SedaiModel

extension HostCommand {
  /// What nodes of a cluster have in common: settings, options, drives of volumes.
  struct Settlement: Codable, Hashable {
    var configuration: String?
    var options: String?
    var volumes: [Volume]

    struct Volume: Codable, Hashable {
      var name: VolumeName
      var drive: DriveLetter?
      var mountPoints: [String]
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write this host's settings and drives to a file, for standby nodes.")
    @Argument(help: "The file to write.") var file: String

    func run() async throws {
      let host = try HostConfiguration(HostCommand.places)
      let list = try VolumeListFile(host.places).stored()
      let volumes = (list?.disks ?? []).flatMap(\.volumes).map {
        Settlement.Volume(name: $0.name, drive: $0.drive, mountPoints: $0.mountPoints)
      }
      try HostFiles.store(
        Settlement(
          configuration: try HostFiles.text(host.places.configuration),
          options: try HostFiles.text(host.places.options), volumes: volumes), at: file)
      Console.print("\(file): settings and \(volumes.count) volumes")
    }
  }

  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take over settings and drives that another node exported.",
      discussion: """
        Run iSMvollist -cr first: drives are given to the volumes of the list. A settings file \
        that is there and differs is kept unless --replace is given.
        """)
    @Argument(help: "The file that was exported.") var file: String
    @Flag(help: "Put the settings in the place of those that are there.") var replace = false

    func run() async throws {
      try HostCommand.needRoot("sedai host import")
      let places = HostCommand.places
      guard let new: Settlement = try HostFiles.value(file) else {
        throw Problem(
          .hostFileFailed,
          ["action": .text("read"), "path": .text(file), "reason": .text("there is none")])
      }
      try take(new.configuration, as: places.configuration)
      try take(new.options, as: places.options)
      let host = try HostConfiguration(places)
      var taken = 0
      try VolumeListFile(places).change(patience: host.options.listWait) { list in
        for volume in new.volumes {
          list.update(volume.name) { entry in
            entry.drive = volume.drive
            entry.mountPoints = volume.mountPoints
            taken += 1
          }
        }
      }
      Console.print("settings and \(taken) of \(new.volumes.count) volumes")
    }

    private func take(_ text: String?, as path: String) throws(Problem) {
      let present = try HostFiles.text(path)
      guard let text, text != present else { return }
      guard present == nil || replace else {
        Console.complain("\(path) is kept: it differs, and --replace was not given")
        return
      }
      try HostFiles.store(text: text, at: path)
    }
  }
}
