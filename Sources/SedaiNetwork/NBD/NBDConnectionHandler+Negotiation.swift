internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import NIOTLS
internal import SedaiArray
internal import SedaiNBD

extension NBDConnectionHandler {
  /// Lets the negotiation use what is pending until it needs more or waits for an answer.
  func negotiate() {
    while !isAsking, let context, context.channel.isWritable,
      case .negotiating(var negotiation) = phase
    {
      let step = negotiation.advance(received.bytes.readableBytesSpan)
      received.bytes.moveReaderIndex(forwardBy: step.consumed)
      phase = .negotiating(negotiation)
      guard perform(step.action) else { break }
    }
    received.bytes.discardReadBytes()
    isWaiting = isAsking || context?.channel.isWritable == false
  }

  /// False if the negotiation waits for something.
  private func perform(_ action: NBDNegotiationAction) -> Bool {
    switch action {
    case .needsInput: return false
    case .proceed: break
    case .send(let bytes): send(bytes)
    case .sendThenStartTLS(let bytes):
      send(bytes)
      return startTLS()
    case .listExports: ask { NBDAnswer.exports($0.exports()) }
    case .openExport(let name, let generations): open(name, generations)
    case .beginTransmission(let bytes, let session):
      send(bytes)
      beginTransmission(session)
    case .sendThenClose(let bytes):
      send(bytes)
      closeWhenSent()
    case .close: close()
    }
    return true
  }

  private func open(_ name: String, _ generations: [String]) {
    let known = opened.flatMap { $0.name == name ? $0.volume : nil }
    ask { question in
      guard let volume = known ?? question.open(name) else { return .noExport }
      return .export(question.facts(of: volume, name, generations), volume)
    }
  }

  /// Has a worker thread find an answer, as the array may wait for a device to give it.
  private func ask(_ find: @escaping @Sendable (NBDQuestion) -> NBDAnswer) {
    guard let context else { return }
    isAsking = true
    let question = NBDQuestion(directory: environment.directory, peers: peers)
    let loopBound = NIOLoopBound(self, eventLoop: context.eventLoop)
    environment.workers.submit { state in
      guard case .active = state else { return }
      let answer = find(question)
      loopBound.eventLoop.execute { loopBound.value.take(answer) }
    }
  }

  private func take(_ answer: NBDAnswer) {
    isAsking = false
    guard case .negotiating(var negotiation) = phase else { return }
    let action: NBDNegotiationAction
    switch answer {
    case .exports(let exports): action = negotiation.answer(exports: exports)
    case .noExport: action = negotiation.answer(export: nil)
    case .export(let export, let volume):
      opened = (export.name, volume)
      action = negotiation.answer(export: export)
    }
    phase = .negotiating(negotiation)
    isBusy = true
    _ = perform(action)
    isBusy = false
    resume()
  }

  // MARK: TLS

  private func startTLS() -> Bool {
    guard case .clientCertificates(let tls) = environment.security, let context else {
      close()
      return false
    }
    do {
      try context.pipeline.syncOperations.addHandler(
        NIOSSLServerHandler(context: tls.context), position: .first)
    } catch {
      environment.logger.error("TLS cannot be started", metadata: ["error": "\(error)"])
      close()
    }
    // Bytes behind STARTTLS that came in the clear are shown once more, and end it all.
    return received.bytes.readableBytes > 0
  }

  func noteSecurityEvent(_ event: Any) {
    guard case .handshakeCompleted = event as? TLSUserEvent, let context,
      case .negotiating(var negotiation) = phase
    else { return }
    let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
    let names = handler?.peerCertificate.map(ClientCertificate.names(in:)) ?? []
    guard !names.isEmpty else {
      environment.logger.notice("A client certificate names nobody; connection refused")
      return close()
    }
    peers = names.map { .certificate($0) }
    negotiation.tlsDidStart()
    phase = .negotiating(negotiation)
  }
}

/// What a worker thread found out.
enum NBDAnswer: Sendable {
  case exports([NBDExport])
  case export(NBDExport, any NBDVolume)
  case noExport
}

/// Asks the array on behalf of a peer, under each of its names. Blocks.
struct NBDQuestion: Sendable {
  let directory: any NBDExportDirectory
  let peers: [Peer]

  /// What any of the peer's names may see, each export once.
  func exports() -> [NBDExport] {
    var seen: Set<String> = []
    return peers.flatMap(directory.exports(for:)).filter { seen.insert($0.name).inserted }.map {
      NBDExport(
        name: $0.name, description: $0.description, size: $0.size, isReadOnly: $0.isReadOnly)
    }
  }

  func open(_ name: String) -> (any NBDVolume)? {
    for peer in peers {
      if let volume = directory.openVolume(export: name, for: peer) { return volume }
    }
    return nil
  }

  func facts(
    of volume: any NBDVolume, _ name: String, _ generations: [String]
  ) -> NBDExport {
    let description = exports().first { $0.name == name }?.description ?? ""
    let known = generations.filter { generation in
      // A generation exists if the volume can say what changed since.
      do throws(VolumeError) {
        let probe = min(volume.size, NBDQuestion.probeBytes)
        _ = try volume.changes(since: generation, at: 0, count: probe, limit: 1)
        return true
      } catch {
        return false
      }
    }
    return NBDExport(
      name: name, description: description, size: volume.size, isReadOnly: volume.isReadOnly,
      knownGenerations: Set(known))
  }

  /// How much is compared to find out whether a generation exists.
  static let probeBytes: UInt64 = 4096
}
