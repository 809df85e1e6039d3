internal import NIOCore
internal import NIOPosix
internal import SedaiBytes
internal import SedaiISCSI
internal import SedaiSCSI
internal import Synchronization

/// Counts the commands that worker threads were given; read from any thread.
final class CommandCount: Sendable {
  private let count = Atomic<UInt64>(0)

  var current: UInt64 { count.load(ordering: .acquiring) }

  /// The place of one more.
  func next() -> UInt64 {
    count.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue
  }
}

/// The full feature phase of one connection: carries out commands, gathers their answers.
///
/// Belongs to the connection's event loop. A command that the volume can serve at once is
/// carried out on the loop, straight between the socket's buffers and the volume, and its
/// answer joins the batch. Others go to the worker threads and their answers come back one by
/// one, in any order, as the protocol allows.
final class ISCSITasks {
  enum Progress {
    /// Everything was looked at; so many bytes are needed for what comes next.
    case needsInput(byteCount: Int)
    /// The gathered replies want to be sent before more is done.
    case batchIsFull
    /// Too much is under way; go on when completions have come in.
    case saturated
    /// The initiator has logged out: send what there is, then close.
    case ended
    /// Nothing that follows could be understood.
    case violation
  }

  var session: ISCSISession
  /// Nil in a discovery session.
  let end: ISCSISessionEnd?
  let targets: ISCSITargets
  let work: ISCSIWork
  let workers: NIOThreadPool
  let eventLoop: any EventLoop
  let mailbox: Mailbox<ISCSICompletion>
  let budget: ReplyBudget
  /// Has the session's own event loop end its tasks for a unit that began by then.
  let abortLater: @Sendable (_ unit: UInt64, _ begun: UInt64) -> Void
  /// How many commands worker threads were given.
  let begun = CommandCount()
  /// Where initiators reach this portal.
  let portal: String

  /// Answers of this batch, as they will be sent.
  var replies: ByteBuffer
  /// Writes that are done and answered when ``SCSIMedium/publish()`` has returned.
  var unpublished: [(task: ISCSITask, medium: any SCSIMedium)] = []

  private var seenVersion: UInt64 = 0
  private(set) var places: [UInt16: Place] = [:]
  /// Commands that worker threads have, by their tags.
  var underWay: [UInt32: UnderWay] = [:]
  var bytesUnderWay = 0
  /// A question about targets is being answered by a worker thread.
  var isAsking = false
  /// A command that waits until all before it are done.
  var held: (command: ISCSICommand, payload: ByteBuffer)?
  /// Wishes to end tasks that are answered when those have ended.
  var waitingRequests: [WaitingRequest] = []

  /// This session at a unit.
  struct Place {
    let unit: LogicalUnit
    let attachment: AttachmentID
  }

  struct UnderWay {
    let unit: UInt64
    /// Its place among those that worker threads were given, 1….
    let place: UInt64
    /// Its answer is not sent any more.
    var isAborted = false
    /// Nothing that came later may begin before it ends.
    var isOrdered = false
  }

  struct WaitingRequest {
    let request: ISCSITaskManagement
    var tags: Set<UInt32>
  }

  init(
    _ beginning: ISCSIBeginning, end: ISCSISessionEnd?, portal: String,
    channel: any Channel, environment: ISCSIConnectionEnvironment,
    mailbox: Mailbox<ISCSICompletion>,
    abortLater: @escaping @Sendable (_ unit: UInt64, _ begun: UInt64) -> Void
  ) {
    session = ISCSISession(beginning)
    self.end = end
    self.portal = portal
    targets = environment.targets
    work = ISCSIWork(allocator: channel.allocator)
    workers = environment.workers
    eventLoop = channel.eventLoop
    budget = environment.budget
    self.mailbox = mailbox
    self.abortLater = abortLater
    replies = channel.allocator.buffer(capacity: NetworkLimits.replyBatchBytes)
  }

  var hasNothingUnderWay: Bool { underWay.isEmpty && !isAsking }

  var isSaturated: Bool {
    isAsking || held != nil || underWay.count >= NetworkLimits.maximumRequestsUnderWay
      || bytesUnderWay >= NetworkLimits.maximumBytesUnderWay
      || underWay.values.contains { $0.isOrdered }
  }

