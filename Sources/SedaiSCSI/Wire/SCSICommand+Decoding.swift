/// The operation codes, named as SPC and SBC do.
enum OperationCode {
  static let testUnitReady: UInt8 = 0x00
  static let requestSense: UInt8 = 0x03
  static let read6: UInt8 = 0x08
  static let write6: UInt8 = 0x0A
  static let inquiry: UInt8 = 0x12
  static let modeSelect6: UInt8 = 0x15
  static let reserve6: UInt8 = 0x16
  static let release6: UInt8 = 0x17
  static let modeSense6: UInt8 = 0x1A
  static let startStop: UInt8 = 0x1B
  static let readCapacity10: UInt8 = 0x25
  static let read10: UInt8 = 0x28
  static let write10: UInt8 = 0x2A
  static let writeAndVerify10: UInt8 = 0x2E
  static let verify10: UInt8 = 0x2F
  static let prefetch10: UInt8 = 0x34
  static let synchronizeCache10: UInt8 = 0x35
  static let writeSame10: UInt8 = 0x41
  static let unmap: UInt8 = 0x42
  static let modeSelect10: UInt8 = 0x55
  static let reserve10: UInt8 = 0x56
  static let release10: UInt8 = 0x57
  static let modeSense10: UInt8 = 0x5A
  static let persistentReserveIn: UInt8 = 0x5E
  static let persistentReserveOut: UInt8 = 0x5F
  static let extendedCopy: UInt8 = 0x83
  static let receiveCopyResults: UInt8 = 0x84
  static let read16: UInt8 = 0x88
  static let compareAndWrite: UInt8 = 0x89
  static let write16: UInt8 = 0x8A
  static let orWrite: UInt8 = 0x8B
  static let writeAndVerify16: UInt8 = 0x8E
  static let verify16: UInt8 = 0x8F
  static let prefetch16: UInt8 = 0x90
  static let synchronizeCache16: UInt8 = 0x91
  static let writeSame16: UInt8 = 0x93
  static let serviceActionIn16: UInt8 = 0x9E
  static let reportUnits: UInt8 = 0xA0
  static let maintenanceIn: UInt8 = 0xA3
  static let read12: UInt8 = 0xA8
  static let write12: UInt8 = 0xAA
  static let writeAndVerify12: UInt8 = 0xAE
  static let verify12: UInt8 = 0xAF
}

/// The service actions of operation codes that have some.
enum ServiceAction {
  static let extendedCopy: UInt8 = 0x00
  static let readCapacity16: UInt8 = 0x10
  static let getBlockStatus: UInt8 = 0x12
  static let reportPortGroups: UInt8 = 0x0A
  static let reportCommands: UInt8 = 0x0C
  static let reportTaskManagement: UInt8 = 0x0D
}

extension SCSICommand {
  /// - Throws: what the initiator is told about a command that is unknown, or whose operands
  ///   cannot be so.
  public init(_ block: CommandBlock) throws(Sense) {
    if block.has(0x04, at: Self.controlByte(of: block[0])) {
      // NACA: an auto contingent allegiance is not supported.
      throw .invalidField(UInt16(Self.controlByte(of: block[0])))
    }
    self = try Self.decode(block)
  }

  private static func decode(_ block: CommandBlock) throws(Sense) -> SCSICommand {
    if let command = try access(block) { return command }
    if let command = try change(block) { return command }
    if let command = try unit(block) { return command }
    if let command = try answer(block) { return command }
    if let command = try copy(block) { return command }
    throw .invalidCommand
  }

  /// Where the CONTROL byte stands, by the group of the operation code.
  static func controlByte(of code: UInt8) -> Int { length(of: code) - 1 }

  /// Bytes of a command block, by the group of its operation code.
  static func length(of code: UInt8) -> Int {
    switch code >> 5 {
    case 0: 6
    case 1, 2: 10
    case 5: 12
    default: 16
    }
  }

