extension NBDNegotiation {
  /// Bytes of padding that clients of the first newstyle expect after the flags.
  static let exportNamePadding = 124

  /// Continues after `listExports`.
  public mutating func answer(exports: [NBDExport]) -> NBDNegotiationAction {
    guard state == .answeringList else { return .close }
    state = .option
    let option = NBDOptionCode.list.rawValue
    var writer = WireWriter()
    for export in exports {
      writer.appendReply(to: option, .server) { body in
        body.append(UInt32(export.name.utf8.count))
        body.append(export.name)
        body.append(export.description)
      }
    }
    writer.appendReply(to: option, .acknowledged)
    return .send(writer.bytes)
  }

  /// Continues after `openExport`.
  ///
  /// An export that does not exist and one that the peer may not see are both nil, so the
  /// peer cannot tell them apart.
  public mutating func answer(export: NBDExport?) -> NBDNegotiationAction {
    guard case .answeringExport(let question) = state else { return .close }
    switch question {
    case .exportName: return answerExportName(export)
    case .information(let option, let requests):
      return answerInformation(option: option, requests: requests, export)
    case .contexts(let option, let queries):
      return answerContexts(option: option, queries: queries, export)
    }
  }

  private mutating func answerExportName(_ export: NBDExport?) -> NBDNegotiationAction {
    state = .ended
    guard let export else { return .close }
    var writer = WireWriter()
    writer.append(export.size)
    writer.append(export.transmissionFlags(structuredReplies: structuredReplies).rawValue)
    if !omitsZeroes { writer.append(zeroes: Self.exportNamePadding) }
    return .beginTransmission(writer.bytes, session(for: export))
  }

  private mutating func answerInformation(
    option: UInt32, requests: [UInt16], _ export: NBDExport?
  ) -> NBDNegotiationAction {
    state = .option
    guard let export else { return .send(Self.reply(to: option, .unknown)) }
    var writer = WireWriter()
    writer.appendReply(to: option, .information) { body in
      body.append(NBDInformationCode.export.rawValue)
      body.append(export.size)
      body.append(export.transmissionFlags(structuredReplies: structuredReplies).rawValue)
    }
    for request in Set(requests).sorted() {
      guard let code = NBDInformationCode(rawValue: request), code != .export else { continue }
      if code == .description, export.description.isEmpty { continue }
      writer.appendReply(to: option, .information) { body in
        body.append(code.rawValue)
        switch code {
        case .export: break
        case .name: body.append(export.name)
        case .description: body.append(export.description)
        case .blockSize:
          body.append(NBDLimits.minimumBlockBytes)
          body.append(NBDLimits.preferredBlockBytes)
          body.append(NBDLimits.maximumPayloadBytes)
        }
      }
    }
    writer.appendReply(to: option, .acknowledged)
    guard option == NBDOptionCode.go.rawValue else { return .send(writer.bytes) }
    state = .ended
    return .beginTransmission(writer.bytes, session(for: export))
  }

  private mutating func answerContexts(
    option: UInt32, queries: [String], _ export: NBDExport?
  ) -> NBDNegotiationAction {
    state = .option
    guard let export else { return .send(Self.reply(to: option, .unknown)) }
    let isSelection = option == NBDOptionCode.setMetaContext.rawValue
    let contexts = Self.contexts(matching: queries, of: export, listing: !isSelection)
    guard contexts.count <= NBDLimits.maximumContexts else {
      return .send(Self.reply(to: option, .tooBig))
    }
    var writer = WireWriter()
    for (index, context) in contexts.enumerated() {
      writer.appendReply(to: option, .metaContext) { body in
        body.append(isSelection ? NBDSession.contextIdentity(at: index) : 0)
        body.append(context.name)
      }
    }
    writer.appendReply(to: option, .acknowledged)
    if isSelection { selection = (export.name, contexts) }
    return .send(writer.bytes)
  }

  /// The contexts that queries name, each once. Listing also understands bare namespaces and
  /// takes no query at all for everything that can be listed; generations are not listed
  /// but found when named.
  static func contexts(
    matching queries: [String], of export: NBDExport, listing: Bool
  ) -> [NBDMetadataContext] {
    var found: [NBDMetadataContext] = []
    if listing, queries.isEmpty { found.append(.allocation) }
    for query in queries {
      let context =
        listing && query == "base:" ? .allocation : NBDMetadataContext(query: query)
      guard let context, !found.contains(context) else { continue }
      if case .changedSince(let generation) = context,
        !export.knownGenerations.contains(generation)
      {
        continue
      }
      found.append(context)
    }
    return found
  }

  /// A selection counts only for the export it was made for.
  private func session(for export: NBDExport) -> NBDSession {
    let contexts = selection.flatMap { $0.export == export.name ? $0.contexts : nil } ?? []
    return NBDSession(
      export: export, structuredReplies: structuredReplies,
      contexts: structuredReplies ? contexts : [])
  }
}
