import SedaiBytes
public import SedaiFormat
import SedaiMonitor

/// Reading and writing the content of images.
extension Engine {
  private static var chunk: UInt64 { ChunkGeometry.chunkBytes }
  private static var block: Int { Int(ChunkGeometry.blockBytes) }

  /// Fills `bytes` with the image's content from `offset` on.
  ///
  /// - Throws: `noSuchImage`, also if it is deleted meanwhile; `outOfRange`; `device`;
  ///   `poolPoisoned` if writes that are not durable changed the map around there: where
  ///   their data is gone, the chunk may hold what another volume had in it.
  public func read(
    _ image: ImageID, at offset: UInt64, into bytes: inout MutableRawSpan
  ) throws(EngineError) {
    var done = 0
    while done < bytes.byteCount {
      let at = offset + UInt64(done)
      let left = UInt64(bytes.byteCount - done)
      let plan = try run { (core) throws(CoreSignal) in try core.planRead(image, at, left) }
      defer { end(plan.flight) }
      do throws(DeviceError) {
        var runs = ReadRuns(plan: plan, offset: at, left: left)
        while let next = runs.next() {
          try Self.perform(next, plan.pools, &bytes, base: done)
        }
        done += runs.done
      } catch { throw .device(error) }
    }
  }

  /// Like ``read(_:at:into:)`` if everything is at hand; otherwise false.
  public func tryRead(
    _ image: ImageID, at offset: UInt64, into bytes: inout MutableRawSpan
  ) throws(EngineError) -> Bool {
    var done = 0
    while done < bytes.byteCount {
      let at = offset + UInt64(done)
      let left = UInt64(bytes.byteCount - done)
      guard
        let plan = try attempt({ (core) throws(CoreSignal) in
          try core.planRead(image, at, left)
        })
      else { return false }
      defer { end(plan.flight) }
      do throws(DeviceError) {
        var runs = ReadRuns(plan: plan, offset: at, left: left)
        while let next = runs.next() {
          guard try Self.attempt(next, plan.pools, &bytes, base: done) else { return false }
        }
        done += runs.done
      } catch { throw .device(error) }
    }
    return true
  }

  private static func perform(
    _ run: ReadRuns.Run, _ pools: ReachedPools, _ bytes: inout MutableRawSpan, base: Int
  ) throws(DeviceError) {
    guard let chunk = run.chunk else {
      bytes.zero(base + run.start..<base + run.start + run.count)
      return
    }
    let place = try pools.locate(chunk)
    var part = bytes._mutatingExtracting(base + run.start..<base + run.start + run.count)
    try place.device.read(into: &part, at: place.offset + run.within)
  }

  private static func attempt(
    _ run: ReadRuns.Run, _ pools: ReachedPools, _ bytes: inout MutableRawSpan, base: Int
  ) throws(DeviceError) -> Bool {
    guard let chunk = run.chunk else {
      bytes.zero(base + run.start..<base + run.start + run.count)
      return true
    }
    let place = try pools.locate(chunk)
    var part = bytes._mutatingExtracting(base + run.start..<base + run.start + run.count)
    return try place.device.tryRead(into: &part, at: place.offset + run.within)
  }

  func end(_ flight: Int) {
    core.withLock { $0.end(flight) }
    core.wakeAll()
  }

  /// Writes all of `bytes`; other calls see it on return.
  ///
  /// - Throws: `reserveFull` if generations hold what is overwritten and their reserve has
  ///   no room; `poolPoisoned`; `noSuchImage`; `outOfRange`; `device`. Part of `bytes` may
  ///   have been written then.
  public func write(
    _ image: ImageID, at offset: UInt64, from bytes: RawSpan
  ) throws(EngineError) {
    var done = 0
    while done < bytes.byteCount {
      let (index, span) = Self.piece(offset + UInt64(done), bytes.byteCount - done)
      let part = bytes.extracting(done..<done + span.to - span.from)
      var isPublished = false
      var attempts = 0
      while !isPublished {
        attempts += 1
        if attempts > EngineLimits.retries { throw .damaged("a write could not settle") }
        let write = try run { (core) throws(CoreSignal) in
          try core.planWrite(image, index, span, mayMerge: true)
        }
        defer { end(write.flight) }
        do throws(DeviceError) { try transfer(write, span, part) } catch {
          throw .device(error)
        }
        isPublished = try run { (core) throws(CoreSignal) in try core.publish(write, span) }
      }
      done += span.to - span.from
    }
  }

  /// Like ``write(_:at:from:)`` if that needs no waiting; otherwise false. A part may have
  /// been written then, and the call can be repeated with ``write(_:at:from:)``.
  public func tryWrite(
    _ image: ImageID, at offset: UInt64, from bytes: RawSpan
  ) throws(EngineError) -> Bool {
    var done = 0
    while done < bytes.byteCount {
      let (index, span) = Self.piece(offset + UInt64(done), bytes.byteCount - done)
      let part = bytes.extracting(done..<done + span.to - span.from)
      guard
        let write = try attempt({ (core) throws(CoreSignal) in
          try core.planWrite(image, index, span, mayMerge: false)
        })
      else { return false }
      defer { end(write.flight) }
      do throws(DeviceError) {
        let place = try write.pools.locate(Self.target(write.plan))
        guard try place.device.tryWrite(part, at: place.offset + UInt64(span.from)) else {
          return false
        }
      } catch { throw .device(error) }
      if case .inPlace = write.plan {
      } else {
        let isPublished = try attempt { (core) throws(CoreSignal) in
          try core.publish(write, span)
        }
        guard isPublished == true else { return false }
      }
      done += span.to - span.from
    }
    return true
  }

