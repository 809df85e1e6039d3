public import SedaiModel

extension PersistentReservations {
  /// What is to survive a power cut; nil for nothing.
  var record: UnitReservations? {
    guard survivesPowerLoss, !registrations.isEmpty else { return nil }
    let held = held.map { held in
      UnitReservations.Held(
        kind: held.kind.rawValue,
        holder: registrations.firstIndex { $0.nexus == held.holder })
    }
    return UnitReservations(
      registrations: registrations.map {
        UnitReservations.Registration(
          initiator: $0.nexus.initiator, target: $0.nexus.target, key: $0.key)
      }, held: held)
  }

  /// What has survived a power cut.
  init(_ record: UnitReservations) {
    self.init(
      registrations: record.registrations.map {
        Registration(nexus: SCSINexus(initiator: $0.initiator, target: $0.target), key: $0.key)
      })
    guard let held = record.held, let kind = Kind(rawValue: held.kind) else { return }
    let holder = held.holder.flatMap {
      registrations.indices.contains($0) ? registrations[$0].nexus : nil
    }
    guard kind.isForAllRegistrants || holder != nil else { return }
    hold(Held(kind: kind, holder: kind.isForAllRegistrants ? nil : holder))
  }

  // MARK: REGISTER AND MOVE

  /// Gives the reservation to another initiator port, which is registered with that.
  /// - Source: SPC-4 §5.12.8.
  mutating func move(
    _ nexus: SCSINexus, key: UInt64, to other: SCSINexus, as newKey: UInt64, unregisters: Bool
  ) throws(Refusal) {
    try checkKey(key, of: nexus)
    guard let held else { throw .check(.invalidField(1)) }
    guard held.holder == nexus else { throw .conflict }
    guard newKey != 0 else { throw .check(.invalidParameter(8)) }
    guard other != nexus else { throw .check(.invalidParameter(24)) }
    _ = try register(other, key: nil, as: newKey)
    hold(Held(kind: held.kind, holder: other))
    if unregisters { remove(nexus) }
  }
}

/// Where a unit's reservations are kept over a power cut. A call blocks.
public protocol ReservationKeeper: Sendable {
  /// Keeps them in place of what was kept before; durable on return. Nil keeps nothing.
  func keep(_ reservations: UnitReservations?) throws(MediumError)
}
