import SedaiFormat
public import SedaiModel
import SedaiMonitor

extension DiskArray {
  /// Shows a generation, or the base volume, through a link volume. Who has the link volume
  /// (or the base volume that gets linked) open is cut off.
  ///
  /// - Source: commands.md 2.4, states.md 3.
  public func link(
    _ reference: DiskReference, to target: LinkRequestTarget, access: AccessMode = .readWrite,
    by requester: Requester
  ) throws(DiskArrayError) -> LinkFacts {
    let id = try perform(.linkVolume, by: requester) {
      (state, change) throws(DiskArrayError) -> VolumeID in
      var (disk, link) = try state.link(reference)
      let shown: Disk
      switch target {
      case .snapshot(let reference):
        let (generation, snapshot) = try state.generation(reference)
        link.state = try LinkRules.link(
          standing(of: disk, link, in: state, token: change.token),
          to: standing(of: generation, snapshot, in: state, token: change.token),
          volume: generation.id, access: access)
        shown = generation
      case .base(let reference):
        let (base, _) = try state.volume(reference)
        link.state = try LinkRules.link(
          standing(of: disk, link, in: state, token: change.token),
          to: standing(ofBase: base, in: state, token: change.token), volume: base.id,
          access: access)
        try PairRules.requireSeparated(state.connection(ofReplica: base))
        change.close(base.id)
        change.mark(base.id, .changing)
        shown = base
      }
      disk.body = .link(link)
      change.put(disk)
      change.close(disk.id)
      change.mark(disk.id, .changing)
      change.mark(shown.id, .changing)
      change.tell(
        .volumeLinked,
        [
          "lv": .text(disk.name.rawValue), "target": .text(shown.name.rawValue),
          "access": .text(access.rawValue),
        ], in: state)
      return disk.id
    }
    return try linkFacts(id)
  }

  /// Ends a link. Data written through it stays in the generation.
  ///
  /// - Parameter target: if given, it must be what the link volume shows.
  /// - Source: commands.md 2.5.
  public func unlink(
    _ reference: DiskReference, from target: LinkRequestTarget? = nil, by requester: Requester
  ) throws(DiskArrayError) -> LinkFacts {
    let id = try perform(.unlinkVolume, by: requester) {
      (state, change) throws(DiskArrayError) -> VolumeID in
      var (disk, link) = try state.link(reference)
      let named: LogicalDiskName? =
        switch target {
        case nil: nil
        case .snapshot(let reference): try state.generation(reference).0.name
        case .base(let reference): try state.volume(reference).0.name
        }
      let shown = link.state.target
      link.state = try LinkRules.unlink(
        standing(of: disk, link, in: state, token: change.token), from: named)
      disk.body = .link(link)
      change.put(disk)
      change.close(disk.id)
      change.mark(disk.id, .changing)
      if let shown {
        change.mark(shown.volume, .changing)
        if case .base(let base) = shown { change.close(base) }
      }
      change.tell(
        .volumeUnlinked,
        [
          "lv": .text(disk.name.rawValue),
          "target": .text(shown.map { state.name($0.volume) } ?? "-"),
        ], in: state)
      return disk.id
    }
    return try linkFacts(id)
  }

  /// What a link volume, a generation or a base volume is linked with.
  /// - Source: commands.md 2.6.
  public func linkInformation(
    of reference: DiskReference
  ) throws(DiskArrayError) -> LinkInformation {
    try look { (state) throws(DiskArrayError) -> LinkInformation in
      let disk = try state.disk(reference)
      let counterpart: VolumeID?
      let access: AccessMode
      switch disk.body {
      case .link(let link):
        counterpart = link.state.target?.volume
        access = link.state.access
      case .snapshot:
        counterpart = state.linkedBy[disk.id]
        access = .notReady
      case .volume:
        counterpart = state.linkedBy[disk.id]
        access = counterpart == nil ? .readWrite : .notReady
      }
      return LinkInformation(
        volume: diskFacts(disk, in: state), isLinked: counterpart != nil,
        counterpart: counterpart.flatMap { state.disks[$0]?.name }, access: access,
        linkVolumes: linkFacts(of: disk.baseID, in: state))
    }
  }
}
