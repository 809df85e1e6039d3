import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiModel
import SedaiMonitor

// Records and engine figures put together for those who ask.

extension DiskArray {
  func diskFacts(_ disk: Disk, in state: ArrayState) -> DiskFacts {
    let image = shownImage(of: disk, in: state).flatMap { engine.image($0) }
    return DiskFacts(
      id: disk.id, number: disk.number, name: disk.name, osType: disk.osType,
      roles: state.roles(of: disk), pool: disk.pool.rawValue,
      poolName: poolName(disk.pool, in: state), capacity: capacity(of: disk, in: state),
      blockSize: state.blockSize(of: disk),
      allocatedBytes: disk.link == nil ? Self.bytes(of: image) : 0, boundAt: disk.boundAt,
      isAccessible: condition(of: disk.pool) != .missing,
      linkedBy: state.linkedBy[disk.id].flatMap { state.disks[$0]?.name },
      canUndoRestore: disk.volume?.undo != nil, limits: disk.limits,
      ldSets: (state.setsOf[disk.id] ?? []).sorted())
  }

  func snapshotFacts(_ disk: Disk, in state: ArrayState) -> SnapshotFacts? {
    guard let snapshot = disk.snapshot, let base = state.disks[snapshot.base] else { return nil }
    let active = snapshot.active
    let link = state.linkedBy[disk.id].flatMap { state.disks[$0] }
    return SnapshotFacts(
      id: disk.id, number: disk.number, name: disk.name, osType: disk.osType,
      base: base.name, absoluteGeneration: snapshot.generation,
      relativeGeneration: active.flatMap { state.families[base.id]?.age(of: $0.image) },
      state: snapshotState(of: disk, snapshot, in: state),
      isGuarded: active?.isGuarded ?? false,
      capacity: active?.capacity ?? base.volume?.capacity ?? 0,
      allocatedBytes: Self.bytes(of: active.flatMap { engine.image($0.image) }),
      linkedBy: link?.name, access: link?.link?.state.access)
  }

  func snapshotFacts(_ id: VolumeID) throws(DiskArrayError) -> SnapshotFacts {
    let facts = state.withLock { state in
      state.disks[id].flatMap { self.snapshotFacts($0, in: state) }
    }
    guard let facts else { throw Self.vanished() }
    return facts
  }

  func linkFacts(_ disk: Disk, in state: ArrayState) -> LinkFacts? {
    guard let link = disk.link, let base = state.disks[link.base] else { return nil }
    let kind: LinkFacts.TargetKind? =
      switch link.state.target {
      case nil: nil
      case .snapshot: .snapshot
      case .base: .base
      }
    return LinkFacts(
      id: disk.id, number: disk.number, name: disk.name, osType: disk.osType,
      base: base.name, target: link.state.target.flatMap { state.disks[$0.volume]?.name },
      targetKind: kind, access: link.state.access)
  }

  func linkFacts(_ id: VolumeID) throws(DiskArrayError) -> LinkFacts {
    let facts = state.withLock { state in
      state.disks[id].flatMap { self.linkFacts($0, in: state) }
    }
    guard let facts else { throw Self.vanished() }
    return facts
  }

  func linkFacts(of base: VolumeID, in state: ArrayState) -> [LinkFacts] {
    (state.families[base]?.links ?? []).compactMap { state.disks[$0] }
      .sorted { $0.name < $1.name }.compactMap { linkFacts($0, in: state) }
  }

  func facts(_ id: VolumeID) throws(DiskArrayError) -> DiskFacts {
    let facts = state.withLock { state in
      state.disks[id].map { self.diskFacts($0, in: state) }
    }
    guard let facts else { throw Self.vanished() }
    return facts
  }

