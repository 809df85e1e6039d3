internal import SedaiBytes

/// A medium by logical blocks, for commands that do more than move them. Everything blocks.
struct MediumBlocks {
  let medium: any SCSIMedium
  /// Bytes of one.
  let block: UInt64

  // MARK: Reading

  /// Calls `body` with the content, in pieces of at most ``SCSILimits/stepBytes``.
  ///
  /// - Parameter body: gets where a piece starts in the range, in bytes, and the piece.
  private func read(
    _ range: BlockRange, _ body: (UInt64, [UInt8]) throws(JobFailure) -> Void
  ) throws(JobFailure) {
    let count = range.count * block
    var done: UInt64 = 0
    while done < count {
      let size = min(SCSILimits.stepBytes, count - done)
      try body(done, try read(range.start * block + done, Int(size)))
      done += size
    }
  }

  func read(_ offset: UInt64, _ count: Int) throws(JobFailure) -> [UInt8] {
    var piece = [UInt8](repeating: 0, count: count)
    do throws(MediumError) {
      try piece.withMutableBytes(0..<count) { (bytes) throws(MediumError) in
        try medium.read(at: offset, into: &bytes)
      }
    } catch {
      throw .reading(error)
    }
    return piece
  }

  /// Reads the range, and compares it with what came.
  func verify(
    _ range: BlockRange, _ verification: Verification, _ data: RawSpan
  ) throws(JobFailure) {
    let needed: UInt64 =
      switch verification {
      case .readable: 0
      case .data: range.count * block
      case .oneBlock: range.count == 0 ? 0 : block
      }
    guard UInt64(data.byteCount) >= needed else { throw .sense(.invalidInformationUnit) }
    let expected = Self.bytes(data, Int(needed))
    try read(range) { (start, piece) throws(JobFailure) in
      guard verification != .readable else { return }
      let base = verification == .data ? Int(start) : 0
      for (place, byte) in piece.enumerated() {
        let other = verification == .data ? base + place : place % Int(block)
        guard byte != expected[other] else { continue }
        var sense = Sense.miscompare
        sense.information = start + UInt64(place)
        throw .sense(sense)
      }
    }
  }

  private static func bytes(_ data: RawSpan, _ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(data.extracting(0..<count))
    return bytes
  }

  /// What GET LBA STATUS says from a block on.
  /// - Source: SBC-3 §5.7.2.
  func status(from start: UInt64) throws(JobFailure) -> [UInt8] {
    let extents: [MediumExtent]
    do throws(MediumError) {
      extents = try medium.extents(
        at: start * block, count: medium.size - start * block,
        limit: SCSILimits.maximumStatusExtents)
    } catch {
      throw .reading(error)
    }
    var descriptors: [UInt8] = []
    for extent in extents {
      descriptors.append(bigEndian: extent.offset / block)
      descriptors.append(bigEndian: UInt32(clamping: extent.count / block))
      // Mapped, or deallocated.
      descriptors += [extent.isAllocated ? 0 : 1, 0, 0, 0]
      // What does not fit into 32 bits is told to those who ask again.
      if extent.count / block > UInt64(UInt32.max) { break }
    }
    var bytes: [UInt8] = []
    bytes.append(bigEndian: UInt32(descriptors.count + 4))
    bytes.append(zeroes: 4)
    return bytes + descriptors
  }

  // MARK: Writing

  /// Writes the whole blocks that came, up to the range's count.
  ///
  /// - Returns: what was written.
  func write(_ range: BlockRange, _ data: RawSpan) throws(JobFailure) -> BlockRange {
    let count = min(range.count * block, UInt64(data.byteCount))
    guard count % block == 0 else { throw .sense(.invalidInformationUnit) }
    do throws(MediumError) {
      try medium.write(
        at: range.start * block, from: data.extracting(0..<Int(count)))
    } catch {
      throw .writing(error)
    }
    return BlockRange(start: range.start, count: count / block)
  }

  func trim(_ range: BlockRange) throws(JobFailure) {
    do throws(MediumError) {
      try medium.trim(at: range.start * block, count: range.count * block)
    } catch {
      throw .writing(error)
    }
  }

