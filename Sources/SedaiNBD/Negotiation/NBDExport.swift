/// What a peer is told about an export.
public struct NBDExport: Equatable, Sendable {
  public let name: String
  /// Free text for people; empty if there is none.
  public let description: String
  /// Bytes.
  public let size: UInt64
  public let isReadOnly: Bool
  /// Which of the generations that the question named exist for this export.
  public let knownGenerations: Set<String>

  public init(
    name: String, description: String = "", size: UInt64, isReadOnly: Bool,
    knownGenerations: Set<String> = []
  ) {
    self.name = name
    self.description = description
    self.size = size
    self.isReadOnly = isReadOnly
    self.knownGenerations = knownGenerations
  }

  /// - Source: NBD protocol, "Transmission flags". One cache serves every connection, so
  ///   several connections to one export may be used at once.
  func transmissionFlags(structuredReplies: Bool) -> NBDTransmissionFlags {
    var flags: NBDTransmissionFlags = [.hasFlags, .sendFlush, .sendFUA, .canMultiConn, .sendCache]
    if isReadOnly {
      flags.insert(.readOnly)
    } else {
      flags.formUnion([.sendTrim, .sendWriteZeroes, .sendFastZero])
    }
    if structuredReplies { flags.insert(.sendDF) }
    return flags
  }
}

/// A kind of block status that a client can ask for.
public enum NBDMetadataContext: Hashable, Sendable {
  /// `base:allocation`: where something is stored.
  case allocation
  /// `sedai:changed-since/GENERATION`: what may differ from that generation, which is named
  /// as in commands, by name or relative (`.-1`).
  case changedSince(generation: String)

  static let allocationName = "base:allocation"
  static let changedSincePrefix = "sedai:changed-since/"

  /// The context a query names exactly; nil for unknown ones and for mere namespaces.
  init?(query: String) {
    if query == Self.allocationName {
      self = .allocation
    } else if query.hasPrefix(Self.changedSincePrefix),
      query.utf8.count > Self.changedSincePrefix.utf8.count
    {
      self = .changedSince(
        generation: String(query.dropFirst(Self.changedSincePrefix.count)))
    } else {
      return nil
    }
  }

  public var name: String {
    switch self {
    case .allocation: Self.allocationName
    case .changedSince(let generation): Self.changedSincePrefix + generation
    }
  }
}

/// What negotiation arrived at: all that the transmission phase depends on.
public struct NBDSession: Equatable, Sendable {
  public let export: NBDExport
  public let structuredReplies: Bool
  /// The selected contexts; the identity of each on the wire is its position plus one.
  public let contexts: [NBDMetadataContext]

  public init(export: NBDExport, structuredReplies: Bool, contexts: [NBDMetadataContext]) {
    self.export = export
    self.structuredReplies = structuredReplies
    self.contexts = contexts
  }

  /// The number on the wire of the context at `index` of ``contexts``.
  public static func contextIdentity(at index: Int) -> UInt32 { UInt32(index) + 1 }
}
