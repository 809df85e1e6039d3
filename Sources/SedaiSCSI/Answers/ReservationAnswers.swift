/// What PERSISTENT RESERVE IN answers.
/// - Source: SPC-4 §6.15.
extension PersistentReservations {
  func answer(action: UInt8) throws(Sense) -> [UInt8] {
    switch action {
    case 0: return keys
    case 1: return reservation
    case 2: return Self.capabilities
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

  /// Every kind of reservation; nothing survives power loss, nothing is for all ports.
  private static let capabilities: [UInt8] = [0, 8, 0x10, 0x80, 0xEA, 0x01, 0, 0]

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
}
