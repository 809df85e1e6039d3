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
    let (first, second, capacity, isAll) = try look {
      (state) throws(DiskArrayError) -> (ImageID, ImageID, UInt64, Bool) in
      let replica = try state.disk(reference)
      guard let paired = state.pair(ofReplica: replica) else {
        throw DiskArrayError(
          .stateConflict, .notPaired, ["name": .text(replica.name.rawValue)])
      }
      let image = shownImage(of: paired.master, in: state)
      return (
        image ?? paired.volume.image, paired.volume.image, paired.volume.capacity,
        image == nil || paired.pair.isAllDifferent
      )
    }
    return isAll ? capacity : try differingBytes(first, second, capacity)
  }

  private func differingBytes(
    _ first: ImageID, _ second: ImageID, _ capacity: UInt64
  ) throws(DiskArrayError) -> UInt64 {
    var sum: UInt64 = 0
    var position: UInt64 = 0
    while position < capacity {
      let list = try compare(
        first, second, position..<capacity, limit: ArrayLimits.rangesPerAnswer)
      sum += list.ranges.reduce(0) { $0 + $1.count }
      guard let next = list.next, next > position else { break }
      position = next
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
      endedAt: pair.endedAt, isAllDifferent: pair.isAllDifferent, remainingBytes: 0)
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
