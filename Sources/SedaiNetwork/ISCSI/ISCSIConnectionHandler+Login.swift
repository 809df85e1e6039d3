internal import Logging
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
    case .identify(let identity): identify(identity)
    case .openSession(let identity): open(identity)
    case .begin(let bytes, let beginning):
      beginSession(beginning, opened)
      send(bytes)
    case .sendThenClose(let bytes):
      noteFailedProof()
      send(bytes)
      closeWhenSent()
    case .close: close()
    }
    return true
  }

  /// Where the initiator is.
  private var peerAddress: String { context?.channel.remoteAddress?.ipAddress ?? "" }

  private func noteFailedProof() {
    guard case .login(let login) = phase, login.hasFailedProof else { return }
    let address = peerAddress
    environment.targets.failedProofs.note(address)
    environment.logger.notice(
      "iSCSI login without proof refused", metadata: ["net.peer": "\(address)"])
  }

  /// Has a worker thread find out what the initiator has to prove.
  private func identify(_ identity: ISCSISessionIdentity) {
    guard let context else { return }
    isAsking = true
    let address = peerAddress
    let loopBound = NIOLoopBound(self, eventLoop: context.eventLoop)
    environment.workers.submit { [targets = environment.targets] state in
      guard case .active = state else { return }
      let proof = targets.proof(of: identity, from: address)
      loopBound.eventLoop.execute {
        loopBound.value.goOn { $0.answer(proof: proof) }
      }
    }
  }

  /// Goes on with the login when a question is answered.
  private func goOn(_ answer: (inout ISCSILogin) -> ISCSILoginAction) {
    isAsking = false
    guard case .login(var login) = phase else { return }
    let action = answer(&login)
    phase = .login(login)
    isBusy = true
    _ = perform(action)
    isBusy = false
    resume()
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
    if case .login = phase {
      opened = session
    } else if let session {
      // The connection closed meanwhile.
      environment.targets.didEnd(session)
    }
    goOn { $0.answer(session: answer) }
  }
}
