public import SedaiModel
import SedaiMonitor

// Who belongs to an LD set, besides the bearers of certificates.

extension DiskArray {
  /// Lets an initiator be the group's. An initiator belongs to one group.
  public func addInitiator(
    _ initiator: ISCSIName, to name: LDSetName, by requester: Requester
  ) throws(DiskArrayError) -> LDSetFacts {
    try changeLDSet(name, by: requester) { (set, state) throws(DiskArrayError) in
      var access = try Self.iSCSI(set)
      if let other = state.set(ofInitiator: initiator) {
        throw DiskArrayError(
          .alreadyExists, .initiatorExists,
          ["initiator": .text(initiator.rawValue), "set": .text(other.name.rawValue)])
      }
      try Self.checkRoom(true, access.initiators.count, "initiators of an LD set")
      access.initiators.append(initiator)
      set.connection = .iSCSI(access)
      return .keepsOpen
    }
  }

  /// Takes an initiator out of a group. Volumes of the group are closed for everybody; those
  /// who may open them again.
  public func removeInitiator(
    _ initiator: ISCSIName, from name: LDSetName, by requester: Requester
  ) throws(DiskArrayError) -> LDSetFacts {
    try changeLDSet(name, by: requester) { (set, _) throws(DiskArrayError) in
      var access = try Self.iSCSI(set)
      guard let place = access.initiators.firstIndex(of: initiator) else {
        throw DiskArrayError(
          .notFound, .unknownInitiator,
          ["initiator": .text(initiator.rawValue), "set": .text(name.rawValue)])
      }
      access.initiators.remove(at: place)
      access.chap.removeAll { $0.initiator == initiator }
      set.connection = .iSCSI(access)
      return .closesVolumes
    }
  }

  /// Records an adapter's port, or a port of the array, as one of a Fibre Channel group.
  public func addPath(
    _ path: FibreChannelPath, to name: LDSetName, by requester: Requester
  ) throws(DiskArrayError) -> LDSetFacts {
    try changeLDSet(name, by: requester) { (set, state) throws(DiskArrayError) in
      let paths = try Self.fibreChannelPaths(set)
      if let other = state.sets.values.first(where: { $0.paths.contains(path) }) {
        throw DiskArrayError(
          .alreadyExists, .pathExists,
          ["path": .text(path.description), "set": .text(other.name.rawValue)])
      }
      try Self.checkRoom(true, paths.count, "paths of an LD set")
      set.connection = .fibreChannel(paths: paths + [path])
      return .keepsOpen
    }
  }

  /// Takes a path out of a Fibre Channel group.
  public func removePath(
    _ path: FibreChannelPath, from name: LDSetName, by requester: Requester
  ) throws(DiskArrayError) -> LDSetFacts {
    try changeLDSet(name, by: requester) { (set, _) throws(DiskArrayError) in
      let paths = try Self.fibreChannelPaths(set)
      guard paths.contains(path) else {
        throw DiskArrayError(
          .notFound, .unknownPath,
          ["path": .text(path.description), "set": .text(name.rawValue)])
      }
      set.connection = .fibreChannel(paths: paths.filter { $0 != path })
      return .keepsOpen
    }
  }

  /// Lets an iSCSI group in at a host port. The first port named restricts the group, which
  /// all ports serve before, to the ports named.
  public func addPort(
    _ port: HostPortNumber, to name: LDSetName, by requester: Requester
  ) throws(DiskArrayError) -> LDSetFacts {
    try changeLDSet(name, by: requester) { (set, state) throws(DiskArrayError) in
      var access = try Self.iSCSI(set)
      _ = try state.port(port)
      let restricts = access.ports == nil
      let others = (access.ports ?? []).filter { $0 != port }
      access.ports = (others + [port]).sorted()
      set.connection = .iSCSI(access)
      return restricts ? .closesVolumes : .keepsOpen
    }
  }

  /// Does not let an iSCSI group in at a host port any more.
  public func removePort(
    _ port: HostPortNumber, from name: LDSetName, by requester: Requester
  ) throws(DiskArrayError) -> LDSetFacts {
    try changeLDSet(name, by: requester) { (set, state) throws(DiskArrayError) in
      var access = try Self.iSCSI(set)
      let ports = access.ports ?? state.ports.keys.sorted()
      guard ports.contains(port) else {
        throw DiskArrayError(.notFound, .unknownPort, ["port": .text(port.description)])
      }
      access.ports = ports.filter { $0 != port }
      set.connection = .iSCSI(access)
      return .closesVolumes
    }
  }

  static func iSCSI(_ set: LDSet) throws(DiskArrayError) -> ISCSIAccess {
    guard case .iSCSI(let access) = set.connection else {
      throw DiskArrayError(
        .stateConflict, .wrongLDSetKind,
        ["set": .text(set.name.rawValue), "kind": .text("fc"), "expected": .text("iscsi")])
    }
    return access
  }

  private static func fibreChannelPaths(
    _ set: LDSet
  ) throws(DiskArrayError) -> [FibreChannelPath] {
    guard case .fibreChannel(let paths) = set.connection else {
      throw DiskArrayError(
        .stateConflict, .wrongLDSetKind,
        ["set": .text(set.name.rawValue), "kind": .text("iscsi"), "expected": .text("fc")])
    }
    return paths
  }

  // MARK: For listeners

  /// The group of an initiator, with its targets; nil for one that belongs to none: it must
  /// not even learn that there is a target.
  public func ldSet(ofInitiator initiator: ISCSIName) -> LDSetFacts? {
    state.withLock { state in
      state.set(ofInitiator: initiator).map { self.ldSetFacts($0, in: state) }
    }
  }
}

extension LDSet {
  fileprivate var paths: [FibreChannelPath] {
    if case .fibreChannel(let paths) = connection { return paths }
    return []
  }

  var initiators: [ISCSIName] {
    if case .iSCSI(let access) = connection { return access.initiators }
    return []
  }
}

extension ArrayState {
  /// - Complexity: O(LD sets)
  func set(ofInitiator initiator: ISCSIName) -> LDSet? {
    sets.values.first { $0.initiators.contains(initiator) }
  }
}
