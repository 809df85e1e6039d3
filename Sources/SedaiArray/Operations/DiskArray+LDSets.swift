public import SedaiModel

extension DiskArray {
  /// Makes a group of hosts; it sees nothing yet.
  public func createLDSet(
    _ name: LDSetName, osType: OSType? = nil, by requester: Requester
  ) throws(DiskArrayError) -> LDSetFacts {
    try authorize(requester, on: [])
    try perform(by: requester) { (state, change) throws(DiskArrayError) in
      guard state.sets[name] == nil else {
        throw DiskArrayError(.alreadyExists, .ldSetExists, ["set": .text(name.rawValue)])
      }
      guard state.sets.count < ArrayLimits.ldSets else {
        throw DiskArrayError(
          .noSpace, .tooMany,
          ["limit": .count(UInt64(ArrayLimits.ldSets)), "what": .text("LD sets")])
      }
      let set = LDSet(name: name, osType: osType, clients: [], assignments: [:])
      Self.change(set, in: state, &change)
    }
    return try ldSet(name)
  }

  /// Removes a group that sees no disk.
  public func deleteLDSet(_ name: LDSetName, by requester: Requester) throws(DiskArrayError) {
    try authorize(requester, on: [])
    try perform(by: requester) { (state, change) throws(DiskArrayError) in
      let set = try state.ldSet(name)
      guard set.assignments.isEmpty else {
        throw DiskArrayError(
          .stateConflict, .ldSetNotEmpty, ["set": .text(name.rawValue)])
      }
      change.remove(set)
      change.tell(.ldSetChanged, ["set": .text(name.rawValue)], in: state)
    }
  }

  /// Lets whoever shows a TLS client certificate of this name be the group's.
  public func addClient(
    _ client: String, to name: LDSetName, by requester: Requester
  ) throws(DiskArrayError) -> LDSetFacts {
    try authorize(requester, on: [])
    try perform(by: requester) { (state, change) throws(DiskArrayError) in
      var set = try state.ldSet(name)
      if let other = state.sets.values.first(where: { $0.clients.contains(client) }) {
        throw DiskArrayError(
          .alreadyExists, .clientExists,
          ["client": .text(client), "set": .text(other.name.rawValue)])
      }
      guard !client.isEmpty, set.clients.count < ArrayLimits.clientsPerLDSet else {
        throw DiskArrayError(
          .noSpace, .tooMany,
          [
            "limit": .count(UInt64(ArrayLimits.clientsPerLDSet)),
            "what": .text("clients of an LD set"),
          ])
      }
      set.clients.append(client)
      Self.change(set, in: state, &change)
    }
    return try ldSet(name)
  }

  /// Takes a client out of a group. Volumes of the group are closed for everybody; those who
  /// may open them again.
  public func removeClient(
    _ client: String, from name: LDSetName, by requester: Requester
  ) throws(DiskArrayError) -> LDSetFacts {
    try authorize(requester, on: [])
    try perform(by: requester) { (state, change) throws(DiskArrayError) in
      var set = try state.ldSet(name)
      guard let place = set.clients.firstIndex(of: client) else {
        throw DiskArrayError(
          .notFound, .unknownClient,
          ["client": .text(client), "set": .text(name.rawValue)])
      }
      set.clients.remove(at: place)
      for volume in set.assignments.values { change.close(volume) }
      Self.change(set, in: state, &change)
    }
    return try ldSet(name)
  }

  /// Lets a group see a disk.
  ///
  /// - Parameter lun: nil for the lowest free one; a link volume is never at 0.
  /// - Source: features.md 1.4.7; management-cli.md 2.1, addldsetld.
  public func assign(
    _ reference: DiskReference, to name: LDSetName, lun: UInt16? = nil,
    by requester: Requester
  ) throws(DiskArrayError) -> LDSetFacts {
    try perform(by: requester) { (state, change) throws(DiskArrayError) in
      var set = try state.ldSet(name)
      let disk = try state.disk(reference, missing: .unknownDisk)
      try authorize(requester, on: [disk])
      let arguments: MessageArguments = [
        "name": .text(disk.name.rawValue), "set": .text(name.rawValue),
      ]
      guard state.roles(of: disk).isAssignable else {
        throw DiskArrayError(.stateConflict, .notAssignable, arguments)
      }
      guard !set.assignments.values.contains(disk.id) else {
        throw DiskArrayError(.alreadyExists, .alreadyInLDSet, arguments)
      }
      let lun = try Self.lun(lun, for: disk, in: set)
      set.assignments[lun] = disk.id
      Self.change(set, in: state, &change)
    }
    return try ldSet(name)
  }

  private static func lun(
    _ wanted: UInt16?, for disk: Disk, in set: LDSet
  ) throws(DiskArrayError) -> UInt16 {
    let lowest: UInt16 = disk.link == nil ? 0 : 1
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
    try perform(by: requester) { (state, change) throws(DiskArrayError) in
      var set = try state.ldSet(name)
      let disk = try state.disk(reference, missing: .unknownDisk)
      try authorize(requester, on: [disk])
      guard let lun = set.assignments.first(where: { $0.value == disk.id })?.key else {
        throw DiskArrayError(
          .notFound, .notInLDSet,
          ["name": .text(disk.name.rawValue), "set": .text(name.rawValue)])
      }
      set.assignments[lun] = nil
      change.close(disk.id)
      Self.change(set, in: state, &change)
    }
    return try ldSet(name)
  }

  private static func change(_ set: LDSet, in state: ArrayState, _ change: inout Change) {
    change.put(set)
    change.tell(.ldSetChanged, ["set": .text(set.name.rawValue)], in: state)
  }
}
