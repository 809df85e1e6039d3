import SedaiBytes
import SedaiEngine
import SedaiFormat
public import SedaiModel
import SedaiMonitor

// Each answer is true for one moment; none waits for the disk, but those about space may read
// maps.

extension DiskArray {
  /// The array as a whole.
  /// - Complexity: O(logical disks)
  public func status() -> ArrayStatus {
    look { state in self.status(in: state) }
  }

  private func status(in state: ArrayState) -> ArrayStatus {
    var snapshots = 0
    var links = 0
    for disk in state.disks.values {
      if disk.snapshot?.active != nil { snapshots += 1 }
      if disk.link != nil { links += 1 }
    }
    return ArrayStatus(
      name: state.identity.name, worldWideName: state.identity.worldWideName,
      startedAt: state.startedAt, pools: state.pools.count, logicalDisks: state.disks.count,
      snapshots: snapshots, linkVolumes: links, jobs: state.jobs.underWay,
      newestEvent: state.events.next - 1, configurationNumber: state.configurationNumber)
  }

  /// Everything that is configured, of one version of the catalogue: whatever it speaks of is
  /// in it, and pools are as full as its disks make them.
  ///
  /// - Parameter limit: disks with a lower number only; nil for all, also those without one.
  /// - Complexity: O(logical disks); no change is made meanwhile.
  public func configuration(below limit: LogicalDiskNumber? = nil) -> ArrayConfiguration {
    look { state in
      let disks = state.disks.values.filter { disk in
        limit.map { limit in disk.number.map { $0 < limit } ?? false } ?? true
      }
      return ArrayConfiguration(
        status: self.status(in: state),
        pools: state.pools.values.sorted { $0.id < $1.id }.map { self.poolFacts($0, in: state) },
        disks: Self.byNumber(disks).map { self.diskFacts($0, in: state) },
        ldSets: state.sets.values.sorted { $0.name < $1.name }
          .map { self.ldSetFacts($0, in: state) },
        hostPorts: state.ports.values.sorted { $0.number < $1.number }
          .map { self.hostPortFacts($0, in: state) },
        licences: self.licenceFacts(in: state))
    }
  }

  /// By number, then those without one.
  private static func byNumber(_ disks: some Collection<Disk>) -> [Disk] {
    disks.sorted {
      ($0.number?.rawValue ?? .max, $0.id) < ($1.number?.rawValue ?? .max, $1.id)
    }
  }

  /// All pools, by number.
  public func pools() -> [PoolFacts] {
    look { state in
      state.pools.values.sorted { $0.id < $1.id }.map { self.poolFacts($0, in: state) }
    }
  }

  /// - Throws: `.unknownPool`
  public func pool(_ number: UInt8) throws(DiskArrayError) -> PoolFacts {
    try look { (state) throws(DiskArrayError) -> PoolFacts in
      poolFacts(try state.pool(number), in: state)
    }
  }

  /// The number of the pool of this name.
  /// - Throws: `.unknownPool`
  public func poolNumber(named name: PoolName) throws(DiskArrayError) -> UInt8 {
    let number = look { state in
      state.pools.values.first { $0.name == name }?.id.rawValue
    }
    guard let number else {
      throw DiskArrayError(.notFound, .unknownPool, ["pool": .text(name.rawValue)])
    }
    return number
  }

  /// All logical disks, by number, then those without one.
  public func disks() -> [DiskFacts] {
    look { state in
      Self.byNumber(state.disks.values).map { self.diskFacts($0, in: state) }
    }
  }

  /// - Throws: `.unknownDisk`
  public func disk(_ reference: DiskReference) throws(DiskArrayError) -> DiskFacts {
    try look { (state) throws(DiskArrayError) -> DiskFacts in
      diskFacts(try state.disk(reference, missing: .unknownDisk), in: state)
    }
  }

  /// A base volume with all its generations.
  /// - Throws: `.unknownVolume`, `.wrongKind`, `.noGenerationBuilt`
  public func query(base reference: DiskReference) throws(DiskArrayError) -> SnapshotQuery {
    try look { (state) throws(DiskArrayError) -> SnapshotQuery in
      let (base, _) = try state.base(reference)
      let family = state.families[base.id]
      let ids =
        (family?.active.reversed().map(\.volume) ?? []) + (family?.vacant.map(\.volume) ?? [])
      return query(base, ids, in: state)
    }
  }

  /// One generation, with its base volume.
  /// - Throws: `.unknownVolume`, `.unknownGeneration`, `.wrongKind`
  public func query(
    snapshot reference: SnapshotReference
  ) throws(DiskArrayError) -> SnapshotQuery {
    try look { (state) throws(DiskArrayError) -> SnapshotQuery in
      let (disk, snapshot) = try state.generation(reference)
      guard let base = state.disks[snapshot.base] else { throw Self.vanished() }
      return query(base, [disk.id], in: state)
    }
  }

  private func query(
    _ base: Disk, _ generations: [VolumeID], in state: ArrayState
  ) -> SnapshotQuery {
    SnapshotQuery(
      base: diskFacts(base, in: state),
      generations: generations.compactMap { state.disks[$0] }
        .compactMap { snapshotFacts($0, in: state) },
      linkVolumes: linkFacts(of: base.id, in: state))
  }

  /// All link volumes, by name.
  public func linkVolumes() -> [LinkFacts] {
    look { state in
      state.disks.values.filter { $0.link != nil }.sorted { $0.name < $1.name }
        .compactMap { self.linkFacts($0, in: state) }
    }
  }

