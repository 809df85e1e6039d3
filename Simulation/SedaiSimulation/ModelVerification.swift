internal import SedaiBytes
internal import SedaiEngine
internal import SedaiFormat

extension ReferenceModel {
  /// Checks what a read returned, sector by sector.
  static func check(
    _ bytes: [UInt8], from offset: UInt64, of image: ImageID,
    against states: [UInt64: BlockState]
  ) throws(Violation) {
    for (block, state) in states {
      let start = block * ChunkGeometry.blockBytes
      for sector in 0..<(BlockContent.byteCount / BlockContent.sectorBytes) {
        let sectorStart = start + UInt64(sector * BlockContent.sectorBytes)
        let from = max(sectorStart, offset)
        let end = min(sectorStart + UInt64(BlockContent.sectorBytes), offset + UInt64(bytes.count))
        guard from < end else { continue }
        let range = Int(from - offset)..<Int(end - offset)
        let isAllowed = state.now.contains {
          bytes.matches(range, of: $0.bytes, from: Int(from - start))
        }
        if !isAllowed {
          throw Violation(
            describe(bytes, range, at: from, of: image, allowed: state, start: start))
        }
      }
    }
  }

  private static func describe(
    _ bytes: [UInt8], _ range: Range<Int>, at position: UInt64, of image: ImageID,
    allowed: BlockState, start: UInt64
  ) -> String {
    let nearest = allowed.now[0].bytes
    let origin = Int(position - start) - range.lowerBound
    let wrong = range.first { bytes[$0] != nearest[$0 + origin] } ?? range.lowerBound
    // Words are stamped at multiples of eight bytes of the volume.
    let skew = Int((position + UInt64(wrong - range.lowerBound)) % 8)
    let word = max(0, min(wrong - skew, bytes.count - 8))
    let expected = allowed.now.map {
      Stamp.describe($0.bytes, at: max(0, min(word + origin, $0.bytes.count - 8)))
    }
    let found = bytes.count >= 8 ? Stamp.describe(bytes, at: word) : "\(bytes)"
    return "image \(image.rawValue) block \(start / ChunkGeometry.blockBytes)"
      + " (chunk \(start / ChunkGeometry.chunkBytes)) byte \(position) holds \(found);"
      + " allowed: \(expected.joined(separator: ", or "))"
  }

  /// Reads the chunks of `image` that may hold something, and some others, compares, and
  /// takes note of what was found.
  ///
  /// - Parameter isSettled: the power was cut since the last flush, so what is read is what
  ///   the medium holds.
  mutating func verify(
    _ id: ImageID, in engine: Engine, isSettled: Bool, random: inout SeededRandom
  ) throws(SimulationStop) {
    guard let image = images[id] else { return }
    let chunks = ChunkGeometry.chunks(covering: ByteCount(image.length))
    var indices = Set(image.touched.filter { $0 < chunks })
    if chunks > 0 { for _ in 0..<2 { indices.insert(random.below(chunks)) } }
    for index in indices.sorted() {
      let offset = index * ChunkGeometry.chunkBytes
      let count = min(ChunkGeometry.chunkBytes, image.length - offset)
      var bytes = [UInt8](repeating: 0xAA, count: Int(count))
      do throws(EngineError) {
        try bytes.withMutableRawSpan { span throws(EngineError) in
          try engine.read(id, at: offset, into: &span)
        }
      } catch {
        // What a failed flush may have lost is shown to nobody.
        if case .poolPoisoned(let pool) = error, poisoned.contains(pool) { continue }
        throw .engine(error, "reading image \(id.rawValue) at \(offset) to verify it")
      }
      let states = image.states(at: offset, count: count)
      do throws(Violation) {
        try Self.check(bytes, from: offset, of: id, against: states)
      } catch {
        throw .violation(error)
      }
      for (block, state) in states where !state.isCertain {
        let start = Int(block * ChunkGeometry.blockBytes - offset)
        let end = min(start + BlockContent.byteCount, bytes.count)
        let content = BlockContent.zero.overlaid(
          0..<(end - start), by: Array(bytes[start..<end]), origin: 0)
        images[id]?.observed(block, content, isSettled: isSettled)
      }
    }
  }

  /// Every image; and that it counts as many mapped chunks as it can have.
  mutating func verifyAll(
    in engine: Engine, isSettled: Bool, random: inout SeededRandom
  ) throws(SimulationStop) {
    if let difference = difference(from: engine) { throw .violation(Violation(difference)) }
    for id in images.keys.sorted() {
      try verify(id, in: engine, isSettled: isSettled, random: &random)
      guard let image = images[id], let facts = engine.image(id) else { continue }
      let mapped = facts.mappedChunks
      guard mapped >= image.certainlyMapped, mapped <= image.touched.count else {
        throw .violation(
          Violation(
            "image \(id.rawValue) counts \(mapped) mapped chunks;"
              + " it must have \(image.certainlyMapped)…\(image.touched.count)"))
      }
    }
  }
}

/// Why a simulation cannot go on.
enum SimulationStop: Error {
  /// The engine did what it must not.
  case violation(Violation)
  /// The engine could not do what it was asked, while nothing was made to fail.
  case engine(EngineError, String)

  var text: String {
    switch self {
    case .violation(let violation): violation.description
    case .engine(let error, let doing): "\(error) while \(doing)"
    }
  }
}
