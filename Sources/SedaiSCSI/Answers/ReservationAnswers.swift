/// What PERSISTENT RESERVE IN answers.
/// - Source: SPC-4 §6.15.
extension PersistentReservations {
  func answer(action: UInt8) throws(Sense) -> [UInt8] {
    switch action {
    case 0: return keys
    case 1: return reservation
    case 2: return capabilities
    case 3: return fullStatus
    default: throw .invalidField(1)
    }
  }

  private func withHeader(_ content: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: generation)
    bytes.append(bigEndian: UInt32(content.count))
    return bytes + content
  }

  private var keys: [UInt8] {
    var content: [UInt8] = []
    for registration in registrations { content.append(bigEndian: registration.key) }
    return withHeader(content)
  }

  private var reservation: [UInt8] {
    guard let held else { return withHeader([]) }
    var content: [UInt8] = []
    content.append(bigEndian: held.holder.flatMap(key(of:)) ?? 0)
    content += [0, 0, 0, 0, 0, held.kind.rawValue, 0, 0]
    return withHeader(content)
  }

  /// PTPL_C: what was agreed can survive a power cut; PTPL_A: it would now. Every kind of
  /// reservation; nothing is for all ports.
  private var capabilities: [UInt8] {
    [0, 8, 0x01, 0x80 | (survivesPowerLoss ? 0x01 : 0), 0xEA, 0x01, 0, 0]
  }

  private var fullStatus: [UInt8] {
    var content: [UInt8] = []
    for registration in registrations {
      let isHolder = isHolder(registration.nexus)
      content.append(bigEndian: registration.key)
      content += [0, 0, 0, 0, isHolder ? 1 : 0, isHolder ? held?.kind.rawValue ?? 0 : 0]
      content += [0, 0, 0, 0, 0, 1]
      let transport = Self.transportIdentifier(registration.nexus.initiator)
      content.append(bigEndian: UInt32(transport.count))
      content += transport
    }
    return withHeader(content)
  }

  /// - Source: SPC-4 §7.6.4.6.
  private static func transportIdentifier(_ initiator: String) -> [UInt8] {
    let name = Array(initiator.utf8)
    let filled = name + [UInt8](repeating: 0, count: 4 - name.count % 4)
    // Format 1: the name with its session's qualifier; protocol 5: iSCSI.
    var bytes: [UInt8] = [0x45, 0]
    bytes.append(bigEndian: UInt16(filled.count))
    return bytes + filled
  }

  /// The initiator port that an identifier names, by its name with the session's qualifier.
  ///
  /// - Parameter bytes: the whole identifier.
  static func initiator(_ bytes: [UInt8]) throws(Sense) -> String {
    guard bytes.count >= 24, bytes[0] == 0x45,
      Int(bytes.bigEndian(at: 2, bytes: 2)) == bytes.count - 4
    else { throw .invalidParameter(24) }
    let name = bytes.dropFirst(4).prefix { $0 != 0 }
    guard let text = String(validating: name, as: UTF8.self), text.contains(",i,0x") else {
      throw .invalidParameter(28)
    }
    return text
  }
}
