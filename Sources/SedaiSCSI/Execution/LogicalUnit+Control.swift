internal import SedaiBytes
internal import SedaiModel
internal import SedaiMonitor

extension LogicalUnit {
  /// Changes what initiators have agreed on with the unit.
  func change(
    _ control: SCSIJob.Control, _ data: RawSpan, by attachment: AttachmentID
  ) throws(JobFailure) {
    switch control {
    case .modeSelect(let isLong, let parameters):
      let list = try list(data, parameters)
      try state.withLock { (state) throws(JobFailure) in
        guard let nexus = state.attachments[attachment]?.nexus else { throw .status(.busy) }
        try selectMode(isLong, list, nexus, &state)
      }
    case .reservations(let action, let scopeAndType, let parameters):
      let wish = ReservationWish(
        action: action, scopeAndType: scopeAndType, list: try list(data, parameters))
      try reserving.alone { () throws(JobFailure) in try reserve(wish, attachment) }
    }
  }

  /// The parameters of a command.
  private func list(_ data: RawSpan, _ count: Int) throws(JobFailure) -> [UInt8] {
    guard data.byteCount >= count else { throw .sense(.parameterListLength) }
    var list: [UInt8] = []
    list.append(data.extracting(0..<count))
    return list
  }

  private func selectMode(
    _ isLong: Bool, _ list: [UInt8], _ nexus: SCSINexus, _ state: inout UnitState
  ) throws(JobFailure) {
    do throws(Sense) {
      let mode = try modePages(state).changed(by: list, isLong: isLong)
      guard mode != state.mode else { return }
      state.mode = mode
      state.raise(.modeChanged) { $0 != nexus }
    } catch {
      throw .sense(error)
    }
  }

  // MARK: Reservations

  /// One PERSISTENT RESERVE OUT.
  struct ReservationWish {
    let action: UInt8
    let scopeAndType: UInt8
    let list: [UInt8]

    /// Bytes of the parameters that every action has.
    static let commonBytes = 24

    var key: UInt64 { list.bigEndian(at: 0, bytes: 8) }
    var other: UInt64 { list.bigEndian(at: 8, bytes: 8) }
    var kind: PersistentReservations.Kind? {
      guard scopeAndType >> 4 == 0 else { return nil }
      return PersistentReservations.Kind(rawValue: scopeAndType & 0xF)
    }
  }

  /// Service actions by their numbers in SPC-4 §6.16.2.
  private enum ReservationAction {
    static let register: UInt8 = 0
    static let reserve: UInt8 = 1
    static let release: UInt8 = 2
    static let clear: UInt8 = 3
    static let preempt: UInt8 = 4
    static let preemptAndAbort: UInt8 = 5
    static let registerAndIgnore: UInt8 = 6
    static let registerAndMove: UInt8 = 7
  }

  /// Changes who may use the unit; kept, if it is to survive a power cut, before it counts.
  /// Only one thread at a time.
  private func reserve(
    _ wish: ReservationWish, _ attachment: AttachmentID
  ) throws(JobFailure) {
    let found = state.withLock { ($0.attachments[attachment]?.nexus, $0.reservations) }
    guard let nexus = found.0 else { throw .status(.busy) }
    let before = found.1
    var after = before
    let attentions: PersistentReservations.Attentions
    do throws(PersistentReservations.Refusal) {
      attentions = try Self.apply(wish, nexus, &after)
    } catch {
      switch error {
      case .conflict: throw .status(.reservationConflict)
      case .check(let sense): throw .sense(sense)
      }
    }
    if before.record != after.record {
      do throws(MediumError) {
        try keeper?.keep(after.record)
      } catch {
        throw .sense(.insufficientReservationResources)
      }
    }
    let removed: Set<SCSINexus> =
      wish.action == ReservationAction.preemptAndAbort
      ? Set(attentions.filter { $0.0 == .registrationsPreempted }.flatMap { $0.1 }) : []
    let aborts = state.withLock { state in
      state.reservations = after
      for (sense, told) in attentions { state.raise(sense) { told.contains($0) } }
      return state.abortTasks { removed.contains($1) }
    }
    guard !removed.isEmpty else { return }
    for abort in aborts { abort() }
    // What they write has been written, or never will be, when this is answered.
    writers.alone {}
  }

  private static func apply(
    _ wish: ReservationWish, _ nexus: SCSINexus, _ reservations: inout PersistentReservations
  ) throws(PersistentReservations.Refusal) -> PersistentReservations.Attentions {
    let isMove = wish.action == ReservationAction.registerAndMove
    let count = wish.list.count
    guard isMove ? count >= ReservationWish.commonBytes : count == ReservationWish.commonBytes
    else { throw .check(.parameterListLength) }
    if isMove {
      try move(wish, nexus, &reservations)
      return []
    }
    // Neither for other ports nor for other initiators.
    guard wish.list[20] & 0x0C == 0 else { throw .check(.invalidParameter(20)) }
    let isKept = wish.list[20] & 0x01 != 0
    switch wish.action {
    case ReservationAction.register, ReservationAction.registerAndIgnore:
      let attentions = try reservations.register(
        nexus, key: wish.action == ReservationAction.register ? wish.key : nil, as: wish.other)
      reservations.survivesPowerLoss = isKept
      return attentions
    case ReservationAction.reserve:
      guard let kind = wish.kind else { throw .check(.invalidField(2)) }
      try reservations.reserve(nexus, key: wish.key, kind)
      return []
    case ReservationAction.release:
      return try reservations.release(nexus, key: wish.key, wish.kind)
    case ReservationAction.clear: return try reservations.clear(nexus, key: wish.key)
    default:
      return try reservations.preempt(nexus, key: wish.key, victim: wish.other, wish.kind)
    }
  }

  /// - Source: SPC-4 §6.16.4.
  private static func move(
    _ wish: ReservationWish, _ nexus: SCSINexus, _ reservations: inout PersistentReservations
  ) throws(PersistentReservations.Refusal) {
    let list = wish.list
    let name = Array(list.dropFirst(ReservationWish.commonBytes))
    guard Int(list.bigEndian(at: 20, bytes: 4)) == name.count else {
      throw .check(.parameterListLength)
    }
    // There is one target port.
    guard list.bigEndian(at: 18, bytes: 2) == 1 else { throw .check(.invalidParameter(18)) }
    let initiator: String
    do throws(Sense) {
      initiator = try PersistentReservations.initiator(name)
    } catch {
      throw .check(error)
    }
    try reservations.move(
      nexus, key: wish.key, to: SCSINexus(initiator: initiator, target: nexus.target),
      as: wish.other, unregisters: list[17] & 0x02 != 0)
    reservations.survivesPowerLoss = list[17] & 0x01 != 0
  }
}