  /// The range of blocks that stands where commands of that length have it.
  private static func range(_ block: CommandBlock) -> BlockRange {
    switch block[0] >> 5 {
    case 0:
      let count = UInt64(block[4])
      return BlockRange(
        start: block.field(1, bytes: 3) & 0x1F_FFFF, count: count == 0 ? 256 : count)
    case 1, 2: return BlockRange(start: block.field(2, bytes: 4), count: block.field(7, bytes: 2))
    case 5: return BlockRange(start: block.field(2, bytes: 4), count: block.field(6, bytes: 4))
    default:
      return BlockRange(start: block.field(2, bytes: 8), count: block.field(10, bytes: 4))
    }
  }

  /// There is no protection information, so nothing may ask for it.
  private static func checkNoProtection(_ block: CommandBlock) throws(Sense) {
    if block.has(0xE0, at: 1) { throw .invalidField(1) }
  }

  // MARK: Groups of commands

  private static func access(_ block: CommandBlock) throws(Sense) -> SCSICommand? {
    let range = range(block)
    switch block[0] {
    case OperationCode.read6: return .read(range)
    case OperationCode.write6: return .write(range, mustBeDurable: false)
    case OperationCode.read10, OperationCode.read12, OperationCode.read16:
      try checkNoProtection(block)
      return .read(range)
    case OperationCode.write10, OperationCode.write12, OperationCode.write16:
      try checkNoProtection(block)
      return .write(range, mustBeDurable: block.has(0x08, at: 1))
    case OperationCode.verify10, OperationCode.verify12, OperationCode.verify16:
      try checkNoProtection(block)
      return .verify(range, try verification(block))
    case OperationCode.prefetch10, OperationCode.prefetch16: return .prefetch(range)
    case OperationCode.synchronizeCache10, OperationCode.synchronizeCache16:
      return .synchronizeCache(range)
    default: return nil
    }
  }

  /// BYTCHK of VERIFY.
  private static func verification(_ block: CommandBlock) throws(Sense) -> Verification {
    switch block[1] >> 1 & 3 {
    case 0: return .readable
    case 1: return .data
    case 3: return .oneBlock
    default: throw .invalidField(1)
    }
  }

  private static func change(_ block: CommandBlock) throws(Sense) -> SCSICommand? {
    let range = range(block)
    switch block[0] {
    case OperationCode.writeAndVerify10, OperationCode.writeAndVerify12,
      OperationCode.writeAndVerify16:
      try checkNoProtection(block)
      // Any comparison is with the data just written, so it says no more than a read does.
      if block[1] >> 1 & 3 == 2 { throw .invalidField(1) }
      return .writeAndVerify(range)
    case OperationCode.writeSame10, OperationCode.writeSame16:
      try checkNoProtection(block)
      let unmaps = block.has(0x08, at: 1)
      let hasNoData = block[0] == OperationCode.writeSame16 && block.has(0x01, at: 1)
      // ANCHOR promises space that this unit does not keep.
      if block.has(0x10, at: 1) { throw .invalidField(1) }
      return .writeSame(range, unmaps: unmaps, hasNoData: hasNoData)
    case OperationCode.unmap:
      if block.has(0x01, at: 1) { throw .invalidField(1) }
      return .unmap(parameters: Int(block.field(7, bytes: 2)))
    case OperationCode.compareAndWrite:
      try checkNoProtection(block)
      return .compareAndWrite(
        BlockRange(start: range.start, count: UInt64(block[13])),
        mustBeDurable: block.has(0x08, at: 1))
    case OperationCode.orWrite:
      try checkNoProtection(block)
      return .orWrite(range, mustBeDurable: block.has(0x08, at: 1))
    default: return nil
    }
  }

  private static func unit(_ block: CommandBlock) throws(Sense) -> SCSICommand? {
    switch block[0] {
    case OperationCode.testUnitReady: return .testUnitReady
    case OperationCode.startStop: return .startStop(startStop(block))
    case OperationCode.modeSelect6, OperationCode.modeSelect10:
      let isLong = block[0] == OperationCode.modeSelect10
      return .modeSelect(
        isLong: isLong, isPageFormat: block.has(0x10, at: 1), savesPages: block.has(0x01, at: 1),
        parameters: isLong ? Int(block.field(7, bytes: 2)) : Int(block[4]))
    case OperationCode.reserve6, OperationCode.reserve10: return .reserve
    case OperationCode.release6, OperationCode.release10: return .release
    case OperationCode.persistentReserveIn:
      return .readReservations(action: block[1] & 0x1F, allocation: Int(block.field(7, bytes: 2)))
    case OperationCode.persistentReserveOut:
      return .changeReservations(
        action: block[1] & 0x1F, scopeAndType: block[2],
        parameters: Int(block.field(5, bytes: 4)))
    default: return nil
    }
  }

