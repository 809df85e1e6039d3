/// The commands there are, as REPORT SUPPORTED OPERATION CODES lists them.
/// - Source: SPC-4 §6.35.
struct SupportedCommand {
  let code: UInt8
  /// Nil for an operation code that has none.
  let action: UInt8?
  /// Which bits of the command block are looked at, the operation code itself left out.
  let usage: [UInt8]

  private init(_ code: UInt8, action: UInt8? = nil, _ usage: [UInt8]) {
    self.code = code
    self.action = action
    self.usage = usage
  }

  private static let long: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]

  static let all: [SupportedCommand] =
    [
      SupportedCommand(OperationCode.testUnitReady, [0, 0, 0, 0, 0x04]),
      SupportedCommand(OperationCode.requestSense, [0x01, 0, 0, 0xFF, 0x04]),
      SupportedCommand(OperationCode.read6, [0x1F, 0xFF, 0xFF, 0xFF, 0x04]),
      SupportedCommand(OperationCode.write6, [0x1F, 0xFF, 0xFF, 0xFF, 0x04]),
      SupportedCommand(OperationCode.inquiry, [0x03, 0xFF, 0xFF, 0xFF, 0x04]),
      SupportedCommand(OperationCode.modeSelect6, [0x11, 0, 0, 0xFF, 0x04]),
      SupportedCommand(OperationCode.reserve6, [0, 0, 0, 0, 0x04]),
      SupportedCommand(OperationCode.release6, [0, 0, 0, 0, 0x04]),
      SupportedCommand(OperationCode.modeSense6, [0x08, 0xFF, 0xFF, 0xFF, 0x04]),
      SupportedCommand(OperationCode.startStop, [0, 0, 0, 0xF1, 0x04]),
      SupportedCommand(OperationCode.readCapacity10, [0] + long + [0, 0, 0x01, 0x04]),
      SupportedCommand(OperationCode.read10, [0xF8] + long + [0, 0xFF, 0xFF, 0x04]),
      SupportedCommand(OperationCode.write10, [0xF8] + long + [0, 0xFF, 0xFF, 0x04]),
      SupportedCommand(OperationCode.writeAndVerify10, [0xF6] + long + [0, 0xFF, 0xFF, 0x04]),
      SupportedCommand(OperationCode.verify10, [0xF6] + long + [0, 0xFF, 0xFF, 0x04]),
      SupportedCommand(OperationCode.prefetch10, [0x02] + long + [0, 0xFF, 0xFF, 0x04]),
      SupportedCommand(OperationCode.synchronizeCache10, [0x02] + long + [0, 0xFF, 0xFF, 0x04]),
      SupportedCommand(OperationCode.writeSame10, [0xF8] + long + [0, 0xFF, 0xFF, 0x04]),
      SupportedCommand(OperationCode.unmap, [0x01, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0x04]),
      SupportedCommand(OperationCode.modeSelect10, [0x11, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0x04]),
      SupportedCommand(OperationCode.reserve10, [0, 0, 0, 0, 0, 0, 0, 0, 0x04]),
      SupportedCommand(OperationCode.release10, [0, 0, 0, 0, 0, 0, 0, 0, 0x04]),
      SupportedCommand(OperationCode.modeSense10, [0x18, 0xFF, 0xFF, 0, 0, 0, 0xFF, 0xFF, 0x04]),
    ] + reservations + copies + sixteen + answers + twelve

  private static let reservations: [SupportedCommand] =
    (UInt8(0)...3).map {
      SupportedCommand(
        OperationCode.persistentReserveIn, action: $0, [$0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0x04])
    }
    + (UInt8(0)...7).map {
      SupportedCommand(
        OperationCode.persistentReserveOut, action: $0, [$0, 0xFF, 0, 0] + long + [0x04])
    }

  private static let sixteen: [SupportedCommand] = [
    SupportedCommand(OperationCode.read16, [0xF8] + long + long + long + [0, 0x04]),
    SupportedCommand(
      OperationCode.compareAndWrite, [0xF8] + long + long + [0, 0, 0, 0xFF, 0, 0x04]),
    SupportedCommand(OperationCode.write16, [0xF8] + long + long + long + [0, 0x04]),
    SupportedCommand(OperationCode.orWrite, [0xF8] + long + long + long + [0, 0x04]),
    SupportedCommand(OperationCode.writeAndVerify16, [0xF6] + long + long + long + [0, 0x04]),
    SupportedCommand(OperationCode.verify16, [0xF6] + long + long + long + [0, 0x04]),
    SupportedCommand(OperationCode.prefetch16, [0x02] + long + long + long + [0, 0x04]),
    SupportedCommand(OperationCode.synchronizeCache16, [0x02] + long + long + long + [0, 0x04]),
    SupportedCommand(OperationCode.writeSame16, [0xF9] + long + long + long + [0, 0x04]),
    SupportedCommand(
      OperationCode.serviceActionIn16, action: ServiceAction.readCapacity16,
      [ServiceAction.readCapacity16, 0, 0, 0, 0, 0, 0, 0, 0] + long + [0, 0x04]),
    SupportedCommand(
      OperationCode.serviceActionIn16, action: ServiceAction.getBlockStatus,
      [ServiceAction.getBlockStatus] + long + long + long + [0, 0x04]),
  ]

  private static let copies: [SupportedCommand] =
    [
      SupportedCommand(
        OperationCode.extendedCopy, action: ServiceAction.extendedCopy,
        [ServiceAction.extendedCopy, 0, 0, 0, 0, 0, 0, 0, 0] + long + [0, 0x04])
    ]
    + CopyAnswers.Question.all.map {
      SupportedCommand(
        OperationCode.receiveCopyResults, action: $0,
        [$0, 0xFF, 0, 0, 0, 0, 0, 0, 0] + long + [0, 0x04])
    }

  private static let answers: [SupportedCommand] = [
    SupportedCommand(OperationCode.reportUnits, [0, 0xFF, 0, 0, 0] + long + [0, 0x04]),
    SupportedCommand(
      OperationCode.maintenanceIn, action: ServiceAction.reportPortGroups,
      [0xE0 | ServiceAction.reportPortGroups, 0, 0, 0, 0] + long + [0, 0x04]),
    SupportedCommand(
      OperationCode.maintenanceIn, action: ServiceAction.reportCommands,
      [ServiceAction.reportCommands, 0x87, 0xFF, 0xFF, 0xFF] + long + [0, 0x04]),
    SupportedCommand(
      OperationCode.maintenanceIn, action: ServiceAction.reportTaskManagement,
      [ServiceAction.reportTaskManagement, 0x80, 0, 0, 0] + long + [0, 0x04]),
  ]

  private static let twelve: [SupportedCommand] = [
    SupportedCommand(OperationCode.read12, [0xF8] + long + long + [0, 0x04]),
    SupportedCommand(OperationCode.write12, [0xF8] + long + long + [0, 0x04]),
    SupportedCommand(OperationCode.writeAndVerify12, [0xF6] + long + long + [0, 0x04]),
    SupportedCommand(OperationCode.verify12, [0xF6] + long + long + [0, 0x04]),
  ]

  // MARK: Answering

  private static let timeoutBytes = 12

  static func answer(_ question: SCSICommand.CommandQuestion) throws(Sense) -> [UInt8] {
    question.options == 0 ? list(question) : try one(question)
  }

  private static func list(_ question: SCSICommand.CommandQuestion) -> [UInt8] {
    var descriptors: [UInt8] = []
    for command in all {
      let hasAction = command.action != nil
      descriptors += [command.code, 0]
      descriptors.append(bigEndian: UInt16(command.action ?? 0))
      descriptors += [0, (hasAction ? 1 : 0) | (question.wantsTimeouts ? 2 : 0)]
      descriptors.append(bigEndian: UInt16(command.usage.count + 1))
      if question.wantsTimeouts { descriptors += timeouts }
    }
    var bytes: [UInt8] = []
    bytes.append(bigEndian: UInt32(descriptors.count))
    return bytes + descriptors
  }

  private static func one(_ question: SCSICommand.CommandQuestion) throws(Sense) -> [UInt8] {
    let named = all.filter { $0.code == question.operationCode }
    let hasActions = named.contains { $0.action != nil }
    if question.options == 1 && hasActions { throw .invalidField(2) }
    if question.options == 2 && !named.isEmpty && !hasActions { throw .invalidField(2) }
    let command = named.first {
      $0.action == nil || UInt16($0.action ?? 0) == question.serviceAction
    }
    guard let command else { return [0, 0x01, 0, 0] }
    let withTimeouts: UInt8 = question.wantsTimeouts ? 0x80 : 0
    var bytes: [UInt8] = [0, 0x03 | withTimeouts]
    bytes.append(bigEndian: UInt16(command.usage.count + 1))
    bytes.append(command.code)
    bytes += command.usage
    return question.wantsTimeouts ? bytes + timeouts : bytes
  }

  /// No timeouts are told.
  private static var timeouts: [UInt8] {
    [0, UInt8(timeoutBytes - 2)] + [UInt8](repeating: 0, count: timeoutBytes - 2)
  }
}
