internal import SedaiBytes
internal import SedaiMonitor

extension LogicalUnit {
  /// Changes what initiators have agreed on with the unit.
  func change(
    _ control: SCSIJob.Control, _ data: RawSpan, by attachment: AttachmentID
  ) throws(JobFailure) {
    let aborts = try state.withLock { (state) throws(JobFailure) -> [@Sendable () -> Void] in
      guard let nexus = state.attachments[attachment]?.nexus else { throw .status(.busy) }
      switch control {
      case .modeSelect(let isLong, let parameters):
        try selectMode(isLong, try list(data, parameters), nexus, &state)
        return []
      case .reservations(let action, let scopeAndType, let parameters):
        let list = try list(data, parameters)
        let removed = try changeReservations(action, scopeAndType, list, nexus, &state)
        return state.attachments.values.filter { removed.contains($0.nexus) }.map(\.abortTasks)
      }
    }
    for abort in aborts { abort() }
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

  /// The parameters of PERSISTENT RESERVE OUT.
  private static let reservationBytes = 24

  /// - Returns: whose tasks are to be aborted.
  private func changeReservations(
    _ action: UInt8, _ scopeAndType: UInt8, _ list: [UInt8], _ nexus: SCSINexus,
    _ state: inout UnitState
  ) throws(JobFailure) -> Set<SCSINexus> {
    guard list.count == Self.reservationBytes else { throw .sense(.parameterListLength) }
    // Neither other ports, nor other initiators, nor a life beyond this process.
    guard list[20] & 0x0D == 0 else { throw .sense(.invalidParameter(20)) }
    let key = list.bigEndian(at: 0, bytes: 8)
    let other = list.bigEndian(at: 8, bytes: 8)
    let kind =
      scopeAndType >> 4 == 0 ? PersistentReservations.Kind(rawValue: scopeAndType & 0xF) : nil
    var reservations = state.reservations
    var attentions: PersistentReservations.Attentions = []
    do throws(PersistentReservations.Refusal) {
      switch action {
      case 0: attentions = try reservations.register(nexus, key: key, as: other)
      case 1:
        guard let kind else { throw .check(.invalidField(2)) }
        try reservations.reserve(nexus, key: key, kind)
      case 2: attentions = try reservations.release(nexus, key: key, kind)
      case 3: attentions = try reservations.clear(nexus, key: key)
      case 4, 5: attentions = try reservations.preempt(nexus, key: key, victim: other, kind)
      default: attentions = try reservations.register(nexus, key: nil, as: other)
      }
    } catch {
      switch error {
      case .conflict: throw .status(.reservationConflict)
      case .check(let sense): throw .sense(sense)
      }
    }
    state.reservations = reservations
    for (sense, told) in attentions {
      state.raise(sense) { told.contains($0) }
    }
    guard action == 5 else { return [] }
    return Set(attentions.filter { $0.0 == .registrationsPreempted }.flatMap { $0.1 })
  }
}
