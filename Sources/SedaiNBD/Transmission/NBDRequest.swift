internal import SedaiBytes

/// One request of the transmission phase, as it stands on the wire.
/// - Source: NBD protocol, "Request message".
public struct NBDRequest: Equatable, Sendable {
  public let flags: NBDCommandFlags
  /// The type as sent, known or not.
  public let command: UInt16
  /// Names the request in its answer; chosen by the client.
  public let cookie: UInt64
  /// Bytes from the start of the volume.
  public let offset: UInt64
  /// Bytes.
  public let length: UInt32

  /// Bytes of a request before its payload.
  public static let headerBytes = 28

  init(
    flags: NBDCommandFlags, command: UInt16, cookie: UInt64, offset: UInt64, length: UInt32
  ) {
    self.flags = flags
    self.command = command
    self.cookie = cookie
    self.offset = offset
    self.length = length
  }

  /// Decodes the request at `position`, where at least ``headerBytes`` are; nil if its magic
  /// number is wrong.
  @inline(__always)
  init?(_ input: RawSpan, at position: Int) {
    guard input.bigEndian(at: position, as: UInt32.self) == NBDMagic.request else { return nil }
    flags = NBDCommandFlags(rawValue: input.bigEndian(at: position + 4))
    command = input.bigEndian(at: position + 6)
    cookie = input.bigEndian(at: position + 8)
    offset = input.bigEndian(at: position + 16)
    length = input.bigEndian(at: position + 24)
  }
}

/// What a request asks for, once its flags and range have been checked.
public enum NBDOperation: Equatable, Sendable {
  case read
  case flush
  case trim
  case writeZeroes(mayPunch: Bool)
  case cache
  case blockStatus
  /// Nothing is done; the answer is this error.
  case refused(NBDErrorNumber)
}

/// What the checks of a request depend on.
struct NBDRequestRules {
  let size: UInt64
  let isReadOnly: Bool
  let structuredReplies: Bool
  let hasContexts: Bool

  enum Verdict: Equatable {
    case operation(NBDOperation)
    case write
    case disconnect
  }

  func verdict(on request: NBDRequest) -> Verdict {
    guard let command = NBDCommandCode(rawValue: request.command) else {
      return .operation(.refused(.invalid))
    }
    guard request.flags.isSubset(of: allowedFlags(for: command)) else {
      return .operation(.refused(.invalid))
    }
    switch command {
    case .disconnect: return .disconnect
    case .flush:
      // Offset and length are reserved; a request that uses them means something else.
      let isPlain = request.offset == 0 && request.length == 0
      return .operation(isPlain ? .flush : .refused(.invalid))
    case .write:
      if let refusal = refusal(of: request, changes: true) { return .operation(.refused(refusal)) }
      if request.length > NBDLimits.maximumPayloadBytes { return .operation(.refused(.invalid)) }
      return .write
    case .read: return .operation(read(request))
    case .trim: return .operation(refusal(of: request, changes: true).map { .refused($0) } ?? .trim)
    case .writeZeroes: return .operation(writeZeroes(request))
    case .cache:
      return .operation(refusal(of: request, changes: false).map { .refused($0) } ?? .cache)
    case .blockStatus:
      guard hasContexts else { return .operation(.refused(.invalid)) }
      return .operation(refusal(of: request, changes: false).map { .refused($0) } ?? .blockStatus)
    }
  }

  private func read(_ request: NBDRequest) -> NBDOperation {
    if let refusal = refusal(of: request, changes: false) { return .refused(refusal) }
    guard request.length > NBDLimits.maximumPayloadBytes else { return .read }
    return .refused(request.flags.contains(.doNotFragment) ? .overflow : .invalid)
  }

  private func writeZeroes(_ request: NBDRequest) -> NBDOperation {
    if let refusal = refusal(of: request, changes: true) { return .refused(refusal) }
    // Keeping the space means writing the zeroes, which is no faster than a WRITE.
    if request.flags.isSuperset(of: [.noHole, .fastZero]) { return .refused(.notSupported) }
    return .writeZeroes(mayPunch: !request.flags.contains(.noHole))
  }

  /// - Source: NBD protocol, "Command flags": FUA is accepted everywhere, the others only
  ///   where they mean something.
  private func allowedFlags(for command: NBDCommandCode) -> NBDCommandFlags {
    switch command {
    case .read: structuredReplies ? [.forceUnitAccess, .doNotFragment] : .forceUnitAccess
    case .writeZeroes: [.forceUnitAccess, .noHole, .fastZero]
    case .blockStatus: [.forceUnitAccess, .requestOne]
    case .write, .disconnect, .flush, .trim, .cache: .forceUnitAccess
    }
  }

  /// - Source: NBD protocol, "Error values": EPERM for changes of a read-only export, ENOSPC
  ///   for writing beyond the end, else EINVAL.
  private func refusal(of request: NBDRequest, changes: Bool) -> NBDErrorNumber? {
    if changes, isReadOnly { return .notPermitted }
    if request.length == 0 { return .invalid }
    let (end, overflows) = request.offset.addingReportingOverflow(UInt64(request.length))
    guard overflows || end > size else { return nil }
    return changes && request.command != NBDCommandCode.trim.rawValue ? .noSpace : .invalid
  }
}
