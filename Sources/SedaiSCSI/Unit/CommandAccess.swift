/// What a command does to a unit, as far as reservations are concerned.
/// - Source: SPC-4 §5.12.1 and SBC-3 §4.17, the tables of commands allowed under reservations.
enum CommandAccess {
  /// Never in the way of anybody.
  case harmless
  /// Tells about the unit: in the way of RESERVE only.
  case question
  case reading
  case writing
  /// Has rules of its own.
  case reservation
}

extension SCSICommand {
  var access: CommandAccess {
    switch self {
    case .inquiry, .reportUnits, .requestSense, .release: .harmless
    case .testUnitReady, .readCapacity10, .readCapacity16, .readReservations, .reportCommands,
      .reportTaskManagement, .reportPortGroups, .startStop(.start), .copyResults:
      .question
    case .read, .verify, .prefetch, .blockStatus, .modeSense: .reading
    case .write, .writeAndVerify, .writeSame, .unmap, .compareAndWrite, .orWrite,
      .synchronizeCache, .modeSelect, .startStop, .extendedCopy:
      .writing
    case .reserve, .changeReservations: .reservation
    }
  }

  /// Answered although the initiator has something else to be told first.
  var comesBeforeAttentions: Bool {
    switch self {
    case .inquiry, .reportUnits, .requestSense: true
    default: false
    }
  }
}

extension UnitState {
  func forbids(_ command: SCSICommand, to nexus: SCSINexus) -> Bool {
    let access = command.access
    if case .harmless = access { return false }
    if let holder, holder != nexus { return true }
    switch access {
    case .harmless, .question: return false
    case .reading: return reservations.forbids(writing: false, to: nexus)
    case .writing: return reservations.forbids(writing: true, to: nexus)
    case .reservation:
      // The two kinds of reservation exclude each other.
      if case .reserve = command { return !reservations.registrations.isEmpty }
      return holder != nil
    }
  }
}
