/// A range of logical blocks that a command is about.
public struct BlockRange: Hashable, Sendable {
  public let start: UInt64
  public let count: UInt64

  public init(start: UInt64, count: UInt64) {
    self.start = start
    self.count = count
  }
}

/// What a comparison compares with.
public enum Verification: Hashable, Sendable {
  /// Nothing: that it can be read is enough.
  case readable
  /// As much data as there are blocks.
  case data
  /// One block, against every block of the range.
  case oneBlock
}

/// A command that this device server knows, with its operands checked as far as the command
/// block alone allows.
public enum SCSICommand: Hashable, Sendable {
  case testUnitReady
  case requestSense(isDescriptor: Bool, allocation: Int)
  /// - page: nil for the standard data.
  case inquiry(page: UInt8?, allocation: Int)
  case modeSense(ModeSenseRequest)
  case modeSelect(isLong: Bool, isPageFormat: Bool, savesPages: Bool, parameters: Int)
  case readCapacity10
  case readCapacity16(allocation: Int)
  case reportUnits(select: UInt8, allocation: Int)
  case read(BlockRange)
  case write(BlockRange, mustBeDurable: Bool)
  case verify(BlockRange, Verification)
  case writeAndVerify(BlockRange)
  case writeSame(BlockRange, unmaps: Bool, hasNoData: Bool)
  case unmap(parameters: Int)
  case compareAndWrite(BlockRange, mustBeDurable: Bool)
  case orWrite(BlockRange, mustBeDurable: Bool)
  case prefetch(BlockRange)
  case synchronizeCache(BlockRange)
  case blockStatus(start: UInt64, allocation: Int)
  case startStop(StartStop)
  case readReservations(action: UInt8, allocation: Int)
  case changeReservations(action: UInt8, scopeAndType: UInt8, parameters: Int)
  case extendedCopy(parameters: Int)
  case copyResults(action: UInt8, identifier: UInt8, allocation: Int)
  case reserve
  case release
  case reportCommands(CommandQuestion, allocation: Int)
  case reportTaskManagement(isExtended: Bool, allocation: Int)
  case reportPortGroups(isExtended: Bool, allocation: Int)

  /// What MODE SENSE asks for.
  public struct ModeSenseRequest: Hashable, Sendable {
    public let isLong: Bool
    public let withoutBlockDescriptor: Bool
    public let allowsLongBlocks: Bool
    /// 0 current, 1 changeable, 2 default, 3 saved.
    public let control: UInt8
    public let page: UInt8
    public let subpage: UInt8
    public let allocation: Int
  }

  /// What START STOP UNIT asks for.
  public enum StartStop: Hashable, Sendable {
    case start, stop
    /// A power condition; the unit has none and stays as it is.
    case powerCondition
  }

  /// What REPORT SUPPORTED OPERATION CODES asks for.
  public struct CommandQuestion: Hashable, Sendable {
    /// 0 all, 1 one operation code, 2 one with a service action, 3 whichever fits.
    public let options: UInt8
    public let operationCode: UInt8
    public let serviceAction: UInt16
    public let wantsTimeouts: Bool
  }

  /// Bytes that the initiator has to send with it.
  public func outgoingBytes(blockBytes: UInt64) -> UInt64 {
    switch self {
    case .write(let range, _), .writeAndVerify(let range), .orWrite(let range, _),
      .verify(let range, .data):
      range.count * blockBytes
    case .compareAndWrite(let range, _): 2 * range.count * blockBytes
    case .verify(let range, .oneBlock): range.count == 0 ? 0 : blockBytes
    case .writeSame(_, _, let hasNoData): hasNoData ? 0 : blockBytes
    case .modeSelect(_, _, _, let count), .unmap(let count), .changeReservations(_, _, let count),
      .extendedCopy(let count):
      UInt64(count)
    default: 0
    }
  }
}
