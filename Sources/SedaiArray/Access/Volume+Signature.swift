import SedaiBytes
import SedaiModel

// Off the fast path: only accesses that meet the four bytes of a volume with an overlay.

extension Volume {
  @inline(__always)
  func meetsSignature(at offset: UInt64, count: UInt64) -> Bool {
    offset < DiskSignature.range.upperBound && session.overlay != nil
      && DiskSignature.overlap(at: offset, count: count) != nil
  }

  /// Lays the volume's own signature over what was read.
  @inline(__always)
  func coverSignature(at offset: UInt64, _ bytes: inout MutableRawSpan) {
    guard offset < DiskSignature.range.upperBound, let overlay = session.overlay else { return }
    guard let part = DiskSignature.overlap(at: offset, count: UInt64(bytes.byteCount)) else {
      return
    }
    overlay.signature.bytes.withBytes(part.inSignature) { bytes.copy($0, at: part.inAccess) }
  }

  /// Writes what lies outside the signature to the image, and the rest to the overlay.
  func writeAroundSignature(at offset: UInt64, from bytes: RawSpan) throws(VolumeError) {
    guard let part = DiskSignature.overlap(at: offset, count: UInt64(bytes.byteCount)) else {
      return try writeImage(at: offset, from: bytes)
    }
    if part.inAccess > 0 {
      try writeImage(at: offset, from: bytes.extracting(0..<part.inAccess))
    }
    let end = part.inAccess + part.inSignature.count
    if end < bytes.byteCount {
      try writeImage(
        at: offset + UInt64(end), from: bytes.extracting(end..<bytes.byteCount))
    }
    let signature = part.inSignature.indices.map {
      bytes.byte(at: part.inAccess + $0 - part.inSignature.lowerBound)
    }
    try changeSignature(part.inSignature, to: signature, at: offset)
  }

  /// Trims what lies outside the signature, and makes the rest zero.
  func trimAroundSignature(at offset: UInt64, count: UInt64) throws(VolumeError) {
    guard let part = DiskSignature.overlap(at: offset, count: count) else {
      return try trimImage(at: offset, count: count)
    }
    if part.inAccess > 0 { try trimImage(at: offset, count: UInt64(part.inAccess)) }
    let end = UInt64(part.inAccess + part.inSignature.count)
    if end < count { try trimImage(at: offset + end, count: count - end) }
    let zeroes = [UInt8](repeating: 0, count: part.inSignature.count)
    try changeSignature(part.inSignature, to: zeroes, at: offset)
  }

  private func changeSignature(
    _ part: Range<Int>, to bytes: [UInt8], at offset: UInt64
  ) throws(VolumeError) {
    guard let overlay = session.overlay else { return }
    _ = try enterWritable(offset, 0)
    session.gate.leave()
    try array.changeSignature(overlay, of: session) { signature in
      var all = signature.bytes
      all.replaceSubrange(part, with: bytes)
      return DiskSignature(bytes: all)
    }
  }
}
