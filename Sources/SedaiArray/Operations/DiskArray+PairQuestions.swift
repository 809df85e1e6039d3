import SedaiEngine
import SedaiFormat
public import SedaiModel
import SedaiMonitor

extension DiskArray {
  /// All pairs, by the names of master and replication volume.
  public func pairs() -> [PairFacts] {
    look { state in
      state.replicas.values.joined().compactMap { state.disks[$0] }
        .compactMap { state.pair(ofReplica: $0) }
        .map { self.pairFacts($0, in: state) }
        .sorted { ($0.master.name, $0.replica.name) < ($1.master.name, $1.replica.name) }
    }
  }

  /// The pairs in which a volume is the master.
  /// - Throws: `.unknownVolume`; `.notPaired` if there is none.
  public func pairs(ofMaster reference: DiskReference) throws(DiskArrayError) -> [PairFacts] {
    try look { (state) throws(DiskArrayError) -> [PairFacts] in
      let master = try state.disk(reference)
      guard let replicas = state.replicas[master.id] else {
        throw DiskArrayError(.stateConflict, .notPaired, ["name": .text(master.name.rawValue)])
      }
      return replicas.compactMap { state.disks[$0] }.compactMap { state.pair(ofReplica: $0) }
        .map { pairFacts($0, in: state) }
    }
  }

  /// The pair in which a volume is the copy.
  /// - Throws: `.unknownVolume`; `.notPaired` if there is none.
  public func pair(ofReplica reference: DiskReference) throws(DiskArrayError) -> PairFacts {
    try look { (state) throws(DiskArrayError) -> PairFacts in
      let replica = try state.disk(reference)
      guard let paired = state.pair(ofReplica: replica) else {
        throw DiskArrayError(
          .stateConflict, .notPaired, ["name": .text(replica.name.rawValue)])
      }
      return pairFacts(paired, in: state)
    }
  }

  /// Bytes in which a pair's volumes differ, in whole blocks, of one moment. Blocks that were
  /// written with what they held count too.
  ///
  /// - Complexity: O(map pages that they do not share).
  public func difference(
    ofReplica reference: DiskReference
  ) throws(DiskArrayError) -> UInt64 {
    let (sides, capacity) = try look {
      (state) throws(DiskArrayError) -> ([(ImageID, ImageID)], UInt64) in
      let replica = try state.disk(reference)
      guard let paired = state.pair(ofReplica: replica) else {
        throw DiskArrayError(
          .stateConflict, .notPaired, ["name": .text(replica.name.rawValue)])
      }
      return (comparisons(of: paired, in: state), paired.volume.capacity)
    }
    return sides.isEmpty ? capacity : try differingBytes(sides, capacity)
  }

  /// The images that show what differs: each side's with what it was when they were the same,
  /// or one with the other where they share what they have in common. None if that is unknown.
  private func comparisons(
    of paired: PairedDisks, in state: ArrayState
  ) -> [(ImageID, ImageID)] {
    guard !paired.pair.isAllDifferent, let image = shownImage(of: paired.master, in: state)
    else { return [] }
    if paired.isInOnePool { return [(image, paired.volume.image)] }
    guard let common = paired.pair.common else { return [] }
    return [(common.master, image)] + (common.replica.map { [($0, paired.volume.image)] } ?? [])
  }

  /// Bytes in which any of the comparisons finds a difference.
  private func differingBytes(
    _ sides: [(ImageID, ImageID)], _ capacity: UInt64
  ) throws(DiskArrayError) -> UInt64 {
    var sum: UInt64 = 0
    var position: UInt64 = 0
    while position < capacity {
      var ranges: [Range<UInt64>] = []
      var end = capacity
      for (past, now) in sides {
        let list = try compare(
          past, now, position..<capacity, limit: ArrayLimits.rangesPerAnswer)
        ranges += list.ranges.map { $0.offset..<$0.offset + $0.count }
        end = min(end, list.next ?? capacity)
      }
      sum += Self.length(of: ranges, in: position..<end)
      guard end > position else { break }
      position = end
    }
    return sum
  }

  /// Bytes that ranges cover together, within `bounds`.
  private static func length(of ranges: [Range<UInt64>], in bounds: Range<UInt64>) -> UInt64 {
    var sum: UInt64 = 0
    var covered = bounds.lowerBound
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      let part = max(range.lowerBound, covered)..<max(range.upperBound, covered)
      sum += UInt64(part.clamped(to: bounds).count)
      covered = max(covered, range.upperBound)
    }
    return sum
  }

  func pairFacts(_ paired: PairedDisks, in state: ArrayState) -> PairFacts {
    let pair = paired.pair
    return PairFacts(
      master: diskFacts(paired.master, in: state),
      replica: diskFacts(paired.replica, in: state), state: pair.state,
      activity: pair.activity, previousActivity: pair.previousActivity,
      copyMode: pair.copyMode, access: pair.access, use: pair.use, startedAt: pair.startedAt,
      endedAt: pair.endedAt, isAllDifferent: pair.isAllDifferent,
      remainingBytes: remainingBytes(of: paired.replica.id, in: state))
  }

  func pairFacts(_ id: VolumeID) throws(DiskArrayError) -> PairFacts {
    let facts = state.withLock { state in
      state.disks[id].flatMap { state.pair(ofReplica: $0) }
        .map { self.pairFacts($0, in: state) }
    }
    guard let facts else { throw Self.vanished() }
    return facts
  }
}
