/// A command of an initiator, to be carried out.
public struct ISCSICommand: Hashable, Sendable {
  public let taskTag: UInt32
  /// The unit's 8-byte address.
  public let unit: UInt64
  /// Bytes that the initiator sends or has room for.
  public let expectedBytes: Int
  public let isRead: Bool
  public let isWrite: Bool
  /// Everything before it has to be done first.
  public let isOrdered: Bool
  /// Bytes 0…7 and 8…15 of its command descriptor block, big-endian.
  public let block: (high: UInt64, low: UInt64)

  init(_ header: BasicHeader) {
    taskTag = header.taskTag
    unit = header.unit
    expectedBytes = Int(header.word(at: 20))
    isRead = header.flags & ISCSIFlag.read != 0
    isWrite = header.flags & ISCSIFlag.write != 0
    isOrdered = header.flags & 7 == 2
    block = (
      UInt64(header.word(at: 32)) << 32 | UInt64(header.word(at: 36)),
      UInt64(header.word(at: 40)) << 32 | UInt64(header.word(at: 44))
    )
  }

  public static func == (left: Self, right: Self) -> Bool { left.taskTag == right.taskTag }
  public func hash(into hasher: inout Hasher) { hasher.combine(taskTag) }
}

/// What came with a command.
public enum ISCSIPayload: Hashable, Sendable {
  case none
  /// In the input, from its start on.
  case range(Range<Int>)
  /// In several PDUs.
  case gathered([UInt8])
}

/// A wish to end tasks.
public struct ISCSITaskManagement: Hashable, Sendable {
  /// - Source: RFC 7143 §11.5.1.
  public enum Function: Hashable, Sendable {
    case abortTask(UInt32)
    case abortTaskSet
    case clearTaskSet
    case resetUnit
    case resetTargetWarm
    case resetTargetCold
    case unsupported
  }

  public let function: Function
  public let unit: UInt64
  public let taskTag: UInt32
}

/// What became of a wish to end tasks.
/// - Source: RFC 7143 §11.6.1.
public enum ISCSITaskManagementResponse: UInt8, Sendable {
  case complete = 0
  case noTask = 1
  case noUnit = 2
  case notSupported = 5
}

/// What the bytes of a peer mean in the full feature phase.
public enum ISCSIEvent: Hashable, Sendable {
  /// Nothing before so many bytes lie after the position.
  case needsInput(byteCount: Int)
  /// The peer needs an answer that is in the bytes.
  case send([UInt8])
  /// A command with all its data.
  case command(ISCSICommand, ISCSIPayload)
  /// A command whose data did not come as agreed; it is to be answered so.
  case spoiled(ISCSICommand)
  case manage(ISCSITaskManagement)
  /// Names of targets are wanted; see ``ISCSISession/answer(targets:)``. Nil for all.
  case listTargets(String?)
  /// Send the bytes, then close.
  case sendThenClose([UInt8])
  /// Something that is not to be answered was passed over.
  case ignored
  /// The peer broke the protocol so that nothing after it has a meaning.
  case violation
}

/// A target that an initiator may see.
public struct ISCSITargetName: Hashable, Sendable {
  public let name: String
  /// Where it is: an address with a port.
  public let portals: [String]

  public init(name: String, portals: [String]) {
    self.name = name
    self.portals = portals
  }
}