  func poolFacts(_ pool: Pool, in state: ArrayState) -> PoolFacts {
    let figures = engine.capacity(of: pool.id)
    let unit = ChunkGeometry.chunkBytes
    let reserve = pool.reserve.map { reserve in
      let used = figures?.reserveHeld ?? 0
      return ReserveFacts(
        capacity: reserve.chunks * unit, used: used * unit, policy: reserve.policy,
        thresholds: reserve.thresholds,
        level: ReserveLevel(
          used: used, capacity: reserve.chunks, thresholds: reserve.thresholds))
    }
    return PoolFacts(
      number: pool.id.rawValue, name: pool.name, kind: pool.kind,
      state: shownState(of: pool.id, in: state),
      capacity: (figures?.total ?? 0) * unit,
      promised: ((figures?.promised ?? 0) + (figures?.reserve ?? 0) + (figures?.staging ?? 0))
        * unit,
      free: (figures?.unpromised ?? 0) * unit, allocated: (figures?.allocated ?? 0) * unit,
      awaitingReuse: (figures?.awaitingReuse ?? 0) * unit, reserve: reserve,
      members: viewer?.isHost == true ? [] : pool.members)
  }

  func ldSetFacts(_ set: LDSet, in state: ArrayState) -> LDSetFacts {
    LDSetFacts(
      name: set.name, osType: set.osType, clients: set.clients,
      connection: connection(of: set, in: state),
      assignments: set.assignments.sorted { $0.key < $1.key }.compactMap { place, id in
        state.disks[id].map { disk in
          let address = set.address(of: disk, at: place)
          return LDSetFacts.Assignment(
            lun: address.lun, target: address.target, volume: id, disk: disk.name,
            number: disk.number, blockSize: state.blockSize(of: disk))
        }
      })
  }

  private func connection(of set: LDSet, in state: ArrayState) -> LDSetFacts.Connection {
    switch set.connection {
    case .fibreChannel(let paths): .fibreChannel(paths: paths)
    case .iSCSI(let access):
      .iSCSI(
        ISCSIFacts(
          initiators: access.initiators, mode: access.mode, targetName: access.targetName,
          portals: state.ports.values.sorted { $0.number < $1.number }
            .filter { access.ports?.contains($0.number) ?? true }.compactMap(\.portal),
          chap: access.chap.map {
            CHAPFacts(
              initiator: $0.initiator, user: $0.credentials.initiator.user,
              targetUser: $0.credentials.target?.user)
          }))
    }
  }

  func hostPortFacts(_ port: HostPort, in state: ArrayState) -> HostPortFacts {
    HostPortFacts(
      number: port.number, name: port.name, portal: port.portal,
      isLinkUp: port.portal != nil && state.listening.contains(port.number))
  }

  /// The image whose contents a disk shows.
  func shownImage(of disk: Disk, in state: ArrayState) -> ImageID? {
    switch disk.body {
    case .volume(let volume): volume.image
    case .snapshot(let snapshot): snapshot.active?.image
    case .link(let link):
      switch link.state.target {
      case nil: nil
      case .snapshot(let id): state.disks[id]?.snapshot?.active?.image
      case .base(let id): state.disks[id]?.volume?.image
      }
    }
  }

  /// Bytes of a disk as hosts see it.
  func capacity(of disk: Disk, in state: ArrayState) -> UInt64 {
    switch disk.body {
    case .volume(let volume): return volume.capacity
    case .snapshot(let snapshot):
      return snapshot.active?.capacity ?? state.disks[snapshot.base]?.volume?.capacity ?? 0
    case .link(let link):
      if case .snapshot(let id) = link.state.target,
        let active = state.disks[id]?.snapshot?.active
      {
        return active.capacity
      }
      return state.disks[link.base]?.volume?.capacity ?? 0
    }
  }

  private func poolName(_ id: PoolID, in state: ArrayState) -> PoolName {
    // Every disk's pool is in the catalogue: checked when it is read and when disks are bound.
    guard let pool = state.pools[id] else { preconditionFailure("a disk without pool") }
    return pool.name
  }

  private static func bytes(of image: ImageFacts?) -> UInt64 {
    guard let image else { return 0 }
    return (image.mappedChunks + image.overlayChunks) * ChunkGeometry.chunkBytes
  }

  /// Another request removed it between the change and the answer.
  static func vanished() -> DiskArrayError { DiskArrayError(.busy, .catalogueBusy) }
}
