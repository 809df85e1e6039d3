/// The four bytes by which Windows tells disks with a master boot record apart.
///
/// Two disks with one signature cannot be used in one system, so a link volume shows its own
/// instead of the generation's, and a restored base volume keeps the one it had. The array
/// never changes block 0 for this: it lays the four bytes over it.
/// - Source: seed manual 3.4.
public struct DiskSignature: RawRepresentable, Hashable, Sendable {
  /// As a little-endian number, as the disk holds it.
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }
  public init(_ value: UInt32) { rawValue = value }

  /// Where it stands in the disk's first sector.
  public static let offset: UInt64 = 0x1B8
  public static let byteCount: UInt64 = 4
  /// The bytes it takes, from the start of the volume.
  public static let range: Range<UInt64> = offset..<offset + byteCount

  /// As it stands on the disk, first byte first.
  public var bytes: [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: rawValue >> (8 * $0)) }
  }

  /// - Parameter bytes: four bytes as on the disk.
  public init(bytes: some Sequence<UInt8>) {
    var value: UInt32 = 0
    for (place, byte) in bytes.prefix(4).enumerated() { value |= UInt32(byte) << (8 * place) }
    rawValue = value
  }

  /// The part of an access to `count` bytes at `offset` that meets the signature: where it
  /// begins in the access, and which of the signature's bytes it takes. Nil if it misses it.
  public static func overlap(
    at offset: UInt64, count: UInt64
  ) -> (inAccess: Int, inSignature: Range<Int>)? {
    guard offset < range.upperBound else { return nil }
    let (sum, overflow) = offset.addingReportingOverflow(count)
    let end = min(overflow ? .max : sum, range.upperBound)
    let start = max(offset, range.lowerBound)
    guard start < end else { return nil }
    return (
      Int(start - offset), Int(start - range.lowerBound)..<Int(end - range.lowerBound)
    )
  }

  /// A signature for a link volume that never had one: not 0, not one in use.
  /// - Parameter random: gives a new number at each call.
  public static func unused(
    among taken: Set<DiskSignature>, random: () -> UInt64
  ) -> DiskSignature {
    var candidate = DiskSignature(UInt32(truncatingIfNeeded: random()))
    while candidate.rawValue == 0 || taken.contains(candidate) {
      candidate = DiskSignature(candidate.rawValue &+ 1)
    }
    return candidate
  }
}
