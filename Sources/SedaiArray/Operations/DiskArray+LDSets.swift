public import SedaiModel

/// What kind of LD set to make.
public enum LDSetKind: Hashable, Sendable {
  case fibreChannel
  case iSCSI(TargetMode)
}

extension DiskArray {
  /// Makes a group of hosts; it sees nothing yet and nobody belongs to it yet. An iSCSI set has
  /// its target and all portals of the array from the beginning.
  public func createLDSet(
    _ name: LDSetName, osType: OSType? = nil, kind: LDSetKind = .iSCSI(.normal),
    by requester: Requester
  ) throws(DiskArrayError) -> LDSetFacts {
    try perform(.createLDSet, by: requester) { (state, change) throws(DiskArrayError) in
      guard state.sets[name] == nil else {
        throw DiskArrayError(.alreadyExists, .ldSetExists, ["set": .text(name.rawValue)])
      }
      guard state.sets.count < ArrayLimits.ldSets else {
        throw DiskArrayError(
          .noSpace, .tooMany,
          ["limit": .count(UInt64(ArrayLimits.ldSets)), "what": .text("LD sets")])
      }
      let connection: HostConnection =
        switch kind {
        case .fibreChannel: .fibreChannel(paths: [])
        case .iSCSI(let mode):
          .iSCSI(
            ISCSIAccess(
              initiators: [], mode: mode,
              targetName: TargetNames.unused(
                for: name, of: state.identity.worldWideName, among: state.sets.values),
              ports: nil))
        }
      let set = LDSet(
        name: name, osType: osType, clients: [], connection: connection, assignments: [:])
      Self.change(set, in: state, &change)
    }
    return try ldSet(name)
  }

  /// Removes a group that sees no disk.
  public func deleteLDSet(_ name: LDSetName, by requester: Requester) throws(DiskArrayError) {
    try perform(.deleteLDSet, by: requester) { (state, change) throws(DiskArrayError) in
      let set = try state.ldSet(name)
      guard set.assignments.isEmpty else {
        throw DiskArrayError(
          .stateConflict, .ldSetNotEmpty, ["set": .text(name.rawValue)])
      }
      change.remove(set)
      // A later set of this name is another one: no host gets it by itself.
      for (_, var account) in state.accounts where account.ldSets.contains(name) {
        account.kind = .host(ldSets: account.ldSets.filter { $0 != name })
        change.put(account)
      }
      change.tell(.ldSetChanged, ["set": .text(name.rawValue)], in: state)
    }
  }

  /// Lets whoever shows a TLS client certificate of this name be the group's.
  public func addClient(
    _ client: String, to name: LDSetName, by requester: Requester
  ) throws(DiskArrayError) -> LDSetFacts {
    try changeLDSet(name, by: requester) { (set, state) throws(DiskArrayError) in
      if let other = state.sets.values.first(where: { $0.clients.contains(client) }) {
        throw DiskArrayError(
          .alreadyExists, .clientExists,
          ["client": .text(client), "set": .text(other.name.rawValue)])
      }
      try Self.checkRoom(!client.isEmpty, set.clients.count, "clients of an LD set")
      set.clients.append(client)
      return .keepsOpen
    }
  }

  /// Takes a client out of a group. Volumes of the group are closed for everybody; those who
  /// may open them again.
  public func removeClient(
    _ client: String, from name: LDSetName, by requester: Requester
  ) throws(DiskArrayError) -> LDSetFacts {
    try changeLDSet(name, by: requester) { (set, _) throws(DiskArrayError) in
      guard let place = set.clients.firstIndex(of: client) else {
        throw DiskArrayError(
          .notFound, .unknownClient,
          ["client": .text(client), "set": .text(name.rawValue)])
      }
      set.clients.remove(at: place)
      return .closesVolumes
    }
  }

  // MARK: Changing a set

  /// What a change of a set means for those who have its volumes open.
  enum EffectOnVolumes {
    case keepsOpen
    case closesVolumes
  }

  /// Changes one set in one commit.
  func changeLDSet(
    _ name: LDSetName, by requester: Requester,
    _ body: (inout LDSet, ArrayState) throws(DiskArrayError) -> EffectOnVolumes
  ) throws(DiskArrayError) -> LDSetFacts {
    try perform(.changeLDSetMembers, by: requester) { (state, change) throws(DiskArrayError) in
      var set = try state.ldSet(name)
      switch try body(&set, state) {
      case .keepsOpen: break
      case .closesVolumes: for volume in set.assignments.values { change.close(volume) }
      }
      Self.change(set, in: state, &change)
    }
    return try ldSet(name)
  }

  static func change(_ set: LDSet, in state: ArrayState, _ change: inout Change) {
    change.put(set)
    change.tell(.ldSetChanged, ["set": .text(set.name.rawValue)], in: state)
  }

  static func checkRoom(
    _ isPossible: Bool, _ count: Int, _ what: String
  ) throws(DiskArrayError) {
    guard isPossible, count < ArrayLimits.clientsPerLDSet else {
      throw DiskArrayError(
        .noSpace, .tooMany,
        ["limit": .count(UInt64(ArrayLimits.clientsPerLDSet)), "what": .text(what)])
    }
  }
}
