import Foundation
import SedaiHost
import SedaiHostModel

/// What the disk operations print: when they began and ended, and on what.
/// - Source: commands.md 3.1.
struct OperationLayout {
  let volume: HostVolume
  let title: String
  let clock: LocalClock

  var start: String { line("Start") + subject(volume.volume.drive, place) }

  var end: String { line("Normal End") + subject(volume.volume.drive, place) }

  func end(drive: DriveLetter?, directory: String) -> String {
    line("Normal End") + subject(drive, directory)
  }

  private var place: String? { volume.volume.mountPoints.first }

  private func line(_ event: String) -> String {
    "\(title) \(event)".padded(to: 26) + clock.text(Int64(Date().timeIntervalSince1970)) + "\n"
  }

  private func subject(_ drive: DriveLetter?, _ directory: String?) -> String {
    let device = volume.connectedDisk()?.device ?? volume.disk.device
    let indent = String(repeating: " ", count: 14)
    return indent + (device.map(VolumeListLayout.short) ?? nothing).padded(to: 12)
      + volume.disk.name.padded(to: 12) + " " + (volume.disk.osType ?? nothing) + "\n"
      + "       \(volume.volume.name)\n"
      + indent + (drive?.description ?? directory ?? nothing) + "\n"
  }
}
