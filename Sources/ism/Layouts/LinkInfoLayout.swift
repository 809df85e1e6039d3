import SedaiAPI

/// What `iSMsc_linkinfo` prints.
/// - Source: commands.md 2.6; management-cli.md 4.3.
struct LinkInfoLayout {
  /// Devices of this host by logical disk.
  var devices: [String: String] = [:]

  /// One side of a link.
  private struct Side {
    var kind: LogicalDiskKind
    var name: String
    var osType: String?
    var counterpart: String?
    var access: AccessModeName
  }

  func text(_ family: FamilyDocument, withDestinations: Bool) -> String {
    let specified = subject(of: family)
    var text = "\nSpecified Volume Information\n" + specifiedBlock(specified)
    if withDestinations {
      text += "\nDestination Volume Information\n"
      for side in destinations(of: family, from: specified.kind) { text += row(side) + "\n" }
    }
    return text
  }

  private func specifiedBlock(_ side: Side) -> String {
    let state = side.counterpart.map { "link".padded(to: 7) + "(\($0))" } ?? "unlink"
    return """
      \(side.kind.rawValue):LD Name      : \(side.name)
         Type         : \(side.osType ?? nothing)
         Special File : \(devices[side.name] ?? nothing)
         State        : \(state)
         Mode         : \(side.access.rawValue)

      """
  }

  /// Readers look for the name and the separate word `link`; an unlinked volume has neither a
  /// counterpart nor that word.
  private func row(_ side: Side) -> String {
    "    \(side.kind.rawValue):" + side.name.padded(to: 24) + " "
      + (side.osType ?? nothing).padded(to: 2) + " "
      + (side.counterpart == nil ? "unlink" : "link").padded(to: 7)
      + "(\(side.counterpart ?? nothing))".padded(to: 26)
      + (side.counterpart?.count ?? 0 > 23 ? " " : "") + side.access.rawValue
  }

  private func subject(of family: FamilyDocument) -> Side {
    switch family.subject {
    case .baseVolume:
      return base(family)
    case .generation(let absolute):
      let found = family.generations.first { $0.absolute == absolute }
      return found.map(side) ?? base(family)
    case .linkVolume(let name):
      let found = family.linkVolumes.first { $0.name == name }
      return found.map(side) ?? base(family)
    }
  }

  private func destinations(of family: FamilyDocument, from kind: LogicalDiskKind) -> [Side] {
    kind == .link ? [base(family)] + family.generations.map(side) : family.linkVolumes.map(side)
  }

  private func base(_ family: FamilyDocument) -> Side {
    let disk = family.baseVolume
    let link = family.linkVolumes.first { $0.linkedTo == disk.name }
    return Side(
      kind: disk.kind, name: disk.name, osType: disk.osType, counterpart: link?.name,
      access: link == nil ? .readWrite : .notReady)
  }

  private func side(_ generation: GenerationDocument) -> Side {
    Side(
      kind: .snapshot, name: generation.label, osType: generation.osType,
      counterpart: generation.linkedTo, access: .notReady)
  }

  private func side(_ link: LinkVolumeDocument) -> Side {
    Side(
      kind: .link, name: link.name, osType: link.osType, counterpart: link.linkedTo,
      access: link.access)
  }
}
