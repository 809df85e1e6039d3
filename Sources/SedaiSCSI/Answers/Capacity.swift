/// What READ CAPACITY answers.
/// - Source: SBC-3 §5.15 and §5.16.
struct Capacity {
  /// Bytes.
  let size: UInt64
  let blockBytes: UInt64

  private var lastBlock: UInt64 { max(size / blockBytes, 1) - 1 }

  var short: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: UInt32(clamping: lastBlock))
    bytes.append(bigEndian: UInt32(blockBytes))
    return bytes
  }

  var long: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: lastBlock)
    bytes.append(bigEndian: UInt32(blockBytes))
    // No protection; how many logical blocks a physical one has; blocks come and go, and one
    // that is not there reads as zeroes.
    let exponent = (SCSILimits.physicalBlockBytes / blockBytes).trailingZeroBitCount
    bytes += [0, UInt8(exponent), 0xC0, 0]
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
