internal import Logging
internal import NIOCore
internal import NIOPosix
internal import SedaiArray
internal import SedaiNBD

/// What every connection of a server shares.
struct NBDConnectionEnvironment: Sendable {
  let directory: any NBDExportDirectory
  let workers: NIOThreadPool
  let budget: ReplyBudget
  let security: NBDListenerSecurity
  let logger: Logger
}

/// One NBD connection: moves bytes between the socket and the protocol's state machines.
///
/// Backpressure: while replies pile up unread, or too much is with the worker threads, or a
/// question of the negotiation is open, nothing is looked at and nothing is received; what
/// has been received by then waits in `received`, which therefore stays small.
final class NBDConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum Phase {
    case negotiating(NBDNegotiation)
    case transmitting(NBDTransmission)
    /// Answers to what is under way still go out, then the connection closes.
    case finishing(NBDTransmission)
    case closed
  }

  let environment: NBDConnectionEnvironment
  var phase: Phase
  /// Who the peer is; several names if its certificate has several. Empty before TLS.
  var peers: [Peer]
  /// The export that was looked up last, so that GO need not open it again.
  var opened: (name: String, volume: any NBDVolume)?
  var context: ChannelHandlerContext?

  var received = ReceivedBytes()
  /// A question to the array is being answered by a worker thread.
  var isAsking = false
  /// Requests are being run or their replies sent, so news of the socket that comes from
  /// within must not start over.
  var isBusy = false
  /// Requests that have arrived wait for the peer to read, or for workers.
  var isWaiting = false
  private var isReadWaiting = false
  private var deadline: Scheduled<Void>?

  init(environment: NBDConnectionEnvironment) {
    self.environment = environment
    switch environment.security {
    case .plaintext(let peer):
      peers = [peer]
      phase = .negotiating(NBDNegotiation(security: .plaintext))
    case .clientCertificates:
      peers = []
      phase = .negotiating(NBDNegotiation(security: .tlsRequired))
    }
  }

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
    closeNotice?.withdraw()
    phase = .closed
    opened = nil
    received = ReceivedBytes()
    context.fireChannelInactive()
  }

  private func begin(_ context: ChannelHandlerContext) {
    guard deadline == nil else { return }
    send(NBDNegotiation.greeting)
    let loopBound = NIOLoopBound(self, eventLoop: context.eventLoop)
    deadline = context.eventLoop.scheduleTask(in: .seconds(NetworkLimits.negotiationSeconds)) {
      guard case .negotiating = loopBound.value.phase else { return }
      loopBound.value.close()
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    environment.logger.debug("NBD connection failed", metadata: ["error": "\(error)"])
    close()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let order = event as? ConnectionOrder {
      switch order {
      case .finish, .leave: finish()
      }
    } else {
      noteSecurityEvent(event)
      context.fireUserInboundEventTriggered(event)
    }
  }

  func close() {
    phase = .closed
    received = ReceivedBytes()
    context?.close(promise: nil)
  }

  /// Closes once everything written so far has left; a plain close would drop it.
  func closeWhenSent() {
    phase = .closed
    received = ReceivedBytes()
    guard let context else { return }
    let sent = context.eventLoop.makePromise(of: Void.self)
    let loopBound = NIOLoopBound(context, eventLoop: context.eventLoop)
    sent.futureResult.whenComplete { _ in loopBound.value.close(promise: nil) }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
  }

  /// Takes nothing more from the peer and closes when nothing is under way.
  func finish() {
    switch phase {
    case .negotiating: close()
    case .transmitting(let transmission):
      phase = .finishing(transmission)
      received = ReceivedBytes()
      sendBatch()
    case .finishing, .closed: break
    }
  }

  func beginTransmission(_ session: NBDSession) {
    deadline?.cancel()
    guard let context, let volume = opened?.volume else { return close() }
    let loopBound = NIOLoopBound(self, eventLoop: context.eventLoop)
    let mailbox = Mailbox<NBDCompletion> {
      loopBound.eventLoop.execute { loopBound.value.takeCompletions(of: loopBound.value.mailbox) }
    }
    self.mailbox = mailbox
    phase = .transmitting(
      NBDTransmission(
        volume: volume, session: session, channel: context.channel,
        workers: environment.workers, mailbox: mailbox, budget: environment.budget))
    let notice = NBDCloseNotice(context.channel)
    closeNotice = notice
    // If it has closed already, this says so at once.
    volume.whenClosed { notice.deliver() }
  }
  private var mailbox: Mailbox<NBDCompletion>?
  private var closeNotice: NBDCloseNotice?

  // MARK: Bytes in

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var incoming = unwrapInboundIn(data)
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
    case .negotiating: return !context.channel.isWritable
    case .transmitting(let transmission):
      return transmission.isSaturated || !context.channel.isWritable
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
    if case .negotiating = phase {
      received.bytes.writeBuffer(&incoming)
      negotiate()
      // What a client sent right behind GO is of the next phase already.
      guard case .transmitting = phase, received.bytes.readableBytes > 0 else { return }
    }
    guard case .transmitting(let transmission) = phase else { return }
    var taken = received
    received = ReceivedBytes()
    if !taken.use(&incoming, { run(transmission, &$0) }) { isWaiting = true }
    if case .transmitting = phase { received = taken }
  }

  private func run(_ transmission: NBDTransmission, _ buffer: inout ByteBuffer)
    -> ReceivedBytes.Progress
  {
    while true {
      var position = 0
      let progress = transmission.run(buffer.readableBytesSpan, at: &position)
      buffer.moveReaderIndex(forwardBy: position)
      switch progress {
      case .needsInput(let byteCount): return .needs(byteCount)
      case .saturated: return .held
      case .batchIsFull:
        sendReplies(of: transmission)
        guard let context, context.channel.isWritable else { return .held }
      case .ended:
        phase = .finishing(transmission)
        return .held
      }
    }
  }

  // MARK: Bytes out

  func send(_ bytes: [UInt8]) {
    guard let context else { return }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
  }

  private func sendReplies(of transmission: NBDTransmission) {
    guard let context, let replies = transmission.takeReplies() else { return }
    context.write(wrapOutboundOut(replies), promise: nil)
    context.flush()
    transmission.recycleReplies()
  }

  /// Sends what the batch has gathered; closes if that was all there is to finish.
  private func sendBatch() {
    switch phase {
    case .transmitting(let transmission): sendReplies(of: transmission)
    case .finishing(let transmission):
      sendReplies(of: transmission)
      if transmission.requestsUnderWay == 0 { closeWhenSent() }
    case .negotiating, .closed: break
    }
  }

  private func takeCompletions(of mailbox: Mailbox<NBDCompletion>?) {
    guard let mailbox else { return }
    let completions = mailbox.take()
    switch phase {
    case .transmitting(let transmission), .finishing(let transmission):
      guard let context else { break }
      isBusy = true
      for completion in completions {
        guard let reply = transmission.complete(completion) else { continue }
        let sent = environment.budget.sentPromise(
          for: completion.budgetedBytes, on: context.eventLoop)
        context.write(wrapOutboundOut(reply), promise: sent)
      }
      context.flush()
      sendBatch()
      isBusy = false
      return resume()
    case .negotiating, .closed: break
    }
    for completion in completions { environment.budget.giveBack(completion.budgetedBytes) }
  }
}
