internal import Logging
internal import NIOCore
internal import NIOPosix
internal import SedaiISCSI

/// What every connection of a server shares.
struct ISCSIConnectionEnvironment: Sendable {
  let targets: ISCSITargets
  let workers: NIOThreadPool
  let budget: ReplyBudget
  let logger: Logger
}

/// One iSCSI connection: moves bytes between the socket and the protocol's state machines.
///
/// Backpressure: while replies pile up unread, or too much is with the worker threads, or a
/// question of the login is open, nothing is looked at and nothing is received; what has been
/// received by then waits in `received`, which therefore stays small.
final class ISCSIConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum Phase {
    case login(ISCSILogin)
    case session(ISCSITasks)
    /// Answers to what is under way still go out, then the connection closes.
    case finishing(ISCSITasks)
    case closed
  }

  let environment: ISCSIConnectionEnvironment
  var phase = Phase.login(ISCSILogin())
  var context: ChannelHandlerContext?
  var received = ReceivedBytes()
  /// The session is being opened by a worker thread.
  var isAsking = false
  /// Commands are being carried out or their answers sent, so news of the socket that comes
  /// from within must not start over.
  var isBusy = false
  /// What has arrived waits for the peer to read, or for workers.
  var isWaiting = false
  private var isReadWaiting = false
  private var deadline: Scheduled<Void>?
  private var heartbeat: RepeatedTask?
  /// Whether anything came since the last look.
  private var hasHeard = true
  private var mailbox: Mailbox<ISCSICompletion>?
  /// The session that login has opened.
  var opened: ISCSISessionEnd?
  /// The session's tasks, until nothing is under way any more.
  private var leaving: ISCSITasks?

  init(environment: ISCSIConnectionEnvironment) { self.environment = environment }

  // MARK: Life of the connection

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { begin(context) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    begin(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    heartbeat?.cancel()
    leave()
    phase = .closed
    received = ReceivedBytes()
    context.fireChannelInactive()
  }

  private func begin(_ context: ChannelHandlerContext) {
    guard deadline == nil else { return }
    let loopBound = NIOLoopBound(self, eventLoop: context.eventLoop)
    deadline = context.eventLoop.scheduleTask(in: .seconds(NetworkLimits.negotiationSeconds)) {
      guard case .login = loopBound.value.phase else { return }
      loopBound.value.close()
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    environment.logger.debug("iSCSI connection failed", metadata: ["error": "\(error)"])
    close()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard let order = event as? ConnectionOrder else {
      return context.fireUserInboundEventTriggered(event)
    }
    switch order {
    case .finish: finish()
    case .leave: leaveInTime()
    }
  }

  func close() {
    leave()
    phase = .closed
    received = ReceivedBytes()
    context?.close(promise: nil)
  }

  /// Closes once everything written so far has left; a plain close would drop it.
  func closeWhenSent() {
    leave()
    phase = .closed
    received = ReceivedBytes()
    guard let context else { return }
    let sent = context.eventLoop.makePromise(of: Void.self)
    let loopBound = NIOLoopBound(context, eventLoop: context.eventLoop)
    sent.futureResult.whenComplete { _ in loopBound.value.close(promise: nil) }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
  }

  /// Asks the initiator to log out, and finishes if it does not.
  private func leaveInTime() {
    guard case .session(let tasks) = phase, let context else { return finish() }
    // Answers gathered so far have lower numbers.
    sendBatch()
    send(tasks.session.logoutRequest(within: UInt16(NetworkLimits.logoutSeconds)))
    let loopBound = NIOLoopBound(self, eventLoop: context.eventLoop)
    let end = context.eventLoop.scheduleTask(in: .seconds(NetworkLimits.logoutSeconds)) {
      loopBound.value.finish()
    }
    context.channel.closeFuture.whenComplete { _ in end.cancel() }
  }

  /// Takes nothing more from the peer and closes when nothing is under way.
  func finish() {
    switch phase {
    case .login: close()
    case .session(let tasks):
      phase = .finishing(tasks)
      received = ReceivedBytes()
      sendBatch()
    case .finishing, .closed: break
    }
  }

  /// Ends the session for its units as soon as no worker has anything of it.
  private func leave() {
    switch phase {
    case .session(let tasks), .finishing(let tasks):
      if tasks.hasNothingUnderWay { tasks.leave() } else { leaving = tasks }
    case .login, .closed: break
    }
  }

  func beginSession(_ beginning: ISCSIBeginning, _ end: ISCSISessionEnd?) {
    deadline?.cancel()
    guard let context else { return close() }
    let loopBound = NIOLoopBound(self, eventLoop: context.eventLoop)
    let mailbox = Mailbox<ISCSICompletion> {
      loopBound.eventLoop.execute { loopBound.value.takeCompletions() }
    }
    self.mailbox = mailbox
    phase = .session(
      ISCSITasks(
        beginning, end: end, portal: portal, channel: context.channel, environment: environment,
        mailbox: mailbox,
        abortLater: { unit, begun in
          loopBound.eventLoop.execute { loopBound.value.abortTasks(of: unit, begun: begun) }
        }))
    let interval = TimeAmount.seconds(NetworkLimits.heartbeatSeconds)
    heartbeat = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) {
      _ in loopBound.value.lookForPeer()
    }
  }

  /// Where the initiator reaches this portal: an address with a port.
  var portal: String {
    let address = context?.channel.localAddress
    let host = address?.ipAddress ?? ""
    return "\(host.contains(":") ? "[\(host)]" : host):\(address?.port ?? 0)"
  }

  private func abortTasks(of unit: UInt64, begun: UInt64) {
    guard case .session(let tasks) = phase else { return }
    tasks.abortTasks(of: unit, begun: begun)
  }

  /// Pings a peer that has been silent, and gives up one that did not answer.
  private func lookForPeer() {
    guard case .session(let tasks) = phase else { return }
    defer { hasHeard = false }
    if hasHeard {
      isPinged = false
    } else if isPinged {
      close()
    } else {
      isPinged = true
      send(tasks.session.ping())
    }
  }
  private var isPinged = false

  // MARK: Bytes in

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var incoming = unwrapInboundIn(data)
    hasHeard = true
    isBusy = true
    consume(&incoming)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    sendBatch()
    isBusy = false
    resume()
    context.fireChannelReadComplete()
  }

  /// Whether nothing may be taken in now.
  private var isHeld: Bool {
    guard !isAsking, let context else { return true }
    switch phase {
    case .login: return !context.channel.isWritable
    case .session(let tasks): return tasks.isSaturated || !context.channel.isWritable
    case .finishing, .closed: return true
    }
  }

  func read(context: ChannelHandlerContext) {
    if isHeld { isReadWaiting = true } else { context.read() }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    resume()
    context.fireChannelWritabilityChanged()
  }

  /// Goes on with what was held back, if it may.
  func resume() {
    while !isBusy, isWaiting, !isHeld {
      isBusy = true
      isWaiting = false
      var nothing = ByteBuffer()
      consume(&nothing)
      sendBatch()
      isBusy = false
    }
    if !isBusy, isReadWaiting, !isHeld {
      isReadWaiting = false
      context?.read()
    }
  }

  /// Uses `incoming` as far as it can be used and keeps the rest in ``received``.
  private func consume(_ incoming: inout ByteBuffer) {
    if case .login = phase {
      received.bytes.writeBuffer(&incoming)
      logIn()
      guard case .session = phase, received.bytes.readableBytes > 0 else { return }
    }
    guard case .session(let tasks) = phase else { return }
    var taken = received
    received = ReceivedBytes()
    if !taken.use(&incoming, { run(tasks, &$0) }) { isWaiting = true }
    if case .session = phase { received = taken }
  }

  private func run(_ tasks: ISCSITasks, _ buffer: inout ByteBuffer) -> ReceivedBytes.Progress {
    while true {
      var position = 0
      let progress = tasks.run(buffer.readableBytesSpan, at: &position)
      buffer.moveReaderIndex(forwardBy: position)
      switch progress {
      case .needsInput(let byteCount): return .needs(byteCount)
      case .saturated: return .held
      case .batchIsFull:
        sendReplies(of: tasks)
        guard let context, context.channel.isWritable else { return .held }
      case .ended:
        phase = .finishing(tasks)
        return .held
      case .violation:
        close()
        return .held
      }
    }
  }

  // MARK: Bytes out

  func send(_ bytes: [UInt8]) {
    guard let context else { return }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
  }

  private func sendReplies(of tasks: ISCSITasks) {
    guard let context, let replies = tasks.takeReplies() else { return }
    context.write(wrapOutboundOut(replies), promise: nil)
    context.flush()
    tasks.recycleReplies()
  }

  /// Sends what the batch has gathered; closes if that was all there is to finish.
  func sendBatch() {
    switch phase {
    case .session(let tasks): sendReplies(of: tasks)
    case .finishing(let tasks):
      sendReplies(of: tasks)
      if tasks.hasNothingUnderWay { closeWhenSent() }
    case .login, .closed: break
    }
  }

  private func takeCompletions() {
    guard let mailbox else { return }
    var completions = mailbox.take()
    switch phase {
    case .session(let tasks), .finishing(let tasks):
      guard let context else { break }
      isBusy = true
      completions.reverse()
      while let completion = completions.popLast() {
        let budgeted = completion.budgetedBytes
        // Answers gathered so far have lower numbers than one that is sent as it is.
        if case .data = completion { sendReplies(of: tasks) }
        guard let reply = tasks.complete(consume completion) else {
          environment.budget.giveBack(budgeted)
          continue
        }
        let sent = environment.budget.sentPromise(for: budgeted, on: context.eventLoop)
        context.write(wrapOutboundOut(reply), promise: sent)
      }
      context.flush()
      sendBatch()
      isBusy = false
      return resume()
    case .login, .closed: break
    }
    for completion in completions {
      environment.budget.giveBack(completion.budgetedBytes)
      _ = leaving?.complete(completion)
    }
    if let tasks = leaving, tasks.hasNothingUnderWay {
      leaving = nil
      tasks.leave()
    }
  }
}

extension ISCSICompletion {
  /// What the answer to a large read has taken from the server's budget; 0 for all else.
  var budgetedBytes: Int {
    switch self {
    case .data(let task, _, _), .outcome(let task, _): task.budgetedBytes
    case .targets: 0
    }
  }
}
