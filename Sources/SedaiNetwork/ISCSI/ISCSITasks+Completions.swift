internal import NIOCore
internal import SedaiISCSI
internal import SedaiSCSI

extension ISCSITasks {
  /// Takes in what a worker thread has done; returns an answer that is to be sent as it is.
  ///
  /// - Parameter completion: given away, so that a large answer is not copied to be finished.
  func complete(_ completion: consuming ISCSICompletion) -> ByteBuffer? {
    switch consume completion {
    case .targets(let targets):
      isAsking = false
      if let bytes = session.answer(targets: targets) { replies.writeBytes(bytes) }
      return nil
    case .data(let task, var reply, let layout):
      guard finish(task) else { return nil }
      var bytes = reply.mutableReadableBytesSpan
      session.sealDataIn(
        layout, to: task.command,
        ISCSIResult(status: SCSIStatus.good.rawValue, movedBytes: task.movedBytes), into: &bytes)
      goOn(after: task)
      return reply
    case .outcome(let task, let outcome):
      guard finish(task) else { return nil }
      let moved = task.movedBytes > 0 ? task.movedBytes : outcome.data.count
      respond(task.command, outcome, movedBytes: moved)
      goOn(after: task)
      return nil
    }
  }

  /// False if its answer is not wanted any more.
  private func finish(_ task: ISCSITask) -> Bool {
    bytesUnderWay -= task.charge
    guard let entry = underWay.removeValue(forKey: task.command.taskTag) else { return false }
    guard entry.isAborted else { return true }
    session.commandDidEnd()
    goOn(after: task)
    return false
  }

  /// Does what waited for a command to end.
  private func goOn(after task: ISCSITask) {
    for index in waitingRequests.indices {
      waitingRequests[index].tags.remove(task.command.taskTag)
    }
    for waiting in waitingRequests where waiting.tags.isEmpty {
      replies.writeBytes(session.answer(waiting.request, .complete))
    }
    waitingRequests.removeAll { $0.tags.isEmpty }
    if let next = held, underWay.isEmpty {
      held = nil
      execute(next.command, next.payload.readableBytesSpan)
    }
  }

  // MARK: Ending tasks

  /// - Source: RFC 7143 §11.5 and §11.6.
  func manage(_ request: ISCSITaskManagement) {
    switch request.function {
    case .abortTask(let tag):
      if session.abandonWrite(tag) || dropHeld(where: { $0.taskTag == tag }) {
        return answer(request, after: [])
      }
      guard underWay[tag] != nil else {
        replies.writeBytes(session.answer(request, .noTask))
        return
      }
      answer(request, after: abort { $0 == tag && $1.unit == request.unit })
    case .unsupported: replies.writeBytes(session.answer(request, .notSupported))
    case .resetTargetWarm, .resetTargetCold:
      guard let target = end?.target else { return }
      for (number, unit) in target.current() { unit.reset(by: places[number]?.attachment) }
      session.abandonWrites { _ in true }
      _ = dropHeld { _ in true }
      answer(request, after: abort { _, _ in true })
      if request.function == .resetTargetCold { targets.endSessions(at: target) }
    case .abortTaskSet, .clearTaskSet, .resetUnit:
      guard let place = place(at: request.unit) else {
        replies.writeBytes(session.answer(request, .noUnit))
        return
      }
      if request.function == .clearTaskSet { place.unit.clearTasks(by: place.attachment) }
      if request.function == .resetUnit { place.unit.reset(by: place.attachment) }
      session.abandonWrites { $0 == request.unit }
      _ = dropHeld { $0.unit == request.unit }
      answer(request, after: abort { $1.unit == request.unit })
    }
  }

  /// Another session has ended the tasks for a unit. Those whose data has not come find out
  /// when it has.
  ///
  /// - Parameter begun: how many there were then; later ones go on.
  func abortTasks(of unit: UInt64, begun: UInt64) {
    _ = abort { $1.unit == unit && $1.place <= begun }
  }

  /// Forgets the command that waits for others; true if there was such a one.
  private func dropHeld(where isMeant: (ISCSICommand) -> Bool) -> Bool {
    guard let command = held?.command, isMeant(command) else { return false }
    held = nil
    session.commandDidEnd()
    return true
  }

  /// - Returns: those that a worker has.
  private func abort(where isMeant: (UInt32, UnderWay) -> Bool) -> Set<UInt32> {
    var tags: Set<UInt32> = []
    for (tag, entry) in underWay where isMeant(tag, entry) {
      underWay[tag]?.isAborted = true
      tags.insert(tag)
    }
    return tags
  }

  private func answer(_ request: ISCSITaskManagement, after tags: Set<UInt32>) {
    if tags.isEmpty {
      replies.writeBytes(session.answer(request, .complete))
    } else {
      waitingRequests.append(WaitingRequest(request: request, tags: tags))
    }
  }
}
