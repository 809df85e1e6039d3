internal import NIOCore
internal import NIOPosix
internal import SedaiBytes
internal import SedaiISCSI
internal import SedaiSCSI

extension ISCSITasks {
  /// Carries a command out, or has a worker do so.
  func execute(_ command: ISCSICommand, _ payload: RawSpan) {
    let block = CommandBlock(high: command.block.high, low: command.block.low)
    guard let place = place(of: command) else {
      return respond(command, absentOutcome(block), movedBytes: 0)
    }
    switch place.unit.begin(block, from: place.attachment) {
    case .finished(let outcome): respond(command, outcome, movedBytes: outcome.data.count)
    case .units(let select, let allocation):
      let outcome = listUnits(select, allocation)
      respond(command, outcome, movedBytes: outcome.data.count)
    case .read(let transfer): read(command, place.unit, transfer)
    case .write(let transfer, let mustBeDurable):
      write(command, place.unit, transfer, payload, mustBeDurable)
    case .copy(let job):
      let task = ISCSITask(
        command: command, unit: place.unit, movedBytes: job.dataBytes,
        charge: payload.byteCount)
      let data = copy(payload)
      let (identity, unit) = (session.identity, place.unit)
      offload(task) { [targets, portal] in
        let parties = targets.parties(for: identity, at: portal)
        return .outcome(task, unit.copy(job, data: data.readableBytesSpan, among: parties))
      }
    case .job(let job):
      let task = ISCSITask(
        command: command, unit: place.unit, movedBytes: job.dataBytes,
        charge: payload.byteCount)
      let data = copy(payload)
      offload(task, after: job.takePlace()) { [work] in work.perform(task, job, data) }
    }
  }

  private func absentOutcome(_ block: CommandBlock) -> SCSIOutcome {
    // What units there are is also told by one that is not there.
    if case .reportUnits(let select, let allocation)? = try? SCSICommand(block) {
      return listUnits(select, allocation)
    }
    return UnitList.absent(block)
  }

  private func listUnits(_ select: UInt8, _ allocation: Int) -> SCSIOutcome {
    do throws(Sense) {
      return try UnitList.answer(
        units: places.keys.sorted().map(UnitList.address(of:)), select: select,
        allocation: allocation)
    } catch {
      return SCSIOutcome(status: .checkCondition, sense: error.bytes(isDescriptor: false))
    }
  }

  // MARK: Reading

  private func read(_ command: ISCSICommand, _ unit: LogicalUnit, _ transfer: BlockTransfer) {
    let count = command.isRead ? min(transfer.count, command.expectedBytes) : 0
    var task = ISCSITask(command: command, unit: unit, movedBytes: transfer.count)
    guard count > 0 else { return respond(command, .good, movedBytes: transfer.count) }
    let layout = DataInLayout(dataBytes: count, session.parameters)
    let wait = transfer.medium.takePlace()
    if wait == 0, count <= NetworkLimits.maximumInlineBytes, readAtOnce(task, transfer, layout) {
      return
    }
    task.charge = count
    if count > NetworkLimits.maximumInlineBytes {
      guard budget.take(count) else {
        return respond(command, SCSIOutcome(status: .taskSetFull), movedBytes: 0)
      }
      task.budgetedBytes = count
    }
    let reading = task
    offload(task, after: wait) { [work] in work.read(reading, transfer, layout) }
  }