  /// All LD sets, by name.
  public func ldSets() -> [LDSetFacts] {
    look { state in
      state.sets.values.sorted { $0.name < $1.name }.map { self.ldSetFacts($0, in: state) }
    }
  }

  /// The name of the LD set that `reference` means.
  /// - Throws: `.unknownLDSet` also if the set of that name has another type.
  public func ldSetName(_ reference: LDSetReference) throws(DiskArrayError) -> LDSetName {
    let found = look { $0.sets[reference.name] }
    if let found {
      switch reference.type {
      case .any: return found.name
      case .exactly(let type): if type == found.osType { return found.name }
      }
    }
    throw DiskArrayError(.notFound, .unknownLDSet, ["set": .text(reference.description)])
  }

  /// - Throws: `.unknownLDSet`
  public func ldSet(_ name: LDSetName) throws(DiskArrayError) -> LDSetFacts {
    try look { (state) throws(DiskArrayError) -> LDSetFacts in
      ldSetFacts(try state.ldSet(name), in: state)
    }
  }

  /// Events above `number`, oldest first, as far as they are kept: 8,192, and over a restart
  /// the newest 500. A host sees those of its own requests.
  public func events(after number: UInt64, limit: Int) -> [ArrayEvent] {
    state.withLock { state in
      guard case .host(let name) = viewer else {
        return state.events.events(after: number, limit: limit)
      }
      let own = state.events.events(after: number, limit: .max)
        .filter { $0.requester == name.rawValue }
      return Array(own.prefix(limit))
    }
  }

  // MARK: Space and differences

  /// What deleting a set of generations together would free.
  /// - Complexity: O(what the set alone holds).
  public func exclusiveSpace(
    of references: [SnapshotReference]
  ) throws(DiskArrayError) -> ExclusiveSpace {
    let images = try look { (state) throws(DiskArrayError) -> Set<ImageID> in
      var images: Set<ImageID> = []
      for reference in references { images.insert(try image(of: reference, in: state)) }
      return images
    }
    do {
      let usage = try engine.exclusiveSpace(of: images)
      return ExclusiveSpace(
        allocatedBytes: usage.chunks * ChunkGeometry.chunkBytes, validBytes: usage.validBytes)
    } catch {
      throw DiskArrayError(error)
    }
  }

  /// Where two states of a base volume differ.
  ///
  /// - Parameters:
  ///   - from: a generation; nil for what the base volume is now. `to` likewise.
  ///   - limit: how many ranges at most, 1…65536.
  public func differences(
    of base: DiskReference, from: SnapshotReference?, to: SnapshotReference?,
    at offset: UInt64, count: UInt64, limit: Int
  ) throws(DiskArrayError) -> DifferenceList {
    let (first, second, end) = try look {
      (state) throws(DiskArrayError) -> (ImageID, ImageID, UInt64) in
      let (disk, volume) = try state.volume(base)
      var images: [ImageID] = []
      for side in [from, to] {
        guard let side else {
          images.append(volume.image)
          continue
        }
        _ = try state.generation(side, of: base)
        images.append(try image(of: side, in: state))
      }
      let (sum, isBeyond) = offset.addingReportingOverflow(count)
      let end = min(volume.capacity, isBeyond ? .max : sum)
      guard offset <= volume.capacity else {
        throw DiskArrayError(
          .invalidRequest, .outOfRange, ["name": .text(disk.name.rawValue)])
      }
      return (images[0], images[1], end)
    }
    return try compare(first, second, offset..<end, limit: limit)
  }

  func compare(
    _ first: ImageID, _ second: ImageID, _ range: Range<UInt64>, limit: Int
  ) throws(DiskArrayError) -> DifferenceList {
    let limit = min(max(limit, 1), ArrayLimits.rangesPerAnswer)
    var ranges: [VolumeChange] = []
    var position = range.lowerBound
    while position < range.upperBound && ranges.count < limit {
      let found: [ImageDifference]
      do {
        found = try engine.differences(
          from: first, to: second, at: position, count: range.upperBound - position,
          limit: limit - ranges.count + 1)
      } catch {
        throw DiskArrayError(error)
      }
      guard let last = found.last, last.offset + last.count > position else { break }
      for piece in found where piece.isChanged {
        // The engine may end a range where its cache ends.
        if let last = ranges.last, last.offset + last.count == piece.offset {
          ranges[ranges.count - 1] = VolumeChange(
            offset: last.offset, count: last.count + piece.count, isChanged: true)
        } else {
          ranges.append(VolumeChange(offset: piece.offset, count: piece.count, isChanged: true))
        }
      }
      position = last.offset + last.count
    }
    return DifferenceList(
      ranges: ranges, next: position < range.upperBound ? position : nil)
  }

  private func image(
    of reference: SnapshotReference, in state: ArrayState
  ) throws(DiskArrayError) -> ImageID {
    let (disk, snapshot) = try state.generation(reference)
    guard let active = snapshot.active else {
      throw DiskArrayError(
        .stateConflict, .snapshotNotActive,
        [
          "sv": .text(disk.name.rawValue), "bv": .text(state.name(snapshot.base)),
          "state": .text(snapshotState(of: disk, snapshot, in: state).text),
        ])
    }
    return active.image
  }

  /// The image of a generation that a data client names: `.-1`, `.3` or a snapshot volume of
  /// the same base volume.
  func generation(_ text: String, of base: VolumeID) -> ImageID? {
    state.withLock { state in
      guard let disk = state.disks[base],
        let reference = SnapshotReference(parsing: text, base: .name(disk.name)),
        let (_, snapshot) = try? state.generation(reference), snapshot.base == base
      else { return nil }
      return snapshot.active?.image
    }
  }
}
