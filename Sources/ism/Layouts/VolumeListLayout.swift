import SedaiAPI
import SedaiHostModel

/// What `iSMvollist` prints.
/// - Source: commands.md 1.
struct VolumeListLayout {
  let list: VolumeList

  /// Every logical disk, once for each path.
  var logicalDisks: String {
    var text =
      "--- Logical Disk List ---\n"
      + row(["LDN", "LD Name", "VAA", "Type", "Attr", "Special File", "Disk Array Name", "Path"])
    for disk in list.disks {
      // A disk without a path is shown all the same.
      for path in disk.paths.isEmpty ? [nil] : disk.paths.map(Optional.some) {
        text += row([
          Self.number(disk.number), disk.name, Self.absoluteAddress(disk.identity),
          disk.osType ?? nothing, definition(of: disk), path?.device ?? nothing,
          list.array.name, path?.isBlocked == true ? "B" : "",
        ])
      }
    }
    return text
  }

  private func row(_ words: [String]) -> String {
    Self.line(words, [6, 25, 21, 5, 8, 18, 33, 0])
  }

  /// Every volume, in blocks by disk.
  var volumes: String {
    var text = "--- Volume List ---\n"
    for disk in list.disks {
      text +=
        Self.line(
          [disk.device.map(Self.short) ?? nothing, disk.name, disk.osType ?? nothing],
          [18, 25, 0])
      for volume in disk.volumes {
        text += "     \(volume.name)\n"
        let places = ([volume.drive?.description].compactMap { $0 } + volume.mountPoints)
        text +=
          "            " + (places.isEmpty ? nothing : places.joined(separator: " ")) + "  ["
          + volume.content.kind.rawValue + "]\n"
      }
      if let reason = disk.keptBecause { text += "     last known; \(reason)\n" }
    }
    return text
  }

  /// - Source: commands.md 1, `-ctl`.
  var controlVolumes: String {
    let widths = [24, 7, 34, 0]
    var text =
      "--- Control Volume List ---\n"
      + Self.line(["Special File", "LDN", "Disk Array Name", "Path"], widths)
    for disk in list.disks where isControl(disk) {
      for path in disk.paths {
        text += Self.line(
          [
            path.device, Self.number(disk.number), list.array.name, path.isBlocked ? "B" : "",
          ], widths)
      }
    }
    return text
  }

  var everything: String { logicalDisks + "\n" + volumes + "\n" + controlVolumes }

  private func isControl(_ disk: ListedDisk) -> Bool {
    disk.kind == .control || disk.name == list.controlVolume
  }

  private func definition(of disk: ListedDisk) -> String {
    isControl(disk) ? "control" : disk.kind.rawValue
  }

  /// The volume absolute address: the array's number and the disk's, as nothing else has them.
  private static func absoluteAddress(_ identity: DiskIdentity) -> String {
    let digits = String(identity.creation, radix: 16)
    return identity.array + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// `loop3` of `/dev/loop3`.
  static func short(_ device: String) -> String {
    device.hasPrefix("/dev/") ? String(device.dropFirst("/dev/".count)) : device
  }

  static func number(_ number: UInt32?) -> String {
    guard let number else { return nothing }
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "h"
  }

  /// Columns of these widths; a longer word pushes the next ones. No line ends in blanks.
  private static func line(_ words: [String], _ widths: [Int]) -> String {
    var text = zip(words, widths).map { word, width in
      width == 0 ? word : word.padded(to: width - 1) + " "
    }.joined()
    while text.last == " " { text.removeLast() }
    return text + "\n"
  }
}
