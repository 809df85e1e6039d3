public import SedaiModel
import SedaiMonitor

extension DiskArray {
  /// Has initiators of a group prove who they are when they log in, from their next login on.
  ///
  /// - Parameters:
  ///   - credentials: nil: nothing has to be proven.
  ///   - initiator: one of the group; nil for all that have no entry of their own.
  public func setCHAP(
    _ credentials: CHAPCredentials?, for initiator: ISCSIName? = nil, in name: LDSetName,
    by requester: Requester
  ) throws(DiskArrayError) -> LDSetFacts {
    try changeLDSet(name, by: requester) { (set, state) throws(DiskArrayError) in
      var access = try Self.iSCSI(set)
      if let initiator, !access.initiators.contains(initiator) {
        throw DiskArrayError(
          .notFound, .unknownInitiator,
          ["initiator": .text(initiator.rawValue), "set": .text(name.rawValue)])
      }
      access.chap.removeAll { $0.initiator == initiator }
      if let credentials {
        try Self.checkRoom(true, access.chap.count, "CHAP entries of an LD set")
        access.chap.append(CHAPEntry(initiator: initiator, credentials: credentials))
      }
      set.connection = .iSCSI(access)
      try Self.checkSecretsDiffer(set, state)
      return .keepsOpen
    }
  }

  /// What proves one side is not taken from the other, in no set: whoever can ask the target to
  /// prove itself could answer the target's own question with what it says.
  /// - Source: RFC 7143 §9.2.1.
  private static func checkSecretsDiffer(
    _ set: LDSet, _ state: ArrayState
  ) throws(DiskArrayError) {
    let others = state.sets.values.filter { $0.name != set.name }
    let entries = (others + [set]).flatMap(\.chap)
    let proving = Set(entries.map(\.credentials.initiator.secret))
    guard
      entries.allSatisfy({ entry in
        entry.credentials.target.map { !proving.contains($0.secret) } ?? true
      })
    else {
      throw DiskArrayError(.invalidRequest, .unusableSecret)
    }
  }

  /// What an initiator has to prove before it is logged in; nil for nothing, as for an
  /// initiator that is in no set.
  public func credentials(for initiator: ISCSIName) -> CHAPCredentials? {
    state.withLock { state in
      guard case .iSCSI(let access)? = state.set(ofInitiator: initiator)?.connection else {
        return nil
      }
      return access.credentials(for: initiator)
    }
  }
}

extension LDSet {
  fileprivate var chap: [CHAPEntry] {
    if case .iSCSI(let access) = connection { return access.chap }
    return []
  }
}
