internal import SedaiBytes
internal import SedaiMonitor

extension LogicalUnit {
  /// Writes the bytes that came for a command; false if that would wait for a device.
  public func tryWrite(
    _ transfer: BlockTransfer, from bytes: RawSpan
  ) throws(MediumError) -> Bool {
    guard writers.tryEnter() else { return false }
    defer { writers.leave() }
    try check(transfer.ticket)
    return try transfer.medium.tryWrite(at: transfer.offset, from: bytes)
  }

  /// Writes the bytes that came for a command. Blocks.
  public func write(_ transfer: BlockTransfer, from bytes: RawSpan) throws(MediumError) {
    writers.enter()
    defer { writers.leave() }
    try check(transfer.ticket)
    try transfer.medium.write(at: transfer.offset, from: bytes)
  }

  /// A task that somebody else has ended changes nothing. To be asked by who may write: who
  /// ends tasks waits until nobody does.
  private func check(_ ticket: TaskTicket) throws(MediumError) {
    guard state.withLock({ $0.honours(ticket) }) else { throw .replaced }
  }

  private func checkJob(_ ticket: TaskTicket) throws(JobFailure) {
    do throws(MediumError) { try check(ticket) } catch { throw .writing(error) }
  }

  /// Carries out a job and answers its command. Blocks.
  ///
  /// - Parameter data: what the initiator sent.
  public func perform(_ job: SCSIJob, data: RawSpan) -> SCSIOutcome {
    do throws(JobFailure) {
      switch job.subject {
      case .unit(let control):
        try change(control, data, by: job.ticket.attachment)
        return .good
      case .blocks(let kind, let medium):
        return try perform(kind, on: medium, data, job.ticket)
      }
    } catch {
      switch error {
      case .sense(let sense): return outcome(of: sense)
      case .reading(let error): return outcome(of: error, writing: false)
      case .writing(let error): return outcome(of: error, writing: true)
      case .status(let status): return SCSIOutcome(status: status)
      }
    }
  }

  private func perform(
    _ kind: SCSIJob.Kind, on medium: any SCSIMedium, _ data: RawSpan, _ ticket: TaskTicket
  ) throws(JobFailure) -> SCSIOutcome {
    let blocks = MediumBlocks(medium: medium, block: identity.blockBytes)
    switch kind {
    case .verify(let range, let verification):
      try blocks.verify(range, verification, data)
    case .prefetch(let range):
      let most = SCSILimits.maximumPrefetchBytes / identity.blockBytes
      try blocks.verify(
        BlockRange(start: range.start, count: min(range.count, most)), .readable, data)
      return SCSIOutcome(status: .conditionMet)
    case .synchronizeCache: try blocks.flush()
    case .blockStatus(let start, let allocation):
      return SCSIOutcome(
        status: .good, data: Array(try blocks.status(from: start).prefix(allocation)))
    case .writeAndVerify(let range):
      try change(blocks, ticket) { (blocks) throws(JobFailure) in
        let written = try blocks.write(range, data)
        try blocks.flush()
        try blocks.verify(written, .readable, data)
      }
    case .writeSame(let range, let unmaps, let hasNoData):
      try change(blocks, ticket) { (blocks) throws(JobFailure) in
        try blocks.fill(range, with: hasNoData ? nil : data, unmaps: unmaps)
      }
    case .unmap(let parameters):
      let ranges = try blocks.unmapRanges(data, parameters: parameters)
      try change(blocks, ticket) { (blocks) throws(JobFailure) in
        for range in ranges { try blocks.trim(range) }
      }
    case .compareAndWrite(let range, let mustBeDurable):
      try writers.alone { () throws(JobFailure) in
        try checkJob(ticket)
        try blocks.compareAndWrite(range, data)
      }
      try blocks.finish(mustBeDurable)
    case .orWrite(let range, let mustBeDurable):
      try writers.alone { () throws(JobFailure) in
        try checkJob(ticket)
        try blocks.orWrite(range, data)
      }
      try blocks.finish(mustBeDurable)
    }
    return .good
  }

  private func change(
    _ blocks: MediumBlocks, _ ticket: TaskTicket,
    _ body: (MediumBlocks) throws(JobFailure) -> Void
  ) throws(JobFailure) {
    writers.enter()
    defer { writers.leave() }
    try checkJob(ticket)
    try body(blocks)
    try blocks.finish(false)
  }
}
