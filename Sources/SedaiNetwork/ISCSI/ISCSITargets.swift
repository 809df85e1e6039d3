internal import NIOPosix
internal import SedaiISCSI
internal import SedaiMonitor
internal import SedaiSCSI

/// The targets there are, kept as the array has them, and who is logged in.
final class ISCSITargets: Sendable {
  /// A session that another one of the same name replaces.
  struct SessionKey: Hashable, Sendable {
    let initiatorPort: String
    let target: String
  }

  private struct State {
    /// By their names in lower case.
    var targets: [String: ServedTarget] = [:]
    var facts: [ISCSITargetFacts] = []
    /// By the numbers of their creation.
    var units: [UInt64: ServedUnit] = [:]
    var sessions: [SessionKey: ISCSISessionEnd] = [:]
    var lastHandle: UInt16 = 0
    var look = Look.idle
  }

  private enum Look { case idle, underWay, wantedAgain }

  private let directory: any ISCSITargetDirectory
  private let workers: NIOThreadPool
  let failedProofs = FailedProofs()
  private let state = Monitor(State())
  /// Whether somebody is looking what has changed.
  private let isLooking = Monitor(false)

  init(directory: any ISCSITargetDirectory, workers: NIOThreadPool) {
    self.directory = directory
    self.workers = workers
    directory.whenTargetsChange { [weak self] in self?.lookAgain() }
    directory.whenSpaceRunsShort { [weak self] in self?.announceShortage(of: $0) }
  }

  // MARK: Keeping up with the array

  /// Has a worker look what has changed; returns at once.
  func lookAgain() {
    let begins = state.withLock { state in
      defer { state.look = state.look == .idle ? .underWay : .wantedAgain }
      return state.look == .idle
    }
    guard begins else { return }
    workers.submit { [weak self] state in
      guard case .active = state else { return }
      self?.lookUntilDone()
    }
  }

  private func lookUntilDone() {
    while true {
      look()
      let isDone = state.withLock { state in
        defer { state.look = state.look == .wantedAgain ? .underWay : .idle }
        return state.look != .wantedAgain
      }
      if isDone { return }
    }
  }

  /// Makes targets and units as the array has them. Blocks; one thread at a time.
  private func look() {
    isLooking.wait { isLooking -> Void? in
      if isLooking { return nil }
      isLooking = true
      return ()
    }
    defer {
      isLooking.withLock { $0 = false }
      isLooking.wakeAll()
    }
    let facts = directory.targets()
    let known = state.withLock { $0.units }
    var units: [UInt64: ServedUnit] = [:]
    var shown: [String: [UInt16: LogicalUnit]] = [:]
    for target in facts {
      var numbers: [UInt16: LogicalUnit] = [:]
      for unit in target.units {
        let creation = unit.identity.creation
        let served = units[creation] ?? known[creation] ?? ServedUnit(unit.identity, directory)
        units[creation] = served
        if open(served, unit, target.ldSet) { numbers[unit.number] = served.unit }
      }
      shown[target.name.lowercased()] = numbers
    }
    for (creation, served) in known where units[creation] == nil { served.hide() }
    let (replaced, orphans) = state.withLock { state in
      state.facts = facts
      state.units = units
      for target in facts where state.targets[target.name.lowercased()] == nil {
        state.targets[target.name.lowercased()] = ServedTarget(name: target.name)
      }
      state.targets = state.targets.filter { shown[$0.key] != nil }
      return (state.targets, unwelcome(state))
    }
    for (name, target) in replaced { target.replace(shown[name] ?? [:]) }
    for orphan in orphans { orphan.order() }
  }

  /// Whether hosts of the set can see it now.
  private func open(_ served: ServedUnit, _ unit: ISCSIUnitFacts, _ ldSet: String) -> Bool {
    if served.isOpen { return true }
    guard let volume = directory.openVolume(unit, ofLDSet: ldSet) else { return false }
    served.show(volume) { [weak self] in self?.lookAgain() }
    return true
  }

  /// Sessions whose target is gone, or whose initiator may not use it any more.
  private func unwelcome(_ state: State) -> [ISCSISessionEnd] {
    state.sessions.values.filter { session in
      !state.facts.contains {
        $0.name == session.target.name && $0.admits(session.initiator, at: session.portal)
      }
    }
  }

  private func announceShortage(of creations: Set<UInt64>) {
    let units = state.withLock { $0.units.filter { creations.contains($0.key) } }
    for served in units.values { served.unit.announceShortage() }
  }

