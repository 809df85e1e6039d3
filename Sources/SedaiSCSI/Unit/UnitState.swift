/// What initiators have made of a unit, and what they still have to be told.
struct UnitState: Sendable {
  var content = UnitContent.changing
  /// What was shown before the content changed; compared with what follows.
  var shownBefore: Shape?
  var attachments: [AttachmentID: Attachment] = [:]
  var nextAttachment: UInt64 = 1
  var reservations = PersistentReservations()
  /// Who holds the unit by RESERVE.
  var holder: SCSINexus?
  var mode = ModeParameters()

  struct Attachment: Sendable {
    let nexus: SCSINexus
    var attentions: [Sense]
    /// What became of its copies, the latest last.
    var copies: [CopyResult] = []
    /// How often its tasks were ended by others.
    var round: UInt64 = 0
    /// Makes the session forget the tasks it has for this unit.
    let abortTasks: @Sendable () -> Void
  }

  /// As much of a content as initiators notice.
  struct Shape: Hashable, Sendable {
    var size: UInt64
    var isReadOnly: Bool
    var isReady: Bool

    init?(_ content: UnitContent) {
      switch content {
      case .medium(let medium):
        self.init(size: medium.size, isReadOnly: medium.isReadOnly, isReady: true)
      case .notReady: self.init(size: 0, isReadOnly: false, isReady: false)
      case .changing: return nil
      }
    }

    private init(size: UInt64, isReadOnly: Bool, isReady: Bool) {
      self.size = size
      self.isReadOnly = isReadOnly
      self.isReady = isReady
    }
  }

  /// Has no task that sessions have begun change the unit any more.
  ///
  /// - Returns: what makes those sessions forget them.
  mutating func abortTasks(
    where isMeant: (AttachmentID, SCSINexus) -> Bool
  ) -> [@Sendable () -> Void] {
    var aborts: [@Sendable () -> Void] = []
    for (identity, attachment) in attachments where isMeant(identity, attachment.nexus) {
      attachments[identity]?.round += 1
      aborts.append(attachment.abortTasks)
    }
    return aborts
  }

  /// Whether a task that began with the ticket may still change the unit.
  func honours(_ ticket: TaskTicket) -> Bool {
    attachments[ticket.attachment].map { $0.round == ticket.round } ?? true
  }

  /// Tells every session that `concerns` chooses, once.
  mutating func raise(_ attention: Sense, for concerns: (SCSINexus) -> Bool) {
    for (identity, attachment) in attachments where concerns(attachment.nexus) {
      guard !attachment.attentions.contains(attention),
        attachment.attentions.count < SCSILimits.maximumAttentions
      else { continue }
      attachments[identity]?.attentions.append(attention)
    }
  }
}

/// What has happened to a unit that initiators could not see.
/// - Source: SPC-4 §5.14, table of unit attention conditions.
extension Sense {
  static let powerOn = Sense(.unitAttention, 0x29, 0x00)
  static let reset = Sense(.unitAttention, 0x29, 0x03)
  static let mediumMayHaveChanged = Sense(.unitAttention, 0x28, 0x00)
  static let modeChanged = Sense(.unitAttention, 0x2A, 0x01)
  static let reservationsPreempted = Sense(.unitAttention, 0x2A, 0x03)
  static let reservationsReleased = Sense(.unitAttention, 0x2A, 0x04)
  static let registrationsPreempted = Sense(.unitAttention, 0x2A, 0x05)
  static let capacityChanged = Sense(.unitAttention, 0x2A, 0x09)
  static let spaceRunsShort = Sense(.unitAttention, 0x38, 0x07)
  static let commandsCleared = Sense(.unitAttention, 0x2F, 0x00)
  static let unitsChanged = Sense(.unitAttention, 0x3F, 0x0E)
}

/// The mode parameters that an initiator can change; the same for all of them.
struct ModeParameters: Hashable, Sendable {
  /// D_SENSE: errors are told in descriptors.
  var usesDescriptors = false
  /// SWP: nothing is written.
  var isWriteProtected = false
}
