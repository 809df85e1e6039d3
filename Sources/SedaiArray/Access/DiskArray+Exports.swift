import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiModel
import SedaiMonitor

extension DiskArray {
  /// What a peer may open, by name. What it may not see is not there.
  public func exports(for peer: Peer) -> [ExportFacts] {
    state.withLock { state in
      Self.visible(to: peer, in: state).compactMap { state.disks[$0] }
        .sorted { $0.name < $1.name }
        .compactMap { disk in
          if disk.hostAccess == .notAvailable { return nil }
          return ExportFacts(
            name: disk.name.rawValue, size: self.capacity(of: disk, in: state),
            isReadOnly: disk.hostAccess == .readOnly,
            description: Self.describe(disk, in: state))
        }
    }
  }

  /// Opens a volume for data access. It may wait, shortly, while a restore or link change of
  /// it is under way.
  /// - Returns: nil if there is no such volume, or none that `peer` may see.
  public func open(export name: String, for peer: Peer) -> Volume? {
    guard let name = LogicalDiskName(name) else { return nil }
    let session: VolumeSession?? = state.wait { state in
      guard !state.isStopping, let id = state.byName[name], let disk = state.disks[id],
        Self.isVisible(disk, to: peer, in: state)
      else { return .some(nil) }
      if state.transitions[id] != nil { return nil }
      if let open = state.sessions[id] { return .some(open) }
      let pace = state.paces[id] ?? RequestPace(upper: disk.limits.upper)
      state.paces[id] = pace
      let session = self.session(for: disk, pace, in: state)
      state.sessions[id] = session
      return .some(session)
    }
    guard let session, let session else { return nil }
    return Volume(array: self, session: session)
  }

  private static func isVisible(_ disk: Disk, to peer: Peer, in state: ArrayState) -> Bool {
    guard state.roles(of: disk).isAssignable else { return false }
    if disk.hostAccess == .notAvailable { return false }
    switch peer {
    case .localAdministrator: return true
    case .ldSet(let name):
      return state.setsOf[disk.id]?.contains { $0.rawValue == name } ?? false
    case .initiator(let name):
      return state.set(ofInitiator: name)?.assignments.values.contains(disk.id) ?? false
    case .certificate(let client):
      return state.setsOf[disk.id]?.contains {
        state.sets[$0]?.clients.contains(client) ?? false
      } ?? false
    }
  }

  private static func visible(to peer: Peer, in state: ArrayState) -> [VolumeID] {
    switch peer {
    case .localAdministrator:
      return state.disks.values.filter { state.roles(of: $0).isAssignable }.map(\.id)
    case .ldSet(let name):
      return LDSetName(name).flatMap { state.sets[$0] }.map { Array($0.assignments.values) } ?? []
    case .initiator(let name):
      return state.set(ofInitiator: name).map { Array($0.assignments.values) } ?? []
    case .certificate(let client):
      return state.sets.values.first { $0.clients.contains(client) }
        .map { Array($0.assignments.values) } ?? []
    }
  }

  private static func describe(_ disk: Disk, in state: ArrayState) -> String {
    let kind = state.roles(of: disk).text
    let number = disk.number?.description ?? "-"
    return "\(kind) \(number) \(FullName(osType: disk.osType, name: disk.name))"
  }

  // MARK: Sessions

  /// What a disk shows, now.
  private func session(
    for disk: Disk, _ pace: RequestPace, in state: ArrayState
  ) -> VolumeSession {
    VolumeSession(
      volume: disk.id, base: disk.baseID, view: view(of: disk, in: state),
      size: capacity(of: disk, in: state), overlay: overlay(of: disk, in: state),
      copy: Self.shownVolume(of: disk, in: state).flatMap { state.copyWork(into: $0) },
      pace: pace)
  }

  /// The disk whose own image a disk shows.
  private static func shownVolume(of disk: Disk, in state: ArrayState) -> Disk? {
    switch disk.body {
    case .volume: return disk
    case .snapshot: return nil
    case .link(let link):
      guard case .base(let base) = link.state.target else { return nil }
      return state.disks[base]
    }
  }

  private func view(of disk: Disk, in state: ArrayState) -> VolumeSession.View {
    switch disk.body {
    case .snapshot: return .nothing
    case .volume(let volume):
      // Its own host has no access while a link volume shows it.
      guard state.linkedBy[disk.id] == nil, disk.hostAccess.isReadable else { return .nothing }
      return .image(
        volume.image, pool: disk.pool, isLive: true,
        isWritable: mayWrite(disk, access: disk.hostAccess))
    case .link(let link):
      guard case .linked(let target, let access) = link.state, access.isReadable,
        let shown = state.disks[target.volume],
        let image = shownImage(of: shown, in: state)
      else { return .nothing }
      return .image(
        image, pool: shown.pool, isLive: shown.volume != nil,
        isWritable: mayWrite(shown, access: access))
    }
  }

  private func overlay(of disk: Disk, in state: ArrayState) -> SignatureOverlay? {
    switch disk.body {
    case .volume(let volume):
      return volume.signature.map { SignatureOverlay(keeper: disk.id, signature: $0) }
    case .snapshot: return nil
    case .link(let link):
      guard let target = link.state.target, let shown = state.disks[target.volume] else {
        return nil
      }
      // A link to the base volume is access to the base volume itself.
      if let volume = shown.volume {
        return volume.signature.map { SignatureOverlay(keeper: shown.id, signature: $0) }
      }
      if let own = link.signature { return SignatureOverlay(keeper: disk.id, signature: own) }
      return shown.snapshot?.active?.signature.map {
        SignatureOverlay(keeper: shown.id, signature: $0)
      }
    }
  }

  /// Changes the signature that a session shows; durable on return.
  func changeSignature(
    _ overlay: SignatureOverlay, of session: VolumeSession,
    _ body: (DiskSignature) -> DiskSignature
  ) throws(VolumeError) {
    do {
      try perform(by: nil) { (state, change) throws(DiskArrayError) in
        // A session that closed meanwhile speaks for nothing any more.
        guard !session.gate.isClosed, var disk = state.disks[overlay.keeper] else {
          throw DiskArrayError(.busy, .catalogueBusy)
        }
        let signature = body(overlay.signature)
        guard signature != overlay.signature else { return }
        switch disk.body {
        case .volume(var volume):
          volume.signature = signature
          disk.body = .volume(volume)
        case .link(var link):
          link.signature = signature
          disk.body = .link(link)
        case .snapshot(var snapshot):
          guard var active = snapshot.active else { return }
          active.signature = signature
          snapshot.content = .active(active)
          disk.body = .snapshot(snapshot)
        }
        change.put(disk)
      }
      overlay.signature = state.withLock { state in
        self.kept(by: overlay, in: state) ?? overlay.signature
      }
    } catch {
      throw error.messageID == .catalogueBusy ? .shutDown : .inputOutput
    }
  }

  private func kept(by overlay: SignatureOverlay, in state: ArrayState) -> DiskSignature? {
    switch state.disks[overlay.keeper]?.body {
    case nil: nil
    case .volume(let volume): volume.signature
    case .link(let link): link.signature
    case .snapshot(let snapshot): snapshot.active?.signature
    }
  }
}
