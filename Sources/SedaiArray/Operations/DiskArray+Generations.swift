import SedaiEngine
import SedaiFormat
public import SedaiModel
import SedaiMonitor

extension DiskArray {
  /// Builds generations of a base volume: snapshot volumes that hold nothing yet.
  ///
  /// - Parameters:
  ///   - pool: nil for that of the generations there are, else of the base volume. All
  ///     generations of a volume are in one pool, which may be another one than its own.
  ///   - count: 1 names the generation exactly `name`; more are `NAME_01`, `NAME_02`, …
  /// - Throws: `.nameInUse` if one name clashes: none is built then.
  public func addGenerations(
    base reference: DiskReference, pool: UInt8? = nil, count: Int, name: LogicalDiskName,
    by requester: Requester
  ) throws(DiskArrayError) -> [SnapshotFacts] {
    let ids = try perform(.addGenerations, by: requester) {
      (state, change) throws(DiskArrayError) -> [VolumeID] in
      var (disk, volume) = try state.volume(
        reference, missing: .unknownDisk, wrong: .wrongKindForConfiguration)
      try requireSettled(disk, in: state, change)
      let home = try homeForBuilding(of: disk, pool, in: state)
      try checkBuilding(of: disk, volume, in: home, count: count, state)
      if home != disk.pool { setStagingAside(in: disk.pool, &change) }
      let names = try Self.names(count, name, in: state)
      var number = state.freeNumber(from: LogicalDiskNumber(0))
      var ids: [VolumeID] = []
      for name in names {
        volume.lastGeneration += 1
        let generation = Disk(
          id: change.nextVolume(in: state),
          number: number.rawValue < LogicalDiskNumber.legacyLimit ? number : nil,
          name: name, osType: disk.osType, pool: home, boundAt: change.now,
          body: .snapshot(
            SnapshotVolume(
              base: disk.id, generation: volume.lastGeneration, content: .empty)))
        number = state.freeNumber(from: LogicalDiskNumber(number.rawValue + 1))
        change.put(generation)
        ids.append(generation.id)
      }
      disk.body = .volume(volume)
      change.put(disk)
      change.tell(
        .generationsAdded,
        ["count": .count(UInt64(count)), "bv": .text(disk.name.rawValue)], in: state)
      return ids
    }
    return state.withLock { state in
      ids.compactMap { state.disks[$0] }.compactMap { self.snapshotFacts($0, in: state) }
    }
  }

  /// - Source: features.md 1.4.2: BV and SV may be in different pools, all SVs of one BV are in
  ///   one.
  private func homeForBuilding(
    of disk: Disk, _ pool: UInt8?, in state: ArrayState
  ) throws(DiskArrayError) -> PoolID {
    let home = state.homeOfGenerations(of: disk)
    guard let pool, pool != home.rawValue else { return home }
    let wanted = try state.pool(pool)
    if state.families[disk.id]?.generations.isEmpty ?? true { return wanted.id }
    throw DiskArrayError(
      .stateConflict, .otherPool,
      [
        "name": .text("Generations of \(disk.name)"),
        "pool": .text(state.pools[home]?.name.rawValue ?? "-"),
      ])
  }

  private func checkBuilding(
    of disk: Disk, _ volume: DataVolume, in home: PoolID, count: Int, _ state: ArrayState
  ) throws(DiskArrayError) {
    guard !volume.isControl else {
      throw state.wrongKind(disk, expected: "IV/BV", .wrongKindForConfiguration)
    }
    try requireLicence(.snapshots, in: state)
    if volume.pair != nil { try requireReplicaAsBase(in: state) }
    guard (1...ArrayLimits.generationsPerRequest).contains(count) else {
      throw DiskArrayError(
        .invalidRequest, .invalidCount,
        ["count": .count(UInt64(clamping: count)), "what": .text("generations")])
    }
    guard state.pools[home]?.reserve != nil else {
      throw DiskArrayError(
        .stateConflict, .reserveMissing,
        ["pool": .text(state.pools[home]?.name.rawValue ?? "-")])
    }
    let existing = state.families[disk.id]?.generations.count ?? 0
    guard existing + count <= ArrayLimits.generationsPerBase else {
      throw DiskArrayError(
        .noSpace, .tooMany,
        [
          "limit": .count(UInt64(ArrayLimits.generationsPerBase)),
          "what": .text("generations of a volume"),
        ])
    }
  }

  private static func names(
    _ count: Int, _ name: LogicalDiskName, in state: ArrayState
  ) throws(DiskArrayError) -> [LogicalDiskName] {
    var names: [LogicalDiskName] = []
    for number in 1...count {
      guard let each = count == 1 ? name : name.numbered(number) else {
        throw DiskArrayError(
          .invalidRequest, .invalidName, ["name": .text("\(name)_\(number)")])
      }
      guard state.byName[each] == nil else {
        throw DiskArrayError(.alreadyExists, .nameInUse, ["name": .text(each.rawValue)])
      }
      names.append(each)
    }
    return names
  }