  // MARK: Logging in

  /// What an initiator at an address has to prove. Blocks.
  func proof(of identity: ISCSISessionIdentity, from address: String) -> ISCSIProof {
    guard let credentials = directory.credentials(ofInitiator: identity.initiator) else {
      return .none
    }
    if failedProofs.isTooMany(from: address) { return .notNow }
    return .challenge(CHAPChallenge(credentials))
  }

  /// Opens a session; one of the same name ends first. Blocks.
  ///
  /// - Returns: nil if there is no such target, or the initiator may not see it.
  func open(
    _ identity: ISCSISessionIdentity, at portal: String, end order: @escaping @Sendable () -> Void
  ) -> (handle: UInt16, session: ISCSISessionEnd)? {
    guard let name = identity.target, let port = identity.targetPort else { return nil }
    waitForLook()
    let key = SessionKey(initiatorPort: identity.initiatorPort, target: port.lowercased())
    let opened = state.withLock {
      state -> (UInt16, ISCSISessionEnd, before: ISCSISessionEnd?)? in
      guard let target = state.targets[name.lowercased()],
        state.facts.contains(where: {
          $0.name == target.name && $0.admits(identity.initiator, at: portal)
        })
      else { return nil }
      let session = ISCSISessionEnd(
        key: key, initiator: identity.initiator, portal: portal, target: target, order: order)
      let before = state.sessions.updateValue(session, forKey: key)
      return (nextHandle(&state), session, before)
    }
    guard let (handle, session, before) = opened else { return nil }
    if let before {
      before.order()
      before.waitUntilEnded()
    }
    return (handle, session)
  }

  private func nextHandle(_ state: inout State) -> UInt16 {
    state.lastHandle = state.lastHandle == .max ? 1 : state.lastHandle + 1
    return state.lastHandle
  }

  /// A session is over and has nothing under way any more.
  func didEnd(_ session: ISCSISessionEnd) {
    state.withLock { state in
      if state.sessions[session.key] === session { state.sessions[session.key] = nil }
    }
    session.didEnd()
  }

  /// Ends every session at a target.
  func endSessions(at target: ServedTarget) {
    let sessions = state.withLock { $0.sessions.values.filter { $0.target === target } }
    for session in sessions { session.order() }
  }

  /// Every unit that an initiator may see, at whatever target.
  ///
  /// - Parameter portal: where it is logged in.
  func parties(for identity: ISCSISessionIdentity, at portal: String) -> [CopyParty] {
    let targets = state.withLock { state in
      state.facts.filter { $0.admits(identity.initiator, at: portal) }
        .compactMap { state.targets[$0.name.lowercased()] }
    }
    return targets.flatMap { target in
      let nexus = SCSINexus(
        initiator: identity.initiatorPort,
        target: ISCSISessionIdentity.targetPort(of: target.name))
      return target.current().values.map { CopyParty(unit: $0, nexus: nexus) }
    }
  }

  /// The targets that an initiator may log in to.
  ///
  /// - Parameter portal: where it asks.
  func names(for initiator: String, at portal: String) -> [ISCSITargetName] {
    waitForLook()
    return state.withLock { state in
      state.facts.filter { $0.admits(initiator, at: portal) }.sorted { $0.name < $1.name }
        .map { ISCSITargetName(name: $0.name, portals: $0.portals.isEmpty ? [portal] : $0.portals) }
    }
  }

  /// A target that was made just now is there for whoever heard of it.
  private func waitForLook() {
    let facts = directory.targets()
    if state.withLock({ $0.facts }) != facts { look() }
  }
}

/// How a session is ended from outside, and how others learn that it has.
final class ISCSISessionEnd: Sendable {
  let key: ISCSITargets.SessionKey
  let initiator: String
  let portal: String
  let target: ServedTarget
  /// Makes the session end; may be called from any thread, any number of times.
  let order: @Sendable () -> Void
  private let hasEnded = Monitor(false)

  init(
    key: ISCSITargets.SessionKey, initiator: String, portal: String, target: ServedTarget,
    order: @escaping @Sendable () -> Void
  ) {
    self.key = key
    self.initiator = initiator
    self.portal = portal
    self.target = target
    self.order = order
  }

  func didEnd() {
    hasEnded.withLock { $0 = true }
    hasEnded.wakeAll()
  }

  func waitUntilEnded() { hasEnded.wait { $0 ? () : nil } }
}
