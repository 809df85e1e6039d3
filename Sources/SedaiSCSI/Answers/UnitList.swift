/// What a target answers for units that are not there, and which ones are.
public enum UnitList {
  /// The numbers of the units of a target, as REPORT LUNS tells them.
  ///
  /// - Parameters:
  ///   - units: ascending.
  ///   - select: which kinds of unit are asked for.
  /// - Source: SPC-4 §6.33.
  public static func answer(
    units: [UInt64], select: UInt8, allocation: Int
  ) throws(Sense) -> SCSIOutcome {
    guard allocation >= 16 else { throw .invalidField(6) }
    let told: [UInt64]
    switch select {
    case 0x00, 0x02: told = units
    // There are no well known units.
    case 0x01: told = []
    default: throw .invalidField(2)
    }
    var bytes: [UInt8] = []
    bytes.append(bigEndian: UInt32(told.count * 8))
    bytes.append(zeroes: 4)
    for unit in told { bytes.append(bigEndian: unit) }
    return SCSIOutcome(status: .good, data: Array(bytes.prefix(allocation)))
  }

  /// How a command to a number is answered that no unit has.
  public static func absent(_ block: CommandBlock) -> SCSIOutcome {
    do throws(Sense) {
      switch try SCSICommand(block) {
      case .inquiry(nil, let allocation):
        let data = Inquiry.standard(peripheral: Inquiry.absentPeripheral)
        return SCSIOutcome(status: .good, data: Array(data.prefix(allocation)))
      case .requestSense(let isDescriptor, let allocation):
        let data = Sense.noSuchUnit.bytes(isDescriptor: isDescriptor)
        return SCSIOutcome(status: .good, data: Array(data.prefix(allocation)))
      default: throw .noSuchUnit
      }
    } catch {
      return SCSIOutcome(status: .checkCondition, sense: error.bytes(isDescriptor: false))
    }
  }

  /// The number in an 8-byte address, by the peripheral or flat method; nil for others.
  /// - Source: SAM-5 §4.7.
  public static func number(in address: UInt64) -> UInt16? {
    guard address & 0x0000_FFFF_FFFF_FFFF == 0 else { return nil }
    switch address >> 62 {
    case 0 where address >> 56 == 0: return UInt16(truncatingIfNeeded: address >> 48)
    case 1: return UInt16(truncatingIfNeeded: address >> 48) & 0x3FFF
    default: return nil
    }
  }

  /// The 8-byte address of a number up to 16383.
  public static func address(of number: UInt16) -> UInt64 {
    let isFlat = number > 0xFF
    return UInt64(number | (isFlat ? 0x4000 : 0)) << 48
  }
}
