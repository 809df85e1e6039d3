import SedaiBytes
import SedaiFormat

/// Cuts a planned read into the fewest transfers: blocks that lie behind each other on the
/// device go together, also across chunks.
struct ReadRuns {
  struct Run {
    /// The chunk that the run begins in; nil for zeroes.
    var chunk: ChunkAddress?
    /// Bytes from that chunk's start.
    var within: UInt64
    /// Bytes from the start of the plan's range.
    var start: Int
    var count: Int
  }

  private let plan: ReadPlan
  private let offset: UInt64
  private let total: Int
  /// Bytes of the range handed out.
  private(set) var done = 0

  init(plan: ReadPlan, offset: UInt64, left: UInt64) {
    self.plan = plan
    self.offset = offset
    let first = offset % ChunkGeometry.chunkBytes
    total = Int(min(left, UInt64(plan.count) * ChunkGeometry.chunkBytes - first))
  }

  mutating func next() -> Run? {
    guard done < total else { return nil }
    let (entry, block, within) = position(done)
    let chunk = entry.location(ofBlock: block)
    var run = Run(chunk: chunk, within: UInt64(within), start: done, count: 0)
    while done < total {
      let (entry, block, within) = position(done)
      let here = entry.location(ofBlock: block)
      if let chunk {
        guard let here, follows(chunk, run, here, within) else { break }
      } else if here != nil {
        break
      }
      let step = min(
        Int(ChunkGeometry.blockBytes) - within % Int(ChunkGeometry.blockBytes),
        total - done)
      done += step
      run.count += step
    }
    return run
  }

  /// Whether a byte of chunk `here` lies right behind the run on the device.
  private func follows(
    _ first: ChunkAddress, _ run: Run, _ here: ChunkAddress, _ within: Int
  ) -> Bool {
    guard first.pool == here.pool else { return false }
    if run.count == 0 { return true }
    let end = first.index * ChunkGeometry.chunkBytes + run.within + UInt64(run.count)
    guard here.index * ChunkGeometry.chunkBytes + UInt64(within) == end else { return false }
    if here.index == first.index { return true }
    // A run over several chunks must not cross from one member of the pool to the next.
    guard let devices = plan.pools.devices(of: here.pool) else { return false }
    for member in devices.members where first.index >= member.first {
      if first.index - member.first < member.chunks {
        return here.index - member.first < member.chunks
      }
    }
    return false
  }

  private func position(_ done: Int) -> (entry: MapEntry, block: Int, within: Int) {
    let at = offset % ChunkGeometry.chunkBytes + UInt64(done)
    let within = Int(at % ChunkGeometry.chunkBytes)
    return (
      plan.entries[Int(at / ChunkGeometry.chunkBytes)],
      within / Int(ChunkGeometry.blockBytes), within
    )
  }
}
