public import SedaiModel
internal import SedaiMonitor

/// How a command ended, and what it has to say.
public struct SCSIOutcome: Hashable, Sendable {
  public var status: SCSIStatus
  /// Empty unless ``status`` is a check condition.
  public var sense: [UInt8]
  public var data: [UInt8]

  public static let good = SCSIOutcome(status: .good, sense: [], data: [])

  public init(status: SCSIStatus, sense: [UInt8] = [], data: [UInt8] = []) {
    self.status = status
    self.sense = sense
    self.data = data
  }
}

/// Blocks that are to be moved between an initiator and a medium.
public struct BlockTransfer: Sendable {
  public let medium: any SCSIMedium
  /// Bytes.
  public let offset: UInt64
  /// Bytes.
  public let count: Int
  let ticket: TaskTicket
}

/// Says that a task may still change the unit: it has not been ended by somebody else.
struct TaskTicket: Hashable, Sendable {
  let attachment: AttachmentID
  /// How often the tasks of its session had been ended when it began.
  let round: UInt64
}

/// What is to be done about a command.
public enum SCSIStep: Sendable {
  /// It is done.
  case finished(SCSIOutcome)
  /// Read as many bytes; see ``LogicalUnit/outcome(of:writing:)`` if that fails.
  case read(BlockTransfer)
  /// Write the bytes that came, and flush if they must be durable.
  case write(BlockTransfer, mustBeDurable: Bool)
  /// Answer with the target's units, see ``UnitList/answer(units:select:allocation:)``.
  case units(select: UInt8, allocation: Int)
  /// Copy between units; see ``LogicalUnit/copy(_:data:among:)``.
  case copy(CopyJob)
  /// Something longer, to be done by ``LogicalUnit/perform(_:data:)``.
  case job(SCSIJob)
}

/// A disk as initiators see it: one for each volume, whoever looks at it by whichever target.
///
/// Every call may come from any thread. Only ``perform(_:data:)`` waits for devices.
public final class LogicalUnit: Sendable {
  public let identity: UnitIdentity
  let state = Monitor(UnitState())
  let writers = WriteGate()
  /// Whoever changes reservations does so alone.
  let reserving = WriteGate()
  let keeper: (any ReservationKeeper)?

  /// It shows nothing until ``show(_:)``.
  ///
  /// - Parameters:
  ///   - kept: what of its reservations has survived.
  ///   - keeper: nil: nothing can survive here.
  public init(
    identity: UnitIdentity, kept: UnitReservations? = nil,
    keeper: (any ReservationKeeper)? = nil
  ) {
    self.identity = identity
    self.keeper = keeper
    guard let kept else { return }
    state.withLock { $0.reservations = PersistentReservations(kept) }
  }

  // MARK: What it shows

  /// Shows something else from now on, and has every initiator told what that means to it.
  public func show(_ content: UnitContent) {
    state.withLock { state in
      if let shape = UnitState.Shape(state.content) { state.shownBefore = shape }
      state.content = content
      guard let before = state.shownBefore, let after = UnitState.Shape(content) else { return }
      state.raise(.mediumMayHaveChanged) { _ in true }
      if before.isReady, after.isReady {
        if before.size != after.size { state.raise(.capacityChanged) { _ in true } }
        if before.isReadOnly != after.isReadOnly { state.raise(.modeChanged) { _ in true } }
      }
    }
  }

  /// Some target has other units than before.
  public func announceOtherUnits(to attachment: AttachmentID) {
    state.withLock { state in
      guard let nexus = state.attachments[attachment]?.nexus else { return }
      state.raise(.unitsChanged) { $0 == nexus }
    }
  }

  /// The space that writes need runs short.
  public func announceShortage() {
    state.withLock { $0.raise(.spaceRunsShort) { _ in true } }
  }

  // MARK: Who looks

  /// A session begins to use it.
  ///
  /// - Parameter abortTasks: called, from any thread, when the tasks that the session has for
  ///   this unit are no longer to be answered; must return soon and not call the unit.
  public func attach(
    _ nexus: SCSINexus, abortTasks: @escaping @Sendable () -> Void
  ) -> AttachmentID {
    state.withLock { state in
      let identity = AttachmentID(rawValue: state.nextAttachment)
      state.nextAttachment += 1
      state.attachments[identity] = UnitState.Attachment(
        nexus: nexus, attentions: [.powerOn], abortTasks: abortTasks)
      return identity
    }
  }

  /// The session is over. What it reserved by RESERVE is free.
  public func detach(_ attachment: AttachmentID) {
    state.withLock { state in
      guard let gone = state.attachments.removeValue(forKey: attachment) else { return }
      let isStillThere = state.attachments.values.contains { $0.nexus == gone.nexus }
      if state.holder == gone.nexus && !isStillThere { state.holder = nil }
    }
  }

  /// Ends every task of everybody, and what RESERVE reserved. Everybody is told.
  ///
  /// - Parameter attachment: who asked for it and ends its own tasks.
  /// - Source: SAM-5 §6.3.3.
  public func reset(by attachment: AttachmentID?) {
    let aborts = state.withLock { state in
      state.holder = nil
      state.mode = ModeParameters()
      state.raise(.reset) { _ in true }
      return state.abortTasks { identity, _ in identity != attachment }
    }
    for abort in aborts { abort() }
  }

  /// Ends every task of everybody.
  ///
  /// - Parameter attachment: who asked for it and ends its own tasks.
  public func clearTasks(by attachment: AttachmentID) {
    let aborts = state.withLock { state in
      let own = state.attachments[attachment]?.nexus
      state.raise(.commandsCleared) { $0 != own }
      return state.abortTasks { identity, _ in identity != attachment }
    }
    for abort in aborts { abort() }
  }

  // MARK: Commands

  /// Looks at a command: answers it, or says what is to be done.
  public func begin(_ block: CommandBlock, from attachment: AttachmentID) -> SCSIStep {
    state.withLock { state in
      guard let nexus = state.attachments[attachment]?.nexus else {
        return .finished(SCSIOutcome(status: .busy))
      }
      do throws(Sense) {
        let command = try SCSICommand(block)
        if !command.comesBeforeAttentions,
          let attention = state.attachments[attachment]?.attentions.first
        {
          state.attachments[attachment]?.attentions.removeFirst()
          throw attention
        }
        if state.forbids(command, to: nexus) {
          return .finished(SCSIOutcome(status: .reservationConflict))
        }
        return try step(command, attachment, &state)
      } catch {
        return .finished(state.outcome(error))
      }
    }
  }

  /// How a command ended whose blocks could not be moved.
  public func outcome(of error: MediumError, writing: Bool) -> SCSIOutcome {
    let sense: Sense? =
      switch error {
      case .inputOutput: writing ? .writeError : .readError
      case .noSpace: .noSpace
      case .readOnly: .writeProtected
      case .outOfRange: .blockOutOfRange
      case .notReady: .notReady
      case .replaced: nil
      }
    // A command for what was shown before has not been carried out: it is sent again, and
    // then the initiator is told what has changed.
    guard let sense else { return SCSIOutcome(status: .busy) }
    return outcome(of: sense)
  }

  /// How a command ended that was refused for this reason.
  public func outcome(of sense: Sense) -> SCSIOutcome {
    state.withLock { $0.outcome(sense) }
  }
}

extension UnitState {
  func outcome(_ sense: Sense) -> SCSIOutcome {
    SCSIOutcome(
      status: .checkCondition, sense: sense.bytes(isDescriptor: mode.usesDescriptors))
  }
}
