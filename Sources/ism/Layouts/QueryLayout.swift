import SedaiAPI

/// What `iSMsc_query` prints.
/// - Source: commands.md 2.7; management-cli.md 4.2.
struct QueryLayout {
  let clock: LocalClock
  /// Devices of this host by logical disk.
  var devices: [String: String] = [:]

  /// The plain form and `-summary`.
  func summary(_ family: FamilyDocument, _ generations: [GenerationDocument]) -> String {
    var text = baseVolume(family) + "\nSV Information\n"
    for generation in generations { text += row(generation) + "\n" }
    return text
  }

  /// The form of `-detail`.
  func detail(_ family: FamilyDocument, _ generations: [GenerationDocument]) -> String {
    var text = baseVolume(family) + "\nPair Information\n"
    for generation in generations {
      text += block(generation)
      if let name = generation.linkedTo,
        let link = family.linkVolumes.first(where: { $0.name == name })
      {
        text += block(link)
      }
    }
    return text
  }

  private func baseVolume(_ family: FamilyDocument) -> String {
    let disk = family.baseVolume
    return """
      BV Information
          LD Name      : \(disk.name)
          Type         : \(disk.osType ?? nothing)
          Special File : \(devices[disk.name] ?? nothing)
          State        : \(disk.state)
          Reserve Area : \(family.reserve ?? nothing)

      """
  }

  /// The name begins in a fixed column and the state follows the only `) ` of the output.
  private func row(_ generation: GenerationDocument) -> String {
    let time = generation.shownTime.map { "[\(clock.text($0))] " } ?? ""
    return "  \(generation.osType ?? nothing):" + generation.label.padded(to: 24)
      + "(" + generation.generationText.rightAligned(in: 3) + ") "
      + generation.state.word.padded(to: 13) + " " + time + generation.linkWord
  }

  private func block(_ generation: GenerationDocument) -> String {
    let time = generation.shownTime.map { clock.text($0) }
    let state =
      time.map { generation.state.word.padded(to: 18) + " [\($0)]" } ?? generation.state.word
    return """
          SV:LD Name              : \(generation.label)
             Type                 : \(generation.osType ?? nothing)
             Generation(Attribute): \(generation.generationText)(normal)
             Snap State           : \(state)
             \(startLabel(generation)): \(time ?? nothing)
             Processing Data Size : \(generation.remainingBytes.map(Self.size) ?? nothing)
             Snapshot Data Size   : \(generation.exclusiveBytes.map(Self.size) ?? nothing)
             SV Guard             : \(generation.isGuarded ? "on" : "off")
             LV Link Status       : \(generation.linkWord)

      """
  }

  private func block(_ link: LinkVolumeDocument) -> String {
    // Only where this host has the link volume.
    let device = devices[link.name].map { "       Special File         : \($0)\n" } ?? ""
    return """
          LV:LD Name              : \(link.name)
             Type                 : \(link.osType ?? nothing)
      \(device)       LV Access            : \(link.access.rawValue)

      """
  }

  private func startLabel(_ generation: GenerationDocument) -> String {
    let operation =
      switch generation.state {
      case .restoring: "Restore"
      case .deleting: "Delete"
      case .empty, .active, .deleted, .fault: "Create"
      }
    return operation.padded(to: 9) + "Start Time  "
  }

  /// Bytes in the largest unit of 1024 that leaves at least 1, with one decimal: `47.4GB`.
  static func size(_ bytes: UInt64) -> String {
    var tenths = bytes < 1 << 60 ? bytes * 10 / 1024 : bytes / 1024 * 10
    var units = ["KB", "MB", "GB"][...]
    while units.count > 1, tenths >= 10240 {
      tenths /= 1024
      units = units.dropFirst()
    }
    return "\(tenths / 10).\(tenths % 10)" + units[units.startIndex]
  }
}
