/// What READ CAPACITY answers.
/// - Source: SBC-3 §5.15 and §5.16.
enum Capacity {
  private static func lastBlock(_ size: UInt64) -> UInt64 {
    max(size / SCSILimits.logicalBlockBytes, 1) - 1
  }

  static func short(_ size: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: UInt32(clamping: lastBlock(size)))
    bytes.append(bigEndian: UInt32(SCSILimits.logicalBlockBytes))
    return bytes
  }

  static func long(_ size: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: lastBlock(size))
    bytes.append(bigEndian: UInt32(SCSILimits.logicalBlockBytes))
    // No protection; 8 logical blocks to a physical one; blocks come and go, and one that is
    // not there reads as zeroes.
    bytes += [0, SCSILimits.physicalBlockExponent, 0xC0, 0]
    bytes.append(zeroes: 32 - bytes.count)
    return bytes
  }
}

/// What REPORT TARGET PORT GROUPS answers: one group with one port, always the best way.
/// - Source: SPC-4 §6.37.
enum PortGroups {
  static func answer(isExtended: Bool) -> [UInt8] {
    // Active and optimised is the only state; the group's number is 1, so is the port's.
    let group: [UInt8] = [0x00, 0x01, 0x00, 0x01, 0, 0, 0, 1, 0, 0, 0x00, 0x01]
    let header: [UInt8] = isExtended ? [0x10, 0, 0, 0] : []
    var bytes: [UInt8] = []
    bytes.append(bigEndian: UInt32(header.count + group.count))
    return bytes + header + group
  }
}