  /// Makes every block of the range the same.
  ///
  /// - Parameter pattern: one block; nil for zeroes.
  func fill(
    _ range: BlockRange, with pattern: RawSpan?, unmaps: Bool
  ) throws(JobFailure) {
    var content = [UInt8](repeating: 0, count: Int(block))
    if let pattern {
      guard pattern.byteCount == content.count else { throw .sense(.invalidInformationUnit) }
      content = Self.bytes(pattern, content.count)
    }
    // A block that was given back reads as zeroes: others have to be written.
    if unmaps && content.allSatisfy({ $0 == 0 }) { return try trim(range) }
    let most = SCSILimits.stepBytes / block
    let repeats = Int(min(most, range.count))
    var piece: [UInt8] = []
    piece.reserveCapacity(repeats * content.count)
    for _ in 0..<repeats { piece += content }
    var done: UInt64 = 0
    while done < range.count {
      let count = min(most, range.count - done)
      let part = BlockRange(start: range.start + done, count: count)
      _ = try piece.withBytes(0..<Int(count * block)) { (bytes) throws(JobFailure) in
        try write(part, bytes)
      }
      done += count
    }
  }

  /// The ranges of an UNMAP.
  /// - Source: SBC-3 §5.28.2.
  func unmapRanges(_ data: RawSpan, parameters: Int) throws(JobFailure) -> [BlockRange] {
    let header = 8
    let descriptorBytes = 16
    guard parameters > 0 else { return [] }
    guard parameters >= header, data.byteCount >= header else {
      throw .sense(.parameterListLength)
    }
    let told = Int(data.bigEndian(at: 2, as: UInt16.self))
    let count = min(told, parameters - header, data.byteCount - header) / descriptorBytes
    guard count <= SCSILimits.maximumUnmapDescriptors else { throw .sense(.invalidParameter(2)) }
    var ranges: [BlockRange] = []
    var total: UInt64 = 0
    for index in 0..<count {
      let place = header + index * descriptorBytes
      let range = BlockRange(
        start: data.bigEndian(at: place, as: UInt64.self),
        count: UInt64(data.bigEndian(at: place + 8, as: UInt32.self)))
      let blocks = medium.size / block
      guard range.start <= blocks, range.count <= blocks - range.start else {
        throw .sense(.blockOutOfRange)
      }
      total += range.count
      guard total <= SCSILimits.maximumUnmapBytes / block else {
        throw .sense(.invalidParameter(UInt16(place + 8)))
      }
      if range.count > 0 { ranges.append(range) }
    }
    return ranges
  }

  /// Writes the second half of what came if the range holds the first.
  func compareAndWrite(_ range: BlockRange, _ data: RawSpan) throws(JobFailure) {
    let half = Int(range.count * block)
    // More blocks than the command can count look like none.
    if half == 0, data.byteCount > 0 { throw .sense(.invalidField(13)) }
    guard data.byteCount == 2 * half else { throw .sense(.invalidInformationUnit) }
    try verify(range, .data, data.extracting(0..<half))
    _ = try write(range, data.extracting(half..<2 * half))
  }

  /// Sets the bits that came in what is there.
  func orWrite(_ range: BlockRange, _ data: RawSpan) throws(JobFailure) {
    let count = Int(range.count * block)
    guard data.byteCount >= count else { throw .sense(.invalidInformationUnit) }
    try read(range) { (start, piece) throws(JobFailure) in
      let bits = Self.bytes(data.extracting(Int(start)..<Int(start) + piece.count), piece.count)
      let mixed = zip(piece, bits).map { $0 | $1 }
      let part = BlockRange(
        start: range.start + start / block, count: UInt64(piece.count) / block)
      _ = try mixed.withBytes(0..<mixed.count) { (bytes) throws(JobFailure) in
        try write(part, bytes)
      }
    }
  }

  // MARK: Durability

  func flush() throws(JobFailure) {
    do throws(MediumError) { try medium.flush() } catch { throw .writing(error) }
  }

  /// What comes before a change is answered.
  func finish(_ mustBeDurable: Bool) throws(JobFailure) {
    do throws(MediumError) {
      if mustBeDurable { try medium.flush() } else { try medium.publish() }
    } catch {
      throw .writing(error)
    }
  }
}