  /// Removes generations that hold no snapshot; see `GenerationChoice.removalTarget` for
  /// which. With the last one the base volume is an ordinary disk again.
  public func removeGenerations(
    base reference: DiskReference, count: Int, by requester: Requester
  ) throws(DiskArrayError) {
    try perform(.removeGenerations, by: requester) { (state, change) throws(DiskArrayError) in
      let (disk, _) = try state.base(reference)
      var vacant = candidates(of: disk.id, in: state).filter(\.state.isVacant)
      guard (1...ArrayLimits.generationsPerRequest).contains(count) else {
        throw DiskArrayError(
          .invalidRequest, .invalidCount,
          ["count": .count(UInt64(clamping: count)), "what": .text("generations")])
      }
      guard vacant.count >= count else {
        throw DiskArrayError(
          .stateConflict, .tooFewEmptyGenerations,
          [
            "count": .count(UInt64(count)), "empty": .count(UInt64(vacant.count)),
            "bv": .text(disk.name.rawValue),
          ])
      }
      for _ in 0..<count {
        guard let target = GenerationChoice.removalTarget(of: vacant) else { break }
        vacant.removeAll { $0 == target }
        guard let id = state.families[disk.id]?.generation(number: target.number),
          let generation = state.disks[id]
        else { continue }
        try remove(generation, in: state, &change)
      }
      tellRemoval(of: count, from: disk, in: state, &change)
    }
  }

  /// Removes one generation that holds no snapshot.
  public func removeGeneration(
    _ reference: SnapshotReference, by requester: Requester
  ) throws(DiskArrayError) {
    try perform(.removeGenerations, by: requester) { (state, change) throws(DiskArrayError) in
      let (disk, snapshot) = try state.generation(reference)
      try remove(disk, in: state, &change)
      guard let base = state.disks[snapshot.base] else { return }
      tellRemoval(of: 1, from: base, in: state, &change)
    }
  }

  private func remove(
    _ disk: Disk, in state: ArrayState, _ change: inout Change
  ) throws(DiskArrayError) {
    guard let snapshot = disk.snapshot else { return }
    try SnapshotRules.remove(standing(of: disk, snapshot, in: state, token: change.token))
    try requireUnpaired(disk, in: state)
    change.remove(disk)
  }

  private func tellRemoval(
    of count: Int, from base: Disk, in state: ArrayState, _ change: inout Change
  ) {
    change.tell(
      .generationsRemoved,
      ["count": .count(UInt64(count)), "bv": .text(base.name.rawValue)], in: state)
  }

  /// The generations of a base volume as the rules of choice see them.
  func candidates(of base: VolumeID, in state: ArrayState) -> [GenerationChoice.Candidate] {
    (state.families[base]?.generations ?? []).compactMap { place in
      state.disks[place.volume].flatMap { candidate($0, in: state) }
    }
  }

  func candidate(_ disk: Disk, in state: ArrayState) -> GenerationChoice.Candidate? {
    guard let snapshot = disk.snapshot else { return nil }
    return GenerationChoice.Candidate(
      number: snapshot.generation, state: snapshotState(of: disk, snapshot, in: state),
      sequence: snapshot.active?.image.rawValue ?? 0)
  }

  // MARK: Link volumes

  /// Builds a link volume for a base volume, unlinked.
  /// - Parameter number: nil for the lowest free one.
  /// - Throws: `.poolIsBasic` among others; see features.md 1.4.2.
  public func bindLinkVolume(
    base reference: DiskReference, number: LogicalDiskNumber? = nil, name: LogicalDiskName,
    by requester: Requester
  ) throws(DiskArrayError) -> LinkFacts {
    let id = try perform(.bindLinkVolume, by: requester) {
      (state, change) throws(DiskArrayError) -> VolumeID in
      let (base, volume) = try state.volume(
        reference, missing: .unknownDisk, wrong: .wrongKindForConfiguration)
      guard !volume.isControl else {
        throw state.wrongKind(base, expected: "BV", .wrongKindForConfiguration)
      }
      let home = state.homeOfGenerations(of: base)
      if let pool = state.pools[home], pool.kind == .basic {
        throw DiskArrayError(.stateConflict, .poolIsBasic, ["pool": .text(pool.name.rawValue)])
      }
      try requireLicence(.snapshots, in: state)
      let number = try Self.number(number, in: state)
      let link = Disk(
        id: change.nextVolume(in: state), number: number,
        name: try Self.name(name, number, in: state), osType: base.osType, pool: home,
        boundAt: change.now,
        body: .link(
          LinkVolume(
            base: base.id, signature: newSignature(for: base.osType, in: state),
            state: .unlinked)))
      change.put(link)
      change.tell(
        .diskBound,
        [
          "name": .text(name.rawValue), "number": .text(number.description),
          "pool": .text(state.pools[home]?.name.rawValue ?? "-"),
        ], in: state)
      return link.id
    }
    return try linkFacts(id)
  }

  /// Removes an unlinked link volume.
  public func unbindLinkVolume(
    _ reference: DiskReference, by requester: Requester
  ) throws(DiskArrayError) {
    try perform(.unbindLinkVolume, by: requester) { (state, change) throws(DiskArrayError) in
      let (disk, link) = try state.link(
        reference, missing: .unknownDisk, wrong: .wrongKindForConfiguration)
      try LinkRules.unbind(standing(of: disk, link, in: state, token: change.token))
      try requireUnassigned(disk, in: state)
      change.remove(disk)
      change.close(disk.id)
      change.tell(.diskUnbound, ["name": .text(disk.name.rawValue)], in: state)
    }
  }

  /// A signature that no volume of the array shows; nil for types that need none.
  private func newSignature(for type: OSType?, in state: ArrayState) -> DiskSignature? {
    guard type?.keepsDiskSignatures == true else { return nil }
    var taken: Set<DiskSignature> = []
    for disk in state.disks.values {
      switch disk.body {
      case .volume(let volume): if let own = volume.signature { taken.insert(own) }
      case .snapshot: break
      case .link(let link): if let own = link.signature { taken.insert(own) }
      }
    }
    return DiskSignature.unused(among: taken, random: environment.random)
  }
}