  private static func startStop(_ block: CommandBlock) -> StartStop {
    if block.has(0xF0, at: 4) { return .powerCondition }
    return block.has(0x01, at: 4) ? .start : .stop
  }

  private static func answer(_ block: CommandBlock) throws(Sense) -> SCSICommand? {
    switch block[0] {
    case OperationCode.requestSense:
      return .requestSense(isDescriptor: block.has(0x01, at: 1), allocation: Int(block[4]))
    case OperationCode.inquiry:
      let hasPage = block.has(0x01, at: 1)
      if block.has(0x02, at: 1) { throw .invalidField(1) }
      if !hasPage && block[2] != 0 { throw .invalidField(2) }
      return .inquiry(
        page: hasPage ? block[2] : nil, allocation: Int(block.field(3, bytes: 2)))
    case OperationCode.modeSense6, OperationCode.modeSense10:
      let isLong = block[0] == OperationCode.modeSense10
      return .modeSense(
        ModeSenseRequest(
          isLong: isLong, withoutBlockDescriptor: block.has(0x08, at: 1),
          allowsLongBlocks: isLong && block.has(0x10, at: 1), control: block[2] >> 6,
          page: block[2] & 0x3F, subpage: block[3],
          allocation: isLong ? Int(block.field(7, bytes: 2)) : Int(block[4])))
    case OperationCode.readCapacity10:
      // Without PMI the address has to be zero.
      if !block.has(0x01, at: 8) && block.field(2, bytes: 4) != 0 { throw .invalidField(2) }
      return .readCapacity10
    case OperationCode.reportUnits:
      return .reportUnits(select: block[2], allocation: Int(block.field(6, bytes: 4)))
    case OperationCode.serviceActionIn16: return serviceActionIn(block)
    case OperationCode.maintenanceIn: return try maintenanceIn(block)
    default: return nil
    }
  }

  private static func copy(_ block: CommandBlock) throws(Sense) -> SCSICommand? {
    let action = block[1] & 0x1F
    let count = Int(block.field(10, bytes: 4))
    switch block[0] {
    case OperationCode.extendedCopy:
      guard action == ServiceAction.extendedCopy else { throw .invalidField(1) }
      return .extendedCopy(parameters: count)
    case OperationCode.receiveCopyResults:
      guard CopyAnswers.Question.all.contains(action) else { throw .invalidField(1) }
      return .copyResults(action: action, identifier: block[2], allocation: count)
    default: return nil
    }
  }

  private static func serviceActionIn(_ block: CommandBlock) -> SCSICommand? {
    let allocation = Int(block.field(10, bytes: 4))
    switch block[1] & 0x1F {
    case ServiceAction.readCapacity16: return .readCapacity16(allocation: allocation)
    case ServiceAction.getBlockStatus:
      return .blockStatus(start: block.field(2, bytes: 8), allocation: allocation)
    default: return nil
    }
  }

  private static func maintenanceIn(_ block: CommandBlock) throws(Sense) -> SCSICommand? {
    let allocation = Int(block.field(6, bytes: 4))
    switch block[1] & 0x1F {
    case ServiceAction.reportPortGroups:
      return .reportPortGroups(isExtended: block[1] >> 5 == 1, allocation: allocation)
    case ServiceAction.reportCommands:
      if block[2] & 0x07 > 3 { throw .invalidField(2) }
      return .reportCommands(
        CommandQuestion(
          options: block[2] & 0x07, operationCode: block[3],
          serviceAction: UInt16(block.field(4, bytes: 2)), wantsTimeouts: block.has(0x80, at: 2)),
        allocation: allocation)
    case ServiceAction.reportTaskManagement:
      return .reportTaskManagement(isExtended: block.has(0x80, at: 2), allocation: allocation)
    default: return nil
    }
  }
}
