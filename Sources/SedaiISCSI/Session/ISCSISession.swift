internal import SedaiBytes

/// The target's side of one connection in the full feature phase.
///
/// It does no I/O: ``next(_:at:)`` takes the bytes that have arrived and says what they mean;
/// the answers to commands are made by ``storeResponse(to:_:into:)`` and
/// ``sealDataIn(_:into:)``. Its owner calls it from one thread at a time.
/// - Source: RFC 7143 §4 and §11.
public struct ISCSISession: Sendable {
  public let identity: ISCSISessionIdentity
  public let parameters: ISCSIParameters

  let decoder: PDUDecoder
  /// The number of the command that has to come next.
  var expectedCommand: UInt32
  private var highestCommand: UInt32
  var statusNumber: UInt32
  /// Commands that are not answered.
  private(set) var commandsUnderWay = 0
  var writes: [UInt32: PendingWrite] = [:]
  /// Those of ``writes`` whose data is being asked for, and the bytes of it.
  var admittedWrites = 0
  var pendingBytes = 0
  /// Writes that wait for room to be asked for.
  var writesWaiting: [UInt32] = []
  var nextTransferTag: UInt32 = 0
  var text = TextExchange()
  private var hasEnded = false

  /// - Parameter beginning: what login ended with.
  public init(_ beginning: ISCSIBeginning) {
    identity = beginning.identity
    parameters = beginning.parameters
    decoder = PDUDecoder(
      digests: beginning.parameters.digests, maximumData: ISCSILimits.maximumReceivedBytes)
    expectedCommand = beginning.commandNumber
    statusNumber = beginning.statusNumber
    highestCommand = beginning.commandNumber &+ UInt32(ISCSILimits.commandWindow) &- 1
  }

  // MARK: Bytes in

  /// Decodes what lies at `position` of `input` and moves the position past it.
  ///
  /// Bytes before the position are not needed again, except a payload by whoever got its
  /// range. After `violation` the same event comes back for ever.
  public mutating func next(_ input: RawSpan, at position: inout Int) -> ISCSIEvent {
    if hasEnded { return .violation }
    switch decoder.next(input, at: &position) {
    case .needsInput(let byteCount): return .needsInput(byteCount: byteCount)
    case .violation: return end()
    case .pdu(let header, let start, let data):
      return take(header, input, start, data)
    }
  }

  private mutating func end() -> ISCSIEvent {
    hasEnded = true
    return .violation
  }

  private mutating func take(
    _ header: BasicHeader, _ input: RawSpan, _ start: Int, _ data: Range<Int>
  ) -> ISCSIEvent {
    if header.opcode == ISCSIOpcode.dataOut { return takeData(header, input.extracting(data)) }
    switch order(of: header) {
    case .next: expectedCommand &+= 1
    case .immediate: break
    case .outside: return .ignored
    case .gap: return end()
    }
    if identity.target == nil,
      header.opcode == ISCSIOpcode.command || header.opcode == ISCSIOpcode.taskManagement
    {
      return reject(.protocolError, input, start)
    }
    switch header.opcode {
    case ISCSIOpcode.command: return takeCommand(header, input, start, data)
    case ISCSIOpcode.nopOut: return takePing(header, input.extracting(data))
    case ISCSIOpcode.taskManagement: return .manage(taskManagement(header))
    case ISCSIOpcode.text: return takeText(header, input, start, data)
    case ISCSIOpcode.logout: return .sendThenClose(logout(header))
    case ISCSIOpcode.login: return end()
    default: return reject(.notSupported, input, start)
    }
  }

  private enum Order { case next, immediate, outside, gap }

  /// Whether a request comes in its turn. One connection brings everything in order, so that a
  /// number inside the window that is not the next one is never filled up.
  private func order(of header: BasicHeader) -> Order {
    if header.isImmediate { return .immediate }
    let distance = Int32(bitPattern: header.commandNumber &- expectedCommand)
    if distance == 0 { return isWindowOpen ? .next : .outside }
    let window = Int32(bitPattern: highestCommand &- expectedCommand)
    return distance > 0 && distance <= window ? .gap : .outside
  }

  private var isWindowOpen: Bool { Int32(bitPattern: highestCommand &- expectedCommand) >= 0 }

  func taskManagement(_ header: BasicHeader) -> ISCSITaskManagement {
    let function: ISCSITaskManagement.Function =
      switch header.flags & 0x7F {
      case 1: .abortTask(header.word(at: 20))
      case 2: .abortTaskSet
      case 4: .clearTaskSet
      case 5: .resetUnit
      case 6: .resetTargetWarm
      case 7: .resetTargetCold
      default: .unsupported
      }
    return ISCSITaskManagement(
      function: function, unit: header.unit, taskTag: header.taskTag)
  }

  // MARK: Numbers out

  /// A PDU with the numbers that every answer carries.
  mutating func answer(
    _ opcode: UInt8, flags: UInt8 = ISCSIFlag.final, taskTag: UInt32, countsStatus: Bool = true
  ) -> PDUWriter {
    var writer = PDUWriter(opcode, flags: flags, taskTag: taskTag)
    writer.set(statusNumber, at: 24)
    if countsStatus { statusNumber &+= 1 }
    let (expected, highest) = window()
    writer.set(expected, at: 28)
    writer.set(highest, at: 32)
    return writer
  }

  /// The number of the command that is expected and of the last that may be sent.
  mutating func window() -> (expected: UInt32, highest: UInt32) {
    let room = max(ISCSILimits.commandWindow - commandsUnderWay, 0)
    let highest = expectedCommand &+ UInt32(room) &- 1
    // What was once allowed stays allowed.
    if Int32(bitPattern: highest &- highestCommand) > 0 { highestCommand = highest }
    return (expectedCommand, highestCommand)
  }

  mutating func commandDidBegin() { commandsUnderWay += 1 }

  /// A command is answered, or will never be.
  public mutating func commandDidEnd() { commandsUnderWay -= 1 }
}
