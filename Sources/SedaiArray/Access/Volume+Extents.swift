import SedaiBytes
import SedaiEngine

extension Volume {
  /// Which parts of a range hold something.
  ///
  /// - Parameter limit: how many extents at most, 1…; fewer may cover less than asked for.
  /// - Returns: ascending, without gaps from `offset` on.
  public func extents(
    at offset: UInt64, count: UInt64, limit: Int
  ) throws(VolumeError) -> [VolumeExtent] {
    let image = try enter(offset, count)
    defer { session.gate.leave() }
    guard count > 0, limit > 0 else { return [] }
    if awaitsCopy(at: offset, count: count) {
      return [VolumeExtent(offset: offset, count: count, isAllocated: true)]
    }
    let found: [ImageExtent]
    do {
      found = try array.engine.extents(of: image, at: offset, count: count, limit: limit)
    } catch {
      throw VolumeError(error)
    }
    let extents = found.map {
      VolumeExtent(offset: $0.offset, count: $0.count, isAllocated: $0.isAllocated)
    }
    guard session.overlay != nil else { return extents }
    return Self.withFirstBlock(of: extents, limit: limit) {
      $0.isAllocated
    } making: {
      VolumeExtent(offset: $0, count: $1, isAllocated: $2)
    }
  }

  /// Which parts of a range differ from a generation.
  ///
  /// - Parameters:
  ///   - generation: a snapshot volume's name, or a place: `.-1`, `.3`. It must belong to the
  ///     same base volume.
  ///   - limit: how many ranges at most, 1…; fewer may cover less than asked for.
  /// - Returns: ascending, without gaps from `offset` on.
  /// - Throws: `invalid` if there is no such generation.
  public func changes(
    since generation: String, at offset: UInt64, count: UInt64, limit: Int
  ) throws(VolumeError) -> [VolumeChange] {
    guard let from = array.generation(generation, of: session.base) else { throw .invalid }
    let image = try enter(offset, count)
    defer { session.gate.leave() }
    guard count > 0, limit > 0 else { return [] }
    if awaitsCopy(at: offset, count: count) {
      return [VolumeChange(offset: offset, count: count, isChanged: true)]
    }
    let found: [ImageDifference]
    do {
      found = try array.engine.differences(
        from: from, to: image, at: offset, count: count, limit: limit)
    } catch {
      throw VolumeError(error)
    }
    let changes = found.map {
      VolumeChange(offset: $0.offset, count: $0.count, isChanged: $0.isChanged)
    }
    guard session.overlay != nil else { return changes }
    return Self.withFirstBlock(of: changes, limit: limit) {
      $0.isChanged
    } making: {
      VolumeChange(offset: $0, count: $1, isChanged: $2)
    }
  }

  /// Says "yes" for block 0, whose signature is not the image's.
  private static func withFirstBlock<Range>(
    of ranges: [Range], limit: Int, isSet: (Range) -> Bool,
    making make: (UInt64, UInt64, Bool) -> Range
  ) -> [Range] where Range: ByteRangeFact {
    guard let first = ranges.first, first.offset < ChunkGeometry.blockBytes, !isSet(first) else {
      return ranges
    }
    let head = min(first.count, ChunkGeometry.blockBytes - first.offset)
    var result = [make(first.offset, head, true)]
    if first.count > head { result.append(make(first.offset + head, first.count - head, false)) }
    result += ranges.dropFirst()
    return Array(result.prefix(limit))
  }
}

/// A range of a volume about which something is said.
private protocol ByteRangeFact {
  var offset: UInt64 { get }
  var count: UInt64 { get }
}
extension VolumeExtent: ByteRangeFact {}
extension VolumeChange: ByteRangeFact {}