  /// The first chunk of a range and what of it the range covers.
  private static func piece(_ offset: UInt64, _ count: Int) -> (UInt64, BlockSpan) {
    let from = Int(offset % chunk)
    return (offset / chunk, BlockSpan(from: from, to: min(from + count, Int(chunk))))
  }

  private static func target(_ plan: WritePlan) -> ChunkAddress {
    switch plan {
    case .inPlace(let chunk), .fill(let chunk, _), .redirect(let chunk, _, _): chunk
    }
  }

  /// Moves the data of a planned write to its device.
  private func transfer(
    _ write: PlannedWrite, _ span: BlockSpan, _ bytes: RawSpan
  ) throws(DeviceError) {
    let place = try write.pools.locate(Self.target(write.plan))
    switch write.plan {
    case .inPlace:
      try place.device.write(bytes, at: place.offset + UInt64(span.from))
    case .fill(_, let old):
      try writeBlocks(write.pools, place, old, span, bytes)
    case .redirect(_, let old, let carried):
      try writeBlocks(write.pools, place, old, span, bytes)
      try carry(write.pools, place, old, carried)
    }
  }

  private typealias Place = (device: any BlockDevice, offset: UInt64, contiguous: UInt64)

  /// Writes whole blocks: the ends of the span that cover a block in part are completed
  /// from what the block held.
  private func writeBlocks(
    _ pools: ReachedPools, _ place: Place, _ old: MapEntry, _ span: BlockSpan,
    _ bytes: RawSpan
  ) throws(DeviceError) {
    if span.isWholeBlocks {
      try place.device.write(bytes, at: place.offset + UInt64(span.from))
      return
    }
    let start = span.first * Self.block
    let end = (span.last + 1) * Self.block
    var whole = [UInt8](repeating: 0, count: end - start)
    if span.from > start { try fetch(pools, old, span.first, &whole, at: 0) }
    if span.to < end, span.last > span.first || span.from == start {
      try fetch(pools, old, span.last, &whole, at: end - start - Self.block)
    }
    whole.withMutableBytes(0..<whole.count) { $0.copy(bytes, at: span.from - start) }
    try whole.withBytes(0..<whole.count) { (all) throws(DeviceError) in
      try place.device.write(all, at: place.offset + UInt64(start))
    }
  }

  /// Reads one block of an entry into `whole`, which holds zeroes there.
  private func fetch(
    _ pools: ReachedPools, _ entry: MapEntry, _ block: Int, _ whole: inout [UInt8], at: Int
  ) throws(DeviceError) {
    guard let chunk = entry.location(ofBlock: block) else { return }
    let from = try pools.locate(chunk)
    try whole.withMutableBytes(at..<at + Self.block) { (part) throws(DeviceError) in
      try from.device.read(into: &part, at: from.offset + UInt64(block * Self.block))
    }
  }

  /// Copies blocks of the old entry to where the write went.
  func carry(
    _ pools: ReachedPools, _ place: (device: any BlockDevice, offset: UInt64, contiguous: UInt64),
    _ old: MapEntry, _ blocks: UInt16
  ) throws(DeviceError) {
    var copy = [UInt8](repeating: 0, count: Self.block)
    for block in 0..<Int(ChunkGeometry.blocksPerChunk)
    where blocks & 1 << UInt16(block) != 0 {
      try fetch(pools, old, block, &copy, at: 0)
      try copy.withBytes(0..<copy.count) { (all) throws(DeviceError) in
        try place.device.write(all, at: place.offset + UInt64(block * Self.block))
      }
    }
  }

  /// Makes the range read as zeroes. Whole blocks give their space back; the ends that
  /// cover a block in part are written. Durable after ``flush(_:)``, like a write.
  public func trim(
    _ image: ImageID, at offset: UInt64, count: UInt64
  ) throws(EngineError) {
    let block = UInt64(Self.block)
    let end = offset + count
    let start = (offset + block - 1) / block * block
    let stop = end / block * block
    guard start < stop else { return try writeZeroBytes(image, offset, end) }
    try writeZeroBytes(image, offset, start)
    var at = start
    while at < stop {
      at = try run { (core) throws(CoreSignal) in try core.trim(image, from: at, to: stop) }
    }
    try writeZeroBytes(image, stop, end)
  }

  /// Like ``trim(_:at:count:)`` if that needs no waiting and covers whole blocks only;
  /// otherwise false, perhaps with a part done.
  public func tryTrim(
    _ image: ImageID, at offset: UInt64, count: UInt64
  ) throws(EngineError) -> Bool {
    guard offset % UInt64(Self.block) == 0, count % UInt64(Self.block) == 0 else { return false }
    var at = offset
    while at < offset + count {
      let next = try attempt { (core) throws(CoreSignal) in
        try core.trim(image, from: at, to: offset + count)
      }
      guard let next else { return false }
      at = next
    }
    return true
  }

  private func writeZeroBytes(
    _ image: ImageID, _ start: UInt64, _ end: UInt64
  ) throws(EngineError) {
    guard start < end else { return }
    let zeroes = [UInt8](repeating: 0, count: Int(end - start))
    try zeroes.withBytes(0..<zeroes.count) { (span) throws(EngineError) in
      try write(image, at: start, from: span)
    }
  }
}
