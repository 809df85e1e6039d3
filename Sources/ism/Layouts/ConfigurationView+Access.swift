import SedaiAPI

// Host ports and LD sets.

extension ConfigurationView {
  var hostPorts: ViewChapter {
    ViewChapter(
      name: "Controller",
      objects: configuration.hostPorts.map { port in
        var units = [ViewUnit("Port No.(h)", port.number)]
        if form == .text { units.append(ViewUnit("Port Name", port.name ?? nothing)) }
        units += [
          ViewUnit("IP Address", port.address ?? "0.0.0.0"),
          ViewUnit("Link Status", port.isLinkUp ? "Link Up" : "Link Down"),
        ]
        return ViewObject(
          name: "Host Port",
          sections: [ViewSection("Host Director/Host Port Information", units)])
      })
  }

  var ldSets: ViewChapter {
    ViewChapter(
      name: "Access Control",
      objects: configuration.ldSets.map { set in
        switch set.kind {
        case .fibreChannel: fibreChannel(set)
        case .iSCSI: iSCSI(set)
        }
      })
  }

  private func fibreChannel(_ set: LDSetDocument) -> ViewObject {
    ViewObject(
      name: "LD Set(FC)",
      sections: [ViewSection("LD Set(FC) Information", identity(of: set))]
        + set.paths.map { ViewSection("Path List", [ViewUnit("Path", path($0))]) }
        + disks(of: set))
  }

  private func iSCSI(_ set: LDSetDocument) -> ViewObject {
    let isMulti = set.targetMode == .multiTarget
    var units = identity(of: set)
    units.append(ViewUnit("Target Mode", isMulti ? "Multi-Target" : "Normal"))
    if !isMulti { units.append(ViewUnit("Target Name", set.targetName ?? nothing)) }
    return ViewObject(
      name: "LD Set(iSCSI)",
      sections: [ViewSection("LD Set(iSCSI) Information", units)]
        + set.portals.map { ViewSection("Portal", [ViewUnit("Portal", $0)]) }
        + set.initiators.map {
          ViewSection("Initiator List", [ViewUnit("Initiator List", $0)])
        }
        + (isMulti ? targets(of: set) : disks(of: set)))
  }

  private func identity(of set: LDSetDocument) -> [ViewUnit] {
    [ViewUnit("Platform", type(set.osType)), ViewUnit("LD Set Name", set.name)]
  }

  private func disks(of set: LDSetDocument) -> [ViewSection] {
    shown(set).map { ViewSection("LUN/LD List", place(of: $0)) }
  }

  private func targets(of set: LDSetDocument) -> [ViewSection] {
    shown(set).map { disk in
      ViewSection(
        "Target Information For Multi-Target Mode",
        [ViewUnit("Target Name", disk.target ?? nothing)] + place(of: disk))
    }
  }

  private func shown(_ set: LDSetDocument) -> [LDSetDiskDocument] {
    set.disks.filter { Self.isShown($0.number) }
  }

  private func place(of disk: LDSetDiskDocument) -> [ViewUnit] {
    [
      ViewUnit("LUN(h)", Self.hexadecimal(UInt32(disk.lun))),
      ViewUnit("LDN(h)", Self.hexadecimal(disk.number ?? 0)),
    ]
  }

  /// An adapter as it is; a port of the array is told by its parenthesis.
  private func path(_ path: String) -> String {
    guard let port = configuration.hostPorts.first(where: { $0.number == path }) else {
      return path.count == "00-00".count ? path + "(\(nothing))" : path
    }
    return path + "(\(port.name ?? nothing))"
  }
}
