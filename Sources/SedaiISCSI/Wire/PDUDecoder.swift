internal import SedaiBytes

/// What the peer's bytes are, without looking at what they mean. Ranges count from the start of
/// the input that was passed in.
enum PDUEvent {
  /// Nothing before so many bytes lie after the position.
  case needsInput(byteCount: Int)
  case pdu(BasicHeader, at: Int, data: Range<Int>)
  /// More data than may come at once, or a digest that does not fit: nothing after it can be
  /// trusted.
  case violation
}

/// Cuts a stream of bytes into PDUs and checks their digests.
///
/// It does no I/O and holds nothing of a PDU between two calls.
struct PDUDecoder: Sendable {
  var digests: ISCSIDigests
  /// Bytes of data in one PDU at most.
  var maximumData: Int

  static let digestBytes = 4

  /// Decodes what lies at `position` of `input` and moves the position past it.
  func next(_ input: RawSpan, at position: inout Int) -> PDUEvent {
    let available = input.byteCount - position
    guard available >= BasicHeader.byteCount else {
      return .needsInput(byteCount: BasicHeader.byteCount)
    }
    let start = position
    let header = BasicHeader(input.extracting(start..<start + BasicHeader.byteCount))
    guard header.dataBytes <= maximumData else { return .violation }
    let headerEnd = BasicHeader.byteCount + header.additionalBytes
    let dataStart = headerEnd + (digests.header ? Self.digestBytes : 0)
    let padded = (header.dataBytes + 3) & ~3
    let hasDataDigest = digests.data && header.dataBytes > 0
    let total = dataStart + padded + (hasDataDigest ? Self.digestBytes : 0)
    guard available >= total else { return .needsInput(byteCount: total) }
    if digests.header {
      guard Self.isIntact(input, start..<start + headerEnd) else { return .violation }
    }
    if hasDataDigest {
      guard Self.isIntact(input, start + dataStart..<start + dataStart + padded) else {
        return .violation
      }
    }
    position += total
    let data = start + dataStart
    return .pdu(header, at: start, data: data..<data + header.dataBytes)
  }

  /// Whether the digest behind a range is its own.
  private static func isIntact(_ input: RawSpan, _ range: Range<Int>) -> Bool {
    let told: UInt32 = input.bigEndian(at: range.upperBound)
    return crc32c(input.extracting(range)) == told.byteSwapped
  }
}