  /// Reads into the batch; false if that would wait for a device.
  private func readAtOnce(
    _ task: ISCSITask, _ transfer: BlockTransfer, _ layout: DataInLayout
  ) -> Bool {
    var failure: MediumError?
    let count = layout.byteCount
    // SAFETY: the span covers the first `count` writable bytes, is used in this closure only,
    // and reading and sealing fill all of it if as much is said to be written.
    let written = unsafe replies.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
      var bytes = unsafe MutableRawSpan(_unsafeBytes: .init(rebasing: room[..<count]))
      do throws(MediumError) {
        for index in 0..<layout.count {
          let (data, place) = layout.piece(index)
          var piece = bytes._mutatingExtracting(place)
          let offset = transfer.offset + UInt64(data.lowerBound)
          guard try transfer.medium.tryRead(at: offset, into: &piece) else { return 0 }
        }
      } catch {
        failure = error
        return 0
      }
      session.sealDataIn(
        layout, to: task.command,
        ISCSIResult(status: SCSIStatus.good.rawValue, movedBytes: task.movedBytes),
        into: &bytes)
      return count
    }
    if let failure {
      respond(task.command, task.unit.outcome(of: failure, writing: false), movedBytes: 0)
      return true
    }
    return written > 0
  }

  // MARK: Writing

  private func write(
    _ command: ISCSICommand, _ unit: LogicalUnit, _ transfer: BlockTransfer,
    _ payload: RawSpan, _ mustBeDurable: Bool
  ) {
    let count = min(transfer.count, payload.byteCount)
    var task = ISCSITask(command: command, unit: unit, movedBytes: transfer.count)
    guard count % Int(unit.identity.blockBytes) == 0 else {
      let outcome = unit.outcome(of: .invalidInformationUnit)
      return respond(command, outcome, movedBytes: transfer.count)
    }
    let data = payload.extracting(0..<count)
    let wait = transfer.medium.takePlace()
    do throws(MediumError) {
      if wait == 0, try unit.tryWrite(transfer, from: data) {
        guard mustBeDurable else { return unpublished.append((task, transfer.medium)) }
        let writing = task
        return offload(task) { [work] in work.flush(writing, transfer.medium) }
      }
    } catch {
      let outcome = unit.outcome(of: error, writing: true)
      return respond(command, outcome, movedBytes: transfer.count)
    }
    task.charge = count
    let (writing, bytes) = (task, copy(data))
    offload(task, after: wait) { [work] in
      work.write(writing, transfer, bytes, mustBeDurable: mustBeDurable)
    }
  }

  /// - Parameter wait: nanoseconds until it may begin.
  private func offload(
    _ task: ISCSITask, after wait: UInt64 = 0, _ body: @escaping @Sendable () -> ISCSICompletion
  ) {
    underWay[task.command.taskTag] = UnderWay(
      unit: task.command.unit, place: begun.next(), isOrdered: task.command.isOrdered)
    bytesUnderWay += task.charge
    workers.submit(after: wait, on: eventLoop) { [mailbox] in mailbox.post(body()) }
  }

  // MARK: Answers

  /// Answers a command with what it has to say, as far as there is room for it.
  func respond(_ command: ISCSICommand, _ outcome: SCSIOutcome, movedBytes: Int) {
    let count = command.isRead ? min(outcome.data.count, command.expectedBytes) : 0
    let result = ISCSIResult(status: outcome.status.rawValue, movedBytes: movedBytes)
    if count > 0, outcome.status == .good {
      let layout = DataInLayout(dataBytes: count, session.parameters)
      // SAFETY: the span covers the first bytes of the writable ones and is used in this
      // closure only, which fills all of it.
      unsafe replies.writeWithUnsafeMutableBytes(minimumWritableBytes: layout.byteCount) { room in
        var bytes = unsafe MutableRawSpan(
          _unsafeBytes: .init(rebasing: room[..<layout.byteCount]))
        for index in 0..<layout.count {
          let (data, place) = layout.piece(index)
          outcome.data.withBytes(data) { bytes.copy($0, at: place.lowerBound) }
        }
        session.sealDataIn(layout, to: command, result, into: &bytes)
        return layout.byteCount
      }
      return
    }
    let maximum = ISCSISession.maximumResponseBytes
    // SAFETY: the span covers the first `maximum` writable bytes and is used in this closure
    // only.
    unsafe replies.writeWithUnsafeMutableBytes(minimumWritableBytes: maximum) { room in
      var bytes = unsafe MutableRawSpan(_unsafeBytes: .init(rebasing: room[..<maximum]))
      return session.storeResponse(to: command, result, sense: outcome.sense, into: &bytes)
    }
  }

  /// The gathered answers, ready to be sent, or nil if there are none.
  ///
  /// What they acknowledge has been handed to the kernel when this returns; if that failed,
  /// they say so.
  func takeReplies() -> ByteBuffer? {
    publish()
    while let bytes = session.requestWaiting() { replies.writeBytes(bytes) }
    return replies.readableBytes > 0 ? replies : nil
  }

  private func publish() {
    guard !unpublished.isEmpty else { return }
    var published: Set<ObjectIdentifier> = []
    var failures: [ObjectIdentifier: MediumError] = [:]
    for (task, medium) in unpublished {
      let identity = ObjectIdentifier(medium)
      if published.insert(identity).inserted {
        do throws(MediumError) { try medium.publish() } catch { failures[identity] = error }
      }
      let outcome = failures[identity].map { task.unit.outcome(of: $0, writing: true) } ?? .good
      respond(task.command, outcome, movedBytes: task.movedBytes)
    }
    unpublished.removeAll(keepingCapacity: true)
  }

  /// Makes room for the next batch; call when ``takeReplies()`` has been written.
  func recycleReplies() {
    if replies.capacity > NetworkLimits.retainedReplyBytes {
      replies = work.allocator.buffer(capacity: NetworkLimits.replyBatchBytes)
    } else {
      replies.clear()
    }
  }
}
