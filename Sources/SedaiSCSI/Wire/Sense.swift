/// How a command ended.
/// - Source: SAM-5 §5.3.1.
public enum SCSIStatus: UInt8, Sendable {
  case good = 0x00
  case checkCondition = 0x02
  case conditionMet = 0x04
  case busy = 0x08
  case reservationConflict = 0x18
  case taskSetFull = 0x28
  case taskAborted = 0x40
}

/// What kind of thing went wrong.
/// - Source: SPC-4 §4.5.6.
public enum SenseKey: UInt8, Sendable {
  case noSense = 0x0
  case notReady = 0x2
  case mediumError = 0x3
  case illegalRequest = 0x5
  case unitAttention = 0x6
  case dataProtect = 0x7
  case copyAborted = 0xA
  case abortedCommand = 0xB
  case miscompare = 0xE
}

/// Why a command was not carried out, or what an initiator has to know first.
public struct Sense: Error, Hashable, Sendable {
  public let key: SenseKey
  /// Additional sense code.
  public let code: UInt8
  /// Its qualifier.
  public let qualifier: UInt8
  /// What the INFORMATION field says: for a comparison, the offset of the first difference.
  public var information: UInt64?
  /// The byte of the command that was wrong.
  public var field: UInt16?
  /// The wrong byte is one of the parameters, not of the command block.
  public var isInParameters = false

  public init(_ key: SenseKey, _ code: UInt8, _ qualifier: UInt8) {
    self.key = key
    self.code = code
    self.qualifier = qualifier
  }

  // MARK: The ones there are, as SPC-4 annex D numbers them

  static let none = Sense(.noSense, 0x00, 0x00)
  static let notReady = Sense(.notReady, 0x04, 0x03)
  static let readError = Sense(.mediumError, 0x11, 0x00)
  static let writeError = Sense(.mediumError, 0x0C, 0x00)
  static let invalidCommand = Sense(.illegalRequest, 0x20, 0x00)
  static let blockOutOfRange = Sense(.illegalRequest, 0x21, 0x00)
  static let parameterListLength = Sense(.illegalRequest, 0x1A, 0x00)
  static let invalidRelease = Sense(.illegalRequest, 0x26, 0x04)
  static let insufficientReservationResources = Sense(.illegalRequest, 0x55, 0x02)
  static let insufficientRegistrations = Sense(.illegalRequest, 0x55, 0x04)
  static let savingNotSupported = Sense(.illegalRequest, 0x39, 0x00)
  static let writeProtected = Sense(.dataProtect, 0x27, 0x00)
  static let softwareWriteProtected = Sense(.dataProtect, 0x27, 0x02)
  static let noSpace = Sense(.dataProtect, 0x27, 0x07)
  static let unsupportedCopyEnd = Sense(.illegalRequest, 0x26, 0x07)
  static let unsupportedSegment = Sense(.illegalRequest, 0x26, 0x09)
  static let tooManyCopyEnds = Sense(.illegalRequest, 0x26, 0x06)
  static let tooManyCopySegments = Sense(.illegalRequest, 0x26, 0x08)
  static let inlineDataTooLong = Sense(.illegalRequest, 0x26, 0x0B)
  static let copyAborted = Sense(.copyAborted, 0x00, 0x00)
  static let unreachableCopyEnd = Sense(.copyAborted, 0x0D, 0x02)
  static let copyEndFailed = Sense(.copyAborted, 0x0D, 0x01)
  /// Reserved for somebody else.
  static let copyReserved = Sense(.copyAborted, 0x0D, 0x01)
  static let miscompare = Sense(.miscompare, 0x1D, 0x00)

  /// No unit answers to this number.
  public static let noSuchUnit = Sense(.illegalRequest, 0x25, 0x00)
  /// The data that came is not what the command needs.
  public static let invalidInformationUnit = Sense(.illegalRequest, 0x0E, 0x03)
  /// A command has the tag of one that is not answered.
  public static let overlappedCommands = Sense(.abortedCommand, 0x4E, 0x00)
  /// Less data came than was asked for, or in another place.
  public static let unexpectedData = Sense(.abortedCommand, 0x0C, 0x0C)

  /// The byte at `field` of the command block cannot be so.
  static func invalidField(_ field: UInt16) -> Sense {
    var sense = Sense(.illegalRequest, 0x24, 0x00)
    sense.field = field
    return sense
  }

  /// The byte at `field` of the parameters cannot be so.
  static func invalidParameter(_ field: UInt16) -> Sense {
    var sense = Sense(.illegalRequest, 0x26, 0x00)
    sense.field = field
    sense.isInParameters = true
    return sense
  }

  /// Why one end of a copy cannot be used.
  var asCopyAborted: Sense { Sense(.copyAborted, code, qualifier) }

  // MARK: On the wire

  private static let fixedBytes = 18

  /// - Parameter isDescriptor: the form that the D_SENSE bit of the control page chose.
  /// - Source: SPC-4 §4.5.2 and §4.5.3.
  public func bytes(isDescriptor: Bool) -> [UInt8] {
    isDescriptor ? descriptorBytes : fixedFormBytes
  }

  private var fixedFormBytes: [UInt8] {
    var bytes: [UInt8] = [0x70, 0, key.rawValue]
    let fits = information.flatMap { UInt32(exactly: $0) }
    if let fits {
      bytes[0] |= 0x80
      bytes.append(bigEndian: fits)
    } else {
      bytes.append(zeroes: 4)
    }
    bytes.append(UInt8(Self.fixedBytes - 8))
    bytes.append(zeroes: 4)
    bytes += [code, qualifier, 0]
    bytes += fieldPointer
    return bytes
  }

  private var descriptorBytes: [UInt8] {
    var bytes: [UInt8] = [0x72, key.rawValue, code, qualifier, 0, 0, 0, 0]
    if let information {
      bytes += [0x00, 0x0A, 0x80, 0]
      bytes.append(bigEndian: information)
    }
    if field != nil { bytes += [0x02, 0x06, 0, 0] + fieldPointer + [0] }
    bytes[7] = UInt8(bytes.count - 8)
    return bytes
  }

  /// The sense key specific bytes.
  private var fieldPointer: [UInt8] {
    guard let field else { return [0, 0, 0] }
    return [
      isInParameters ? 0x80 : 0xC0, UInt8(truncatingIfNeeded: field >> 8),
      UInt8(truncatingIfNeeded: field),
    ]
  }
}
