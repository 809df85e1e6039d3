extension LogicalUnit {
  /// What is to be done about a command that may be carried out.
  func step(
    _ command: SCSICommand, _ attachment: AttachmentID, _ state: inout UnitState
  ) throws(Sense) -> SCSIStep {
    if let step = try answer(command, attachment, &state) { return step }
    if case .changing = state.content { return .finished(SCSIOutcome(status: .busy)) }
    let dataBytes = Int(command.outgoingBytes(blockBytes: identity.blockBytes))
    let ticket = TaskTicket(
      attachment: attachment, round: state.attachments[attachment]?.round ?? 0)
    if let control = try controlJob(command) {
      return .job(SCSIJob(subject: .unit(control), ticket: ticket, dataBytes: dataBytes))
    }
    if case .extendedCopy = command {
      guard dataBytes <= SCSILimits.maximumParameterBytes else { throw .parameterListLength }
      return .copy(CopyJob(ticket: ticket, dataBytes: dataBytes))
    }
    guard case .medium(let medium) = state.content else { throw .notReady }
    switch command {
    case .testUnitReady: return .finished(.good)
    case .readCapacity10: return finished(capacity(of: medium).short)
    case .readCapacity16(let allocation):
      return finished(capacity(of: medium).long, allocation)
    case .read(let range):
      return .read(try transfer(range, on: medium, ticket))
    case .write(let range, let mustBeDurable):
      try checkWritable(medium, state)
      return .write(try transfer(range, on: medium, ticket), mustBeDurable: mustBeDurable)
    default:
      guard let kind = try mediumJob(command, medium, state) else { throw .invalidCommand }
      return .job(
        SCSIJob(subject: .blocks(kind, medium), ticket: ticket, dataBytes: dataBytes))
    }
  }

  private func finished(_ data: [UInt8], _ allocation: Int = .max) -> SCSIStep {
    .finished(SCSIOutcome(status: .good, data: Array(data.prefix(allocation))))
  }

  // MARK: Answers that need no medium

  private func answer(
    _ command: SCSICommand, _ attachment: AttachmentID, _ state: inout UnitState
  ) throws(Sense) -> SCSIStep? {
    guard let nexus = state.attachments[attachment]?.nexus else { return nil }
    switch command {
    case .inquiry(let page, let allocation):
      guard let page else { return finished(Inquiry.standard(), allocation) }
      return finished(try Inquiry(identity: identity, nexus: nexus).page(page), allocation)
    case .requestSense(let isDescriptor, let allocation):
      let sense = pendingSense(attachment, &state)
      return finished(sense.bytes(isDescriptor: isDescriptor), allocation)
    case .reportCommands(let question, let allocation):
      return finished(try SupportedCommand.answer(question), allocation)
    case .reportTaskManagement(let isExtended, let allocation):
      // Abort task, abort and clear task set, reset; QUERY TASK is not there.
      let bytes: [UInt8] =
        [0xD8, 0, 0, isExtended ? 12 : 0] + (isExtended ? [UInt8](repeating: 0, count: 12) : [])
      return finished(bytes, allocation)
    case .reportPortGroups(let isExtended, let allocation):
      return finished(PortGroups.answer(isExtended: isExtended), allocation)
    case .readReservations(let action, let allocation):
      return finished(try state.reservations.answer(action: action), allocation)
    case .modeSense(let request):
      return finished(try modePages(state).answer(request), request.allocation)
    case .copyResults(let action, let identifier, let allocation):
      let copies = state.attachments[attachment]?.copies ?? []
      return finished(
        try CopyAnswers.answer(action, identifier, among: copies), allocation)
    case .reserve:
      state.holder = nexus
      return .finished(.good)
    case .release:
      if state.holder == nexus { state.holder = nil }
      return .finished(.good)
    case .startStop:
      // There is nothing to be started, and stopping would stop it for everybody.
      return .finished(.good)
    case .reportUnits(let select, let allocation):
      return .units(select: select, allocation: allocation)
    default: return nil
    }
  }

  private func pendingSense(_ attachment: AttachmentID, _ state: inout UnitState) -> Sense {
    if let attention = state.attachments[attachment]?.attentions.first {
      state.attachments[attachment]?.attentions.removeFirst()
      return attention
    }
    if case .notReady = state.content { return .notReady }
    return .none
  }

  func modePages(_ state: UnitState) -> ModePages {
    guard case .medium(let medium) = state.content else {
      return ModePages(
        parameters: state.mode, blocks: nil, blockBytes: identity.blockBytes, isReadOnly: false)
    }
    return ModePages(
      parameters: state.mode, blocks: medium.size / identity.blockBytes,
      blockBytes: identity.blockBytes, isReadOnly: medium.isReadOnly)
  }

  // MARK: Jobs

  private func controlJob(_ command: SCSICommand) throws(Sense) -> SCSIJob.Control? {
    switch command {
    case .modeSelect(let isLong, let isPageFormat, let savesPages, let parameters):
      guard isPageFormat, !savesPages else { throw .invalidField(1) }
      return .modeSelect(isLong: isLong, parameters: parameters)
    case .changeReservations(let action, let scopeAndType, let parameters):
      guard action <= 7 else { throw .invalidField(1) }
      guard UInt64(parameters) <= SCSILimits.maximumParameterBytes else {
        throw .parameterListLength
      }
      return .reservations(
        action: action, scopeAndType: scopeAndType, parameters: parameters)
    default: return nil
    }
  }

  private func mediumJob(
    _ command: SCSICommand, _ medium: any SCSIMedium, _ state: UnitState
  ) throws(Sense) -> SCSIJob.Kind? {
    switch command {
    case .verify(let range, let verification):
      try check(range, on: medium, isMoved: verification == .data)
      return .verify(range, verification)
    case .prefetch(let range):
      try check(range, on: medium, isMoved: false)
      return .prefetch(range)
    case .synchronizeCache(let range):
      try check(range, on: medium, isMoved: false)
      return .synchronizeCache
    case .blockStatus(let start, let allocation):
      guard start < blocks(of: medium) else { throw .blockOutOfRange }
      return .blockStatus(start: start, allocation: allocation)
    case .writeAndVerify(let range):
      try checkWritable(medium, state)
      try check(range, on: medium, isMoved: true)
      return .writeAndVerify(range)
    case .orWrite(let range, let mustBeDurable):
      try checkWritable(medium, state)
      try check(range, on: medium, isMoved: true)
      return .orWrite(range, mustBeDurable: mustBeDurable)
    case .compareAndWrite(let range, let mustBeDurable):
      try checkWritable(medium, state)
      guard range.count <= UInt64(SCSILimits.maximumCompareBlocks) else { throw .invalidField(13) }
      try check(range, on: medium, isMoved: true)
      return .compareAndWrite(range, mustBeDurable: mustBeDurable)
    case .unmap(let parameters):
      try checkWritable(medium, state)
      return .unmap(parameters: parameters)
    case .writeSame(let range, let unmaps, let hasNoData):
      try checkWritable(medium, state)
      try check(range, on: medium, isMoved: false)
      // No count means up to the end.
      let count = range.count == 0 ? blocks(of: medium) - range.start : range.count
      guard count <= SCSILimits.maximumWriteSameBytes / identity.blockBytes else {
        throw .invalidField(7)
      }
      return .writeSame(
        BlockRange(start: range.start, count: count), unmaps: unmaps, hasNoData: hasNoData)
    default: return nil
    }
  }

  // MARK: Ranges

  private func capacity(of medium: any SCSIMedium) -> Capacity {
    Capacity(size: medium.size, blockBytes: identity.blockBytes)
  }

  func blocks(of medium: any SCSIMedium) -> UInt64 {
    medium.size / identity.blockBytes
  }

  private func check(
    _ range: BlockRange, on medium: any SCSIMedium, isMoved: Bool
  ) throws(Sense) {
    let blocks = blocks(of: medium)
    guard range.start <= blocks, range.count <= blocks - range.start else {
      throw .blockOutOfRange
    }
    let longest = SCSILimits.maximumTransferBytes / identity.blockBytes
    if isMoved && range.count > longest { throw .invalidField(7) }
  }

  private func checkWritable(_ medium: any SCSIMedium, _ state: UnitState) throws(Sense) {
    if state.mode.isWriteProtected { throw .softwareWriteProtected }
    if medium.isReadOnly { throw .writeProtected }
  }

  private func transfer(
    _ range: BlockRange, on medium: any SCSIMedium, _ ticket: TaskTicket
  ) throws(Sense) -> BlockTransfer {
    try check(range, on: medium, isMoved: true)
    return BlockTransfer(
      medium: medium, offset: range.start * identity.blockBytes,
      count: Int(range.count * identity.blockBytes), ticket: ticket)
  }
}
