/// What INQUIRY answers.
/// - Source: SPC-4 §6.6 and §7.8, SBC-3 §6.5.
struct Inquiry {
  let identity: UnitIdentity
  let nexus: SCSINexus

  /// Direct access block device, connected.
  private static let peripheral: UInt8 = 0x00

  /// No unit of that number could be there.
  static let absentPeripheral: UInt8 = 0x7F

  /// SAM-5, iSCSI, SPC-4 and SBC-3, no particular versions of them.
  private static let standards: [UInt16] = [0x00A0, 0x0960, 0x0460, 0x04C0]

  private static let standardBytes = 96

  static func standard(peripheral: UInt8 = peripheral) -> [UInt8] {
    // SPC-4; hierarchical numbers, response format 2; implicit ALUA, copies; several ports;
    // queues.
    var bytes: [UInt8] = [peripheral, 0, 0x06, 0x12, 0, 0x18, 0x10, 0x02]
    bytes.append(UnitIdentity.vendor, paddedTo: 8)
    bytes.append(UnitIdentity.product, paddedTo: 16)
    bytes.append(UnitIdentity.revision, paddedTo: 4)
    bytes.append(zeroes: 22)
    for standard in standards { bytes.append(bigEndian: standard) }
    bytes.append(zeroes: standardBytes - bytes.count)
    bytes[4] = UInt8(bytes.count - 5)
    return bytes
  }

  // MARK: Vital product data

  private enum Page {
    static let supported: UInt8 = 0x00
    static let serialNumber: UInt8 = 0x80
    static let identification: UInt8 = 0x83
    static let extendedInquiry: UInt8 = 0x86
    static let modePagePolicy: UInt8 = 0x87
    static let thirdPartyCopy: UInt8 = 0x8F
    static let blockLimits: UInt8 = 0xB0
    static let blockCharacteristics: UInt8 = 0xB1
    static let provisioning: UInt8 = 0xB2
    static let all: [UInt8] = [
      supported, serialNumber, identification, extendedInquiry, modePagePolicy,
      thirdPartyCopy, blockLimits, blockCharacteristics, provisioning,
    ]
  }

  func page(_ code: UInt8) throws(Sense) -> [UInt8] {
    let content: [UInt8]
    switch code {
    case Page.supported: content = Page.all
    case Page.serialNumber: content = Array(identity.serialNumber.utf8)
    case Page.identification: content = identification
    case Page.extendedInquiry: content = Self.extendedInquiry
    case Page.modePagePolicy: content = [0x3F, 0xFF, 0x00, 0x00]
    case Page.thirdPartyCopy: content = CopyAnswers.page
    case Page.blockLimits: content = blockLimits
    case Page.blockCharacteristics:
      // No medium that turns, no form factor.
      content = [0x00, 0x01] + [UInt8](repeating: 0, count: 58)
    case Page.provisioning:
      // UNMAP and both WRITE SAME give space back, which reads as zeroes then.
      content = [0x00, 0xE4, 0x02, 0x00]
    default: throw .invalidField(2)
    }
    var bytes: [UInt8] = [Self.peripheral, code]
    bytes.append(bigEndian: UInt16(content.count))
    return bytes + content
  }

  private static let extendedInquiry: [UInt8] = {
    var bytes = [UInt8](repeating: 0, count: 60)
    // Simple, ordered and head of queue tasks.
    bytes[1] = 0x07
    // There is a volatile cache.
    bytes[2] = 0x01
    return bytes
  }()

  private var blockLimits: [UInt8] {
    let block = identity.blockBytes
    let largest = UInt32(SCSILimits.maximumTransferBytes / block)
    let granularity = UInt32(SCSILimits.physicalBlockBytes / block)
    var bytes: [UInt8] = [0, SCSILimits.maximumCompareBlocks]
    bytes.append(bigEndian: UInt16(granularity))
    bytes.append(bigEndian: largest)
    bytes.append(bigEndian: UInt32(SCSILimits.optimalTransferBytes / block))
    bytes.append(bigEndian: UInt32(SCSILimits.maximumPrefetchBytes / block))
    bytes.append(bigEndian: UInt32(SCSILimits.maximumUnmapBytes / block))
    bytes.append(bigEndian: UInt32(SCSILimits.maximumUnmapDescriptors))
    bytes.append(bigEndian: granularity)
    // The alignment of that granularity is 0, and that counts.
    bytes.append(bigEndian: UInt32(0x8000_0000))
    bytes.append(bigEndian: SCSILimits.maximumWriteSameBytes / block)
    bytes.append(zeroes: 60 - bytes.count)
    return bytes
  }

  // MARK: Identification

  private enum Association: UInt8 {
    case unit = 0x00
    case port = 0x10
    case device = 0x20
  }

  private enum CodeSet: UInt8 {
    case binary = 1
    case ascii = 2
    case utf8 = 3
  }

  private var identification: [UInt8] {
    let vendor = Array((UnitIdentity.vendor + "   ").utf8) + Array(identity.serialNumber.utf8)
    var bytes = Self.designator(.unit, type: 3, .binary, identity.extendedIdentifier)
    if let number = identity.numberIdentifier {
      bytes += Self.designator(.unit, type: 3, .binary, number)
    }
    bytes += Self.designator(.unit, type: 1, .ascii, vendor)
    bytes += Self.designator(.port, type: 4, .binary, [0, 0, 0, 1])
    bytes += Self.designator(.port, type: 5, .binary, [0, 0, 0, 1])
    bytes += Self.designator(.port, type: 8, .utf8, Self.name(nexus.target))
    let device = nexus.target.prefix { $0 != "," }
    bytes += Self.designator(.device, type: 8, .utf8, Self.name(String(device)))
    return bytes
  }

  /// A name ends with a zero and is filled up to a multiple of four.
  private static func name(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    return bytes + [UInt8](repeating: 0, count: 4 - bytes.count % 4)
  }

  private static func designator(
    _ association: Association, type: UInt8, _ set: CodeSet, _ content: [UInt8]
  ) -> [UInt8] {
    // Where it is about a port or a device, the protocol is told: iSCSI.
    let isProtocolTold = association != .unit
    return [
      set.rawValue | (isProtocolTold ? 0x50 : 0),
      type | association.rawValue | (isProtocolTold ? 0x80 : 0), 0, UInt8(content.count),
    ] + content
  }
}
