internal import SedaiModel
internal import SedaiMonitor
internal import SedaiSCSI
internal import Synchronization

/// A target with the units that initiators find behind it now.
final class ServedTarget: Sendable {
  let name: String
  private let units = Monitor<[UInt16: LogicalUnit]>([:])
  private let changes = Atomic<UInt64>(1)

  init(name: String) { self.name = name }

  /// Rises whenever the units are others; 1….
  var version: UInt64 { changes.load(ordering: .acquiring) }

  /// The units by their numbers, as of at least the version.
  func current() -> [UInt16: LogicalUnit] { units.withLock { $0 } }

  func replace(_ new: [UInt16: LogicalUnit]) {
    let isOther = units.withLock { units in
      let isOther =
        units.count != new.count || units.contains { number, unit in new[number] !== unit }
      units = new
      return isOther
    }
    if isOther { changes.wrappingAdd(1, ordering: .acquiringAndReleasing) }
  }
}

/// A logical unit with the volume that it shows.
final class ServedUnit: Sendable {
  let unit: LogicalUnit
  private let volume = Monitor<(any ISCSIVolume)?>(nil)

  /// Blocks.
  init(_ identity: UnitIdentity, _ directory: any ISCSITargetDirectory) {
    unit = LogicalUnit(
      identity: identity, kept: directory.reservations(of: identity),
      keeper: Keeper(directory: directory, identity: identity))
  }

  private struct Keeper: ReservationKeeper {
    let directory: any ISCSITargetDirectory
    let identity: UnitIdentity

    func keep(_ reservations: UnitReservations?) throws(MediumError) {
      try directory.keep(reservations, of: identity)
    }
  }

  var isOpen: Bool { volume.withLock { $0 != nil } }

  /// Shows a volume until it closes by itself.
  ///
  /// - Parameter whenClosed: must return soon.
  func show(_ new: any ISCSIVolume, whenClosed: @escaping @Sendable () -> Void) {
    volume.withLock { $0 = new }
    unit.show(new.isReady ? .medium(new) : .notReady)
    new.whenClosed { [weak self, weak new] in
      // What is shown by then may be another one already.
      guard let self,
        volume.withLock({ volume in
          guard volume === new else { return false }
          volume = nil
          return true
        })
      else { return }
      unit.show(.changing)
      whenClosed()
    }
  }

  /// Nobody may see it any more.
  func hide() {
    volume.withLock { $0 = nil }
    unit.show(.changing)
  }
}
