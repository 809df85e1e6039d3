import SedaiAPI
import SedaiModel

/// What `iSMrc_query` prints: no colons after labels, and values in one column as far as the
/// labels let them.
/// - Source: management-cli.md 4.1; commands.md 4.7.
struct PairLayout {
  let clock: LocalClock

  private static let valueColumn = 17

  /// Pairs of one master volume stand below its name.
  func text(_ pairs: [PairDocument]) -> String {
    var text = ""
    var master: String?
    for pair in pairs {
      if pair.master.name != master { text += block("MV", pair.master) }
      master = pair.master.name
      text += block("RV", pair.replica) + state(of: pair)
    }
    return text
  }

  private func block(_ kind: String, _ volume: PairDocument.Member) -> String {
    "\(kind): " + Self.label("Special File") + nothing + "\n"
      + line("LD Name", volume.name) + line("Type", volume.osType ?? nothing)
  }

  private func state(of pair: PairDocument) -> String {
    let activity =
      switch pair.activity {
      case .replicate: "Replicate"
      case .separate: "Separate"
      case .restore, .restoreProtected: "Restore"
      }
    return line("Activity State", pair.activity.rawValue)
      + line("Sync State", pair.state.rawValue)
      + line("Copy Control State", pair.copyMode.text)
      + line("\(activity) Start Time", clock.text(pair.startedAt))
      + line("\(activity) End Time", pair.endedAt.map { clock.text($0) } ?? nothing)
      + line("Separate Diff", Self.kilobytes(separateDifference(of: pair)))
      + line("Copy Diff", Self.kilobytes(pair.remainingBytes))
      + line("RV Access", pair.access.rawValue)
      + line("Previous Active", pair.previousActivity?.rawValue ?? nothing)
  }

  /// While both follow each other there is none.
  private func separateDifference(of pair: PairDocument) -> UInt64 {
    pair.state.isIdle ? pair.differenceBytes ?? 0 : 0
  }

  /// Started kilobytes of 1024 bytes count.
  private static func kilobytes(_ bytes: UInt64) -> String {
    "\(bytes / 1024 + (bytes % 1024 == 0 ? 0 : 1))KB"
  }

  private func line(_ label: String, _ value: String) -> String {
    "    " + Self.label(label) + value + "\n"
  }

  private static func label(_ label: String) -> String {
    (label + " ").padded(to: valueColumn)
  }
}

/// What `iSMrc_ldlist` prints.
/// - Source: commands.md 4.8.
struct DiskListLayout {
  func text(_ disks: [LogicalDiskDocument], array: String) -> String {
    var text = "--- Logical Disk List ---\n"
    text += row("LDN", "LD Name", "Type", "Attribute", "Special File", "Disk Array Name")
    for disk in disks {
      text += row(
        disk.number.map(ConfigurationView.hexadecimal) ?? nothing, disk.name,
        disk.osType ?? nothing, ConfigurationView.attribute(of: disk), nothing, array)
    }
    return text
  }

  private func row(
    _ number: String, _ name: String, _ type: String, _ attribute: String, _ file: String,
    _ array: String
  ) -> String {
    number.padded(to: 6) + name.padded(to: 25) + type.padded(to: 6) + attribute.padded(to: 11)
      + file.padded(to: 14) + array + "\n"
  }
}

/// What `iSMrc_arrayinfo -dinfo` prints.
/// - Source: commands.md 4.9; states.md 6.
struct ArrayInfoLayout {
  private static let valueColumn = 26

  func text(_ status: StatusDocument) -> String {
    [
      ("Disk Array Name", status.name), ("SAA", status.worldWideName),
      ("Differential Map", "Build"), ("Replication Status", "Ready"),
      ("Max Number of RV Setting", String(status.replicasPerMaster ?? 0)),
    ].map { label, value in label.padded(to: Self.valueColumn) + value + "\n" }.joined()
  }
}