  // MARK: Bytes in

  /// Carries out what lies in `input` from `position` on and moves the position past it.
  func run(_ input: RawSpan, at position: inout Int) -> Progress {
    while true {
      if replies.writerIndex >= NetworkLimits.replyBatchBytes { return .batchIsFull }
      if isSaturated { return .saturated }
      switch session.next(input, at: &position) {
      case .needsInput(let byteCount): return .needsInput(byteCount: byteCount)
      case .violation: return .violation
      case .ignored: break
      case .send(let bytes): replies.writeBytes(bytes)
      case .sendThenClose(let bytes):
        replies.writeBytes(bytes)
        return .ended
      case .command(let command, let payload): begin(command, payload, input)
      case .spoiled(let command): spoil(command)
      case .manage(let request): manage(request)
      case .listTargets(let name): listTargets(name)
      }
    }
  }

  private func begin(_ command: ISCSICommand, _ payload: ISCSIPayload, _ input: RawSpan) {
    if underWay[command.taskTag] != nil, let unit = place(of: command)?.unit {
      let outcome = unit.outcome(of: .overlappedCommands)
      return respond(command, outcome, movedBytes: command.expectedBytes)
    }
    if command.isOrdered, !underWay.isEmpty {
      held = (command, buffer(of: payload, input))
      return
    }
    switch payload {
    case .none: execute(command, input.extracting(0..<0))
    case .range(let range): execute(command, input.extracting(range))
    case .gathered(let bytes):
      bytes.withBytes(0..<bytes.count) { execute(command, $0) }
    }
  }

  private func buffer(of payload: ISCSIPayload, _ input: RawSpan) -> ByteBuffer {
    switch payload {
    case .none: ByteBuffer()
    case .range(let range): copy(input.extracting(range))
    case .gathered(let bytes): ByteBuffer(bytes: bytes)
    }
  }

  func copy(_ payload: RawSpan) -> ByteBuffer {
    var buffer = work.allocator.buffer(capacity: payload.byteCount)
    buffer.writeBytes(payload)
    return buffer
  }

  private func spoil(_ command: ISCSICommand) {
    let outcome =
      place(of: command)?.unit.outcome(of: .unexpectedData) ?? UnitList.absent(CommandBlock([]))
    respond(command, outcome, movedBytes: command.expectedBytes)
  }

  private func listTargets(_ name: String?) {
    isAsking = true
    let initiator = session.identity.initiator
    workers.submit { [targets, mailbox, portal] state in
      guard case .active = state else { return }
      let names = targets.names(for: initiator, at: portal).filter {
        name == nil || $0.name.lowercased() == name?.lowercased()
      }
      mailbox.post(.targets(names))
    }
  }

  // MARK: Units

  /// The unit that a command is for, as this session sees it.
  func place(of command: ISCSICommand) -> Place? { place(at: command.unit) }

  func place(at address: UInt64) -> Place? {
    guard let target = end?.target, let number = UnitList.number(in: address) else { return nil }
    let version = target.version
    if version != seenVersion { takeUnits(of: target, version) }
    return places[number]
  }

  private func takeUnits(of target: ServedTarget, _ version: UInt64) {
    let isFirst = seenVersion == 0
    seenVersion = version
    let units = target.current()
    for (number, place) in places where units[number] !== place.unit {
      place.unit.detach(place.attachment)
      places[number] = nil
    }
    let nexus = SCSINexus(
      initiator: session.identity.initiatorPort,
      target: ISCSISessionIdentity.targetPort(of: target.name))
    for (number, unit) in units where places[number] == nil {
      let address = UnitList.address(of: number)
      let attachment = unit.attach(nexus) { [abortLater, begun] in
        abortLater(address, begun.current)
      }
      places[number] = Place(unit: unit, attachment: attachment)
    }
    guard !isFirst else { return }
    for place in places.values { place.unit.announceOtherUnits(to: place.attachment) }
  }

  /// The session is over.
  func leave() {
    for place in places.values { place.unit.detach(place.attachment) }
    places = [:]
    if let end {
      // A later session of the same name waits for that.
      targets.didEnd(end)
    }
  }
}
