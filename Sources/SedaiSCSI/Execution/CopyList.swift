internal import SedaiBytes

/// What EXTENDED COPY asks for: ranges of blocks to be copied from one unit to another.
/// - Source: SPC-4 §6.4, with list identifiers of one byte.
struct CopyList {
  /// What names a unit among the parameters.
  enum End: Hashable {
    /// The unit that carries the copy out.
    case own
    /// Code set, association and type, and the designator of the Device Identification page.
    case named(kind: UInt8, designator: [UInt8])
    /// There is no such unit.
    case nobody
  }

  struct Segment: Hashable {
    let source: End
    let destination: End
    let sourceStart: UInt64
    let destinationStart: UInt64
    let blocks: UInt64
    /// The blocks are counted as the destination has them.
    let countsDestination: Bool
  }

  let identifier: UInt8
  /// What became of the copy can be asked for later.
  let isRemembered: Bool
  private(set) var segments: [Segment] = []

  static let headerBytes = 16
  static let identificationType: UInt8 = 0xE4
  static let identificationBytes = 32
  static let longestDesignator = 20
  static let blockSegmentType: UInt8 = 0x02
  static let blockSegmentBytes = 28
  /// Stands for the unit that carries the copy out.
  static let ownIndex: UInt64 = 0xFFFF

  init(_ list: [UInt8]) throws(Sense) {
    guard list.count >= Self.headerBytes else { throw .parameterListLength }
    identifier = list[0]
    isRemembered = list[1] >> 3 & 3 == 0
    let endBytes = Int(list.bigEndian(at: 2, bytes: 2))
    let segmentBytes = Int(list.bigEndian(at: 8, bytes: 4))
    guard list.bigEndian(at: 12, bytes: 4) == 0 else { throw .inlineDataTooLong }
    guard endBytes + segmentBytes <= SCSILimits.maximumCopyListBytes,
      Self.headerBytes + endBytes + segmentBytes <= list.count
    else { throw .parameterListLength }
    guard endBytes % Self.identificationBytes == 0 else { throw .invalidParameter(2) }
    guard endBytes / Self.identificationBytes <= SCSILimits.maximumCopyEnds else {
      throw .tooManyCopyEnds
    }
    guard segmentBytes / Self.blockSegmentBytes <= SCSILimits.maximumCopySegments else {
      throw .tooManyCopySegments
    }
    var ends: [End] = []
    for index in 0..<endBytes / Self.identificationBytes {
      let place = Self.headerBytes + index * Self.identificationBytes
      ends.append(try Self.end(Array(list[place..<place + Self.identificationBytes])))
    }
    var place = Self.headerBytes + endBytes
    let limit = place + segmentBytes
    while place < limit {
      guard list[place] == Self.blockSegmentType else { throw .unsupportedSegment }
      guard place + Self.blockSegmentBytes <= limit,
        list.bigEndian(at: place + 2, bytes: 2) == UInt64(Self.blockSegmentBytes - 4)
      else { throw .invalidParameter(UInt16(place + 2)) }
      segments.append(
        Self.segment(Array(list[place..<place + Self.blockSegmentBytes]), ends))
      place += Self.blockSegmentBytes
    }
  }

  /// - Source: SPC-4 §6.4.5.6; what byte 1 says beside the kind of device is ignored since.
  private static func end(_ bytes: [UInt8]) throws(Sense) -> End {
    guard bytes[0] == identificationType else { throw .unsupportedCopyEnd }
    let length = Int(bytes[7])
    guard length <= longestDesignator else { return .nobody }
    return .named(
      kind: bytes[5] & 0x3F | bytes[4] << 6, designator: Array(bytes[8..<8 + length]))
  }

  /// - Source: SPC-4 §6.4.6.4.
  private static func segment(_ bytes: [UInt8], _ ends: [End]) -> Segment {
    func end(at place: Int) -> End {
      let index = bytes.bigEndian(at: place, bytes: 2)
      if index == ownIndex { return .own }
      return index < UInt64(ends.count) ? ends[Int(index)] : .nobody
    }
    return Segment(
      source: end(at: 4), destination: end(at: 6),
      sourceStart: bytes.bigEndian(at: 12, bytes: 8),
      destinationStart: bytes.bigEndian(at: 20, bytes: 8),
      blocks: bytes.bigEndian(at: 10, bytes: 2), countsDestination: bytes[1] & 0x02 != 0)
  }
}

extension UnitIdentity {
  /// Whether a designator, as the Device Identification page has them, is one of this unit.
  func isNamed(_ kind: UInt8, _ designator: [UInt8]) -> Bool {
    let binaryNAA: UInt8 = 0x03 | 1 << 6
    return kind == binaryNAA
      && (designator == extendedIdentifier || designator == numberIdentifier)
  }
}
