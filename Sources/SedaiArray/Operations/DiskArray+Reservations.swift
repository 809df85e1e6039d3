public import SedaiModel
import SedaiMonitor

extension DiskArray {
  /// What initiators have agreed on about a disk, as far as it was to survive a power cut.
  public func reservations(of volume: VolumeID) -> UnitReservations? {
    state.withLock { $0.reservations[volume] }
  }

  /// Keeps what initiators have agreed on about a disk in place of what was kept before; nil
  /// keeps nothing. Durable on return. It lasts until no LD set holds the disk any more.
  ///
  /// - Throws: `.notInLDSet` if none does: its hosts have nothing to agree on then.
  public func keep(
    _ reservations: UnitReservations?, of volume: VolumeID
  ) throws(DiskArrayError) {
    try perform(by: nil) { (state, change) throws(DiskArrayError) in
      guard state.reservations[volume] != reservations else { return }
      guard reservations == nil || state.setsOf[volume] != nil else {
        throw DiskArrayError(
          .notFound, .notInLDSet, ["name": .text(state.name(volume)), "set": .text("-")])
      }
      change.keep(reservations, of: volume)
    }
  }

  /// The disks that host writes need space of a pool's for, by what they hold or show.
  public func volumes(ofPool name: String) -> Set<VolumeID> {
    state.withLock { state in
      Set(
        state.disks.values.filter { disk in
          state.setsOf[disk.id] != nil && state.pools[disk.pool]?.name.rawValue == name
        }.map(\.id))
    }
  }
}
