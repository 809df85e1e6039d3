/// A command that is carried out by ``LogicalUnit/perform(_:data:)``.
public struct SCSIJob: Sendable {
  enum Kind: Sendable {
    case verify(BlockRange, Verification)
    case writeAndVerify(BlockRange)
    case writeSame(BlockRange, unmaps: Bool, hasNoData: Bool)
    case unmap(parameters: Int)
    case compareAndWrite(BlockRange, mustBeDurable: Bool)
    case orWrite(BlockRange, mustBeDurable: Bool)
    case prefetch(BlockRange)
    case synchronizeCache
    case blockStatus(start: UInt64, allocation: Int)
  }

  /// What is changed about the unit itself.
  enum Control: Sendable {
    case modeSelect(isLong: Bool, parameters: Int)
    case reservations(action: UInt8, scopeAndType: UInt8, parameters: Int)
  }

  enum Subject: Sendable {
    case blocks(Kind, any SCSIMedium)
    case unit(Control)
  }

  let subject: Subject
  let ticket: TaskTicket
  /// Bytes that the initiator has to send with it.
  public let dataBytes: Int

  /// Takes a place for it where it reads or changes blocks: nanoseconds until it may begin.
  public func takePlace() -> UInt64 {
    switch subject {
    case .unit, .blocks(.synchronizeCache, _), .blocks(.blockStatus, _): 0
    case .blocks(_, let medium): medium.takePlace()
    }
  }
}

/// Why a job was not done.
enum JobFailure: Error {
  case sense(Sense)
  case reading(MediumError)
  case writing(MediumError)
  case status(SCSIStatus)
}
