internal import NIOCore
internal import NIOPosix
internal import SedaiISCSI

extension ISCSIConnectionHandler {
  /// Lets the login use what is pending until it needs more or waits for an answer.
  func logIn() {
    while !isAsking, let context, context.channel.isWritable, case .login(var login) = phase {
      let step = login.advance(received.bytes.readableBytesSpan)
      received.bytes.moveReaderIndex(forwardBy: step.consumed)
      phase = .login(login)
      guard perform(step.action) else { break }
    }
    received.bytes.discardReadBytes()
    isWaiting = isAsking || context?.channel.isWritable == false
  }

  /// False if the login waits for something.
  private func perform(_ action: ISCSILoginAction) -> Bool {
    switch action {
    case .needsInput: return false
    case .send(let bytes): send(bytes)
    case .openSession(let identity): open(identity)
    case .begin(let bytes, let beginning):
      beginSession(beginning, opened)
      send(bytes)
    case .sendThenClose(let bytes):
      send(bytes)
      closeWhenSent()
    case .close: close()
    }
    return true
  }

  /// Has a worker thread open the session, as the array may wait for a device, and a session
  /// of the same name has to end first.
  private func open(_ identity: ISCSISessionIdentity) {
    guard let context else { return }
    isAsking = true
    let channel = context.channel
    let loopBound = NIOLoopBound(self, eventLoop: context.eventLoop)
    environment.workers.submit { [targets = environment.targets, portal] state in
      guard case .active = state else { return }
      var answer = ISCSISessionAnswer.opened(handle: 1)
      var session: ISCSISessionEnd?
      if identity.target != nil {
        let end: @Sendable () -> Void = { [weak channel] in
          channel?.pipeline.fireUserInboundEventTriggered(ConnectionOrder.finish)
        }
        if let opened = targets.open(identity, at: portal, end: end) {
          answer = .opened(handle: opened.handle)
          session = opened.session
        } else {
          answer = .noTarget
        }
      }
      let (result, end) = (answer, session)
      loopBound.eventLoop.execute { loopBound.value.take(result, end) }
    }
  }

  private func take(_ answer: ISCSISessionAnswer, _ session: ISCSISessionEnd?) {
    isAsking = false
    guard case .login(var login) = phase else {
      // The connection closed meanwhile.
      if let session { environment.targets.didEnd(session) }
      return
    }
    opened = session
    let action = login.answer(session: answer)
    phase = .login(login)
    isBusy = true
    _ = perform(action)
    isBusy = false
    resume()
  }
}
