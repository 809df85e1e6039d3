/// What RECEIVE COPY RESULTS and the Third-party Copy page tell.
/// - Source: SPC-4 §6.24 and §7.8.17.
enum CopyAnswers {
  /// Service actions of RECEIVE COPY RESULTS.
  enum Question {
    static let status: UInt8 = 0x00
    static let operatingParameters: UInt8 = 0x03
    static let failedSegment: UInt8 = 0x04
    static let all = [status, operatingParameters, failedSegment]
  }

  /// Copies are carried out while their command is: what is asked for is over.
  static func answer(
    _ action: UInt8, _ identifier: UInt8, among copies: [CopyResult]
  ) throws(Sense) -> [UInt8] {
    if action == Question.operatingParameters { return operatingParameters }
    guard let result = copies.last(where: { $0.identifier == identifier }) else {
      throw .invalidField(2)
    }
    switch action {
    case Question.status: return status(result)
    case Question.failedSegment:
      guard let failure = result.failure else { throw .invalidField(2) }
      return failedSegment(failure)
    default: throw .invalidField(1)
    }
  }

  private static func status(_ result: CopyResult) -> [UInt8] {
    // Ended without or with errors; the amount is in bytes, as far as it can be told so.
    var bytes: [UInt8] = [0, 0, 0, 8, result.failure == nil ? 0x01 : 0x02]
    bytes.append(bigEndian: result.segments)
    bytes.append(0)
    bytes.append(bigEndian: UInt32(clamping: result.bytes))
    return bytes
  }

  private static func failedSegment(_ failure: Sense) -> [UInt8] {
    let sense = failure.bytes(isDescriptor: false)
    var bytes: [UInt8] = []
    bytes.append(bigEndian: UInt32(56 + sense.count))
    bytes.append(zeroes: 52)
    // The command ended with CHECK CONDITION.
    bytes += [SCSIStatus.checkCondition.rawValue, 0]
    bytes.append(bigEndian: UInt16(sense.count))
    return bytes + sense
  }

  private static let operatingParameters: [UInt8] = {
    var bytes: [UInt8] = []
    // Lists without an identifier are taken.
    bytes += [1, 0, 0, 0]
    bytes.append(bigEndian: UInt16(SCSILimits.maximumCopyEnds))
    bytes.append(bigEndian: UInt16(SCSILimits.maximumCopySegments))
    bytes.append(bigEndian: UInt32(SCSILimits.maximumCopyListBytes))
    bytes.append(bigEndian: UInt32(SCSILimits.maximumCopySegmentBytes))
    // No inline data, no held data, no streams.
    bytes.append(zeroes: 12)
    bytes.append(zeroes: 2)
    bytes.append(bigEndian: UInt16(SCSILimits.concurrentCopies))
    bytes.append(UInt8(SCSILimits.concurrentCopies))
    bytes += [SCSILimits.copyGranularityExponent, 0, 0, 0, 0, 0, 2]
    bytes += [CopyList.blockSegmentType, CopyList.identificationType]
    var answer: [UInt8] = []
    answer.append(bigEndian: UInt32(bytes.count))
    return answer + bytes
  }()

  // MARK: The page

  static let page: [UInt8] =
    descriptor(0x0001, listed(commands, lengthBytes: 1))
    + descriptor(
      0x0004,
      [0, 0, 0, 0] + number(SCSILimits.maximumCopyEnds, 2)
        + number(SCSILimits.maximumCopySegments, 2) + number(SCSILimits.maximumCopyListBytes, 4)
        + [UInt8](repeating: 0, count: 16))
    + descriptor(
      0x0008, listed([CopyList.blockSegmentType, CopyList.identificationType], lengthBytes: 1))
    + descriptor(0x000C, listed([0xFF, 0xFF], lengthBytes: 2))
    + descriptor(
      0x8001,
      number(SCSILimits.concurrentCopies, 4) + number(SCSILimits.concurrentCopies, 4)
        + number(Int(SCSILimits.maximumCopySegmentBytes), 4)
        + [SCSILimits.copyGranularityExponent, 0] + [UInt8](repeating: 0, count: 18))

  private static let commands: [UInt8] =
    [OperationCode.extendedCopy, 1, ServiceAction.extendedCopy]
    + [OperationCode.receiveCopyResults, UInt8(Question.all.count)] + Question.all

  /// A list behind its length.
  private static func listed(_ list: [UInt8], lengthBytes: Int) -> [UInt8] {
    number(list.count, lengthBytes) + list
  }

  private static func descriptor(_ type: Int, _ content: [UInt8]) -> [UInt8] {
    let filling = (4 - content.count % 4) % 4
    return number(type, 2) + number(content.count + filling, 2) + content
      + [UInt8](repeating: 0, count: filling)
  }

  private static func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
  }
}
