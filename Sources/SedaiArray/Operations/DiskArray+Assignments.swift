public import SedaiModel

extension DiskArray {
  /// Lets a group see a disk.
  ///
  /// - Parameter lun: nil for the lowest free one; a link volume is never at 0. In a set of
  ///   many targets the array alone chooses.
  /// - Source: features.md 1.4.7 and 3.1; management-cli.md 2.1, addldsetld.
  public func assign(
    _ reference: DiskReference, to name: LDSetName, lun: UInt16? = nil,
    by requester: Requester
  ) throws(DiskArrayError) -> AssignmentOutcome {
    let warnings = try perform(.assignDisk, by: requester) {
      (state, change) throws(DiskArrayError) -> [ArrayNotice] in
      var set = try state.ldSet(name)
      let disk = try state.disk(reference, missing: .unknownDisk)
      let arguments: MessageArguments = [
        "name": .text(disk.name.rawValue), "set": .text(name.rawValue),
      ]
      guard state.roles(of: disk).isAssignable else {
        throw DiskArrayError(.stateConflict, .notAssignable, arguments)
      }
      guard !set.assignments.values.contains(disk.id) else {
        throw DiskArrayError(.alreadyExists, .alreadyInLDSet, arguments)
      }
      try Self.checkControlVolume(disk, in: state)
      let warnings = try Self.checkFamily(of: disk, in: set, state)
      set.assignments[try Self.place(lun, for: disk, in: set)] = disk.id
      Self.change(set, in: state, &change)
      return warnings
    }
    return AssignmentOutcome(ldSet: try ldSet(name), warnings: warnings)
  }

  /// A control volume belongs to one host.
  private static func checkControlVolume(
    _ disk: Disk, in state: ArrayState
  ) throws(DiskArrayError) {
    guard disk.volume?.isControl == true, let other = state.setsOf[disk.id]?.first else { return }
    throw DiskArrayError(
      .stateConflict, .controlVolumeAssigned,
      ["name": .text(disk.name.rawValue), "set": .text(other.rawValue)])
  }

  /// A host that sees a base volume and a link volume of it, or two link volumes of one base
  /// volume, sees the same contents twice. Disks of type WG cannot stand that.
  private static func checkFamily(
    of disk: Disk, in set: LDSet, _ state: ArrayState
  ) throws(DiskArrayError) -> [ArrayNotice] {
    var warnings: [ArrayNotice] = []
    let relatives = set.assignments.sorted { $0.key < $1.key }.compactMap {
      state.disks[$0.value]
    }.filter { $0.baseID == disk.baseID }
    for other in relatives {
      let (base, link) = disk.link == nil ? (disk, other) : (other, disk)
      var arguments: MessageArguments = [
        "bv": .text(base.name.rawValue), "lv": .text(link.name.rawValue),
        "set": .text(set.name.rawValue),
      ]
      let isGPT = disk.osType == .windowsGPT
      if base.link == nil {
        guard !isGPT else {
          throw DiskArrayError(.stateConflict, .baseAndLinkOnOneHost, arguments)
        }
        warnings.append(ArrayNotice(messageID: .baseAndLinkSeen, arguments: arguments))
      } else if isGPT {
        arguments["other"] = .text(base.name.rawValue)
        throw DiskArrayError(.stateConflict, .linkVolumesOnOneHost, arguments)
      }
    }
    return warnings
  }

  private static func place(
    _ wanted: UInt16?, for disk: Disk, in set: LDSet
  ) throws(DiskArrayError) -> UInt16 {
    let lowest: UInt16
    if case .iSCSI(let access) = set.connection, access.mode == .multiTarget {
      guard wanted == nil else {
        throw DiskArrayError(
          .stateConflict, .lunChosenByArray, ["set": .text(set.name.rawValue)])
      }
      lowest = 1
    } else {
      lowest = LDSet.lowestPlace(for: disk)
    }
    guard let wanted else {
      let free = (lowest...ArrayLimits.highestLUN).first { set.assignments[$0] == nil }
      guard let free else {
        throw DiskArrayError(
          .noSpace, .tooMany,
          [
            "limit": .count(UInt64(ArrayLimits.highestLUN) + 1),
            "what": .text("disks of an LD set"),
          ])
      }
      return free
    }
    guard wanted <= ArrayLimits.highestLUN else {
      throw DiskArrayError(
        .invalidRequest, .numberOutOfRange,
        ["number": .count(UInt64(wanted)), "what": .text("LUN")])
    }
    guard wanted >= lowest else {
      throw DiskArrayError(
        .stateConflict, .linkVolumeAtLUNZero, ["name": .text(disk.name.rawValue)])
    }
    guard set.assignments[wanted] == nil else {
      throw DiskArrayError(
        .alreadyExists, .lunInUse,
        ["lun": .count(UInt64(wanted)), "set": .text(set.name.rawValue)])
    }
    return wanted
  }

  /// Takes a disk out of a group's sight; it is closed for everybody, and those who still may
  /// open it again. Other disks keep their LUNs.
  public func unassign(
    _ reference: DiskReference, from name: LDSetName, by requester: Requester
  ) throws(DiskArrayError) -> LDSetFacts {
    try perform(.unassignDisk, by: requester) { (state, change) throws(DiskArrayError) in
      var set = try state.ldSet(name)
      let disk = try state.disk(reference, missing: .unknownDisk)
      guard let place = set.assignments.first(where: { $0.value == disk.id })?.key else {
        throw DiskArrayError(
          .notFound, .notInLDSet,
          ["name": .text(disk.name.rawValue), "set": .text(name.rawValue)])
      }
      set.assignments[place] = nil
      if state.setsOf[disk.id] == [name] { change.keep(nil, of: disk.id) }
      change.close(disk.id)
      Self.change(set, in: state, &change)
    }
    return try ldSet(name)
  }
}
