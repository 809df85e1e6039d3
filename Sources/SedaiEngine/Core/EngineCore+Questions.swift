import SedaiBytes
import SedaiFormat

/// What images hold, and how two of them differ, block by block.
extension EngineCore {
  /// A step of a walk over a range: what the range `from`..<`to` (bytes) is.
  private struct Runs {
    var offset: UInt64
    var limit: Int
    var runs: [(offset: UInt64, count: UInt64, flag: Bool)] = []

    /// Goes on until `end`, the limit, or, with something found, a page that is not in the
    /// cache: loading one after another and starting anew each time would never end on a
    /// volume whose map is larger than the cache.
    mutating func fill(
      to end: UInt64, _ step: (inout Runs) throws(CoreSignal) -> Bool
    ) throws(CoreSignal) {
      while offset < end {
        do throws(CoreSignal) {
          guard try step(&self) else { return }
        } catch {
          if case .load = error, !runs.isEmpty { return }
          throw error
        }
      }
    }

    /// False once the limit is reached and `flag` would begin another run.
    mutating func add(to end: UInt64, _ flag: Bool) -> Bool {
      if end <= offset { return true }
      if let last = runs.last, last.flag == flag {
        runs[runs.count - 1].count += end - offset
      } else {
        if runs.count == limit { return false }
        runs.append((offset: offset, count: end - offset, flag: flag))
      }
      offset = end
      return true
    }
  }

  func extents(
    _ id: ImageID, _ offset: UInt64, _ count: UInt64, limit: Int
  ) throws(CoreSignal) -> [ImageExtent] {
    let image = try image(id).record
    try check(image, offset, count)
    var runs = Runs(offset: offset, limit: max(limit, 1))
    let end = offset + count
    try runs.fill(to: end) { (runs) throws(CoreSignal) in
      let index = runs.offset / ChunkGeometry.chunkBytes
      let slot = try leaf(of: image, index)
      if slot < 0 { return runs.add(to: min(end, try afterHole(image, index)), false) }
      let entry = entry(slot, Self.place(index, level: 0))
      for block in 0..<Int(ChunkGeometry.blocksPerChunk) {
        let to = index * ChunkGeometry.chunkBytes + UInt64(block + 1) * ChunkGeometry.blockBytes
        let isAllocated = entry.location(ofBlock: block) != nil
        if !runs.add(to: min(end, to), isAllocated) { return false }
      }
      return true
    }
    return runs.runs.map { ImageExtent(offset: $0.offset, count: $0.count, isAllocated: $0.flag) }
  }

  /// The first byte after the aligned run of `span` chunks that `index` is in.
  private static func byte(after index: UInt64, span: UInt64) -> UInt64 {
    let (chunks, tooMany) = (index / span + 1).multipliedReportingOverflow(by: span)
    let (bytes, tooFar) = chunks.multipliedReportingOverflow(by: ChunkGeometry.chunkBytes)
    return tooMany || tooFar ? .max : bytes
  }

  /// The byte after the largest absent subtree that begins at `index`.
  func afterHole(
    _ image: ArrayState.Image, _ index: UInt64
  ) throws(CoreSignal) -> UInt64 {
    var page = image.root
    var level = Int(image.height) - 1
    if page == .none || index >= MapPageLayout.span(level: level) { return .max }
    while level > 0 {
      let slot = try cache.need(PageKey.map(page))
      page = child(slot, Self.place(index, level: level))
      if page == .none {
        let span = MapPageLayout.span(level: level - 1)
        return Self.byte(after: index, span: span)
      }
      level -= 1
    }
    return (index + 1) * ChunkGeometry.chunkBytes
  }

  /// Where two images hold different blocks. Shared subtrees are skipped whole.
  func differences(
    _ left: ImageID, _ right: ImageID, _ offset: UInt64, _ count: UInt64, limit: Int
  ) throws(CoreSignal) -> [ImageDifference] {
    let first = try image(left).record
    let second = try image(right).record
    var runs = Runs(offset: offset, limit: max(limit, 1))
    let end = offset + count
    try runs.fill(to: end) { (runs) throws(CoreSignal) in
      let index = runs.offset / ChunkGeometry.chunkBytes
      if let next = try afterShared(first, second, index) {
        return runs.add(to: min(end, next), false)
      }
      let one = try entry(of: first, index)
      let two = try entry(of: second, index)
      for block in 0..<Int(ChunkGeometry.blocksPerChunk) {
        let to = index * ChunkGeometry.chunkBytes + UInt64(block + 1) * ChunkGeometry.blockBytes
        let isChanged = one.location(ofBlock: block) != two.location(ofBlock: block)
        if !runs.add(to: min(end, to), isChanged) { return false }
      }
      return true
    }
    return runs.runs.map { ImageDifference(offset: $0.offset, count: $0.count, isChanged: $0.flag) }
  }

  private func entry(
    of image: ArrayState.Image, _ index: UInt64
  ) throws(CoreSignal) -> MapEntry {
    let slot = try leaf(of: image, index)
    return slot < 0 ? .empty : entry(slot, Self.place(index, level: 0))
  }

  /// The byte after the largest subtree around `index` that both images share, nil if they
  /// differ down to the leaf.
  private func afterShared(
    _ left: ArrayState.Image, _ right: ArrayState.Image, _ index: UInt64
  ) throws(CoreSignal) -> UInt64? {
    let top = max(Int(left.height), Int(right.height)) - 1
    if top < 0 { return .max }
    for level in stride(from: top, through: 0, by: -1) {
      let one = try page(of: left, index, level: level)
      let two = try page(of: right, index, level: level)
      if let one, let two, one == two {
        let span = MapPageLayout.span(level: level)
        return Self.byte(after: index, span: span)
      }
    }
    return nil
  }

  /// The page of `level` above `index`; `.none` if nothing is there, nil if the image's
  /// tree is not that high.
  private func page(
    of image: ArrayState.Image, _ index: UInt64, level: Int
  ) throws(CoreSignal) -> PageNumber? {
    if image.root == .none { return PageNumber.none }
    var at = Int(image.height) - 1
    if level > at { return nil }
    if index >= MapPageLayout.span(level: at) { return PageNumber.none }
    var page = image.root
    while at > level {
      let slot = try cache.need(PageKey.map(page))
      page = child(slot, Self.place(index, level: at))
      if page == .none { return page }
      at -= 1
    }
    return page
  }
}
