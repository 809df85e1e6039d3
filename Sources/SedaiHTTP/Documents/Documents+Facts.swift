import SedaiAPI
import SedaiArray
import SedaiModel

// What the array knows, as it travels.

extension Timestamp {
  var secondsSince1970: Int64 { Int64(clamping: seconds) }
}

extension LogicalDiskKind {
  /// The role that decides what a disk is used for, where it has several.
  init(_ roles: VolumeRoles) {
    if roles.contains(.snapshot) {
      self = .snapshot
    } else if roles.contains(.link) {
      self = .link
    } else if roles.contains(.base) {
      self = .base
    } else if roles.contains(.snapshotReserve) {
      self = .reserve
    } else if roles.contains(.control) {
      self = .control
    } else if roles.contains(.master) {
      self = .master
    } else {
      self = roles.contains(.replication) ? .replica : .individual
    }
  }
}

extension LogicalDiskDocument {
  init(_ facts: DiskFacts, baseVolume: LogicalDiskName? = nil) {
    self.init(
      name: facts.name.rawValue, number: facts.number?.rawValue,
      kind: LogicalDiskKind(facts.roles), osType: facts.osType?.rawValue,
      pool: facts.poolName.rawValue, capacity: facts.capacity,
      state: facts.isAccessible ? "normal" : "fault",
      allocatedBytes: facts.roles.contains(.link) ? nil : facts.allocatedBytes,
      baseVolume: baseVolume?.rawValue, ldSets: facts.ldSets.map(\.rawValue),
      canUndoRestore: facts.canUndoRestore,
      limits: facts.limits == IOLimits() ? nil : LimitsDocument(facts.limits),
      creation: facts.id.rawValue, roles: facts.roles.text)
    if facts.blockSize != .bytes512 { blockBytes = facts.blockSize.rawValue }
  }
}

extension LimitsDocument {
  init(_ limits: IOLimits) {
    self.init(
      upper: limits.upper?.perSecond, lower: limits.lower?.perSecond,
      reportsUpper: limits.reportsUpper)
  }
}

extension GenerationState {
  init(_ state: SnapshotState) {
    self =
      switch state {
      case .empty: .empty
      case .active: .active
      case .deleting: .deleting
      case .deleted: .deleted
      case .restoring: .restoring
      case .fault: .fault
      }
  }
}

extension GenerationDocument {
  /// - Parameter exclusiveBytes: what it alone holds, if that was found out.
  init(_ facts: SnapshotFacts, exclusiveBytes: UInt64? = nil) {
    let state = GenerationState(facts.state)
    self.init(
      baseVolume: facts.base.rawValue, name: facts.name.rawValue,
      absolute: UInt64(clamping: facts.absoluteGeneration),
      age: facts.relativeGeneration.map(UInt32.init(clamping:)),
      osType: facts.osType?.rawValue, state: state,
      createdAt: facts.state.takenAt?.secondsSince1970, isGuarded: facts.isGuarded,
      linkedTo: facts.linkedBy?.rawValue, exclusiveBytes: exclusiveBytes,
      capacity: facts.capacity)
  }
}

extension AccessModeName {
  init(_ access: AccessMode) {
    self =
      switch access {
      case .readWrite: .readWrite
      case .readOnly: .readOnly
      case .notReady: .notReady
      case .notAvailable: .notAvailable
      }
  }

  var access: AccessMode {
    switch self {
    case .readWrite: .readWrite
    case .readOnly: .readOnly
    case .notReady: .notReady
    case .notAvailable: .notAvailable
    }
  }
}

extension LinkVolumeDocument {
  init(_ facts: LinkFacts) {
    self.init(
      name: facts.name.rawValue, number: facts.number?.rawValue,
      baseVolume: facts.base.rawValue, osType: facts.osType?.rawValue,
      linkedTo: facts.target?.rawValue, access: AccessModeName(facts.access))
  }
}

extension PoolDocument {
  init(_ facts: PoolFacts) {
    let state: SedaiAPI.PoolState =
      switch facts.state {
      case .ready: .ready
      case .failing: .failing
      case .poisoned: .poisoned
      case .missing: .missing
      }
    self.init(
      number: facts.number, name: facts.name.rawValue,
      kind: facts.kind == .basic ? .basic : .dynamic, state: state, capacity: facts.capacity,
      promisedBytes: facts.promised, freeBytes: facts.free, allocatedBytes: facts.allocated,
      awaitingReuseBytes: facts.awaitingReuse, members: facts.members)
  }
}

extension ReserveDocument {
  /// Nil for a pool that has none.
  init?(_ pool: PoolFacts) {
    guard let facts = pool.reserve else { return nil }
    let level: SedaiAPI.ReserveLevel =
      switch facts.level {
      case .normal: .normal
      case .warning: .warning
      case .critical: .critical
      case .full: .full
      }
    self.init(
      pool: pool.name.rawValue, level: level, capacity: facts.capacity, usedBytes: facts.used,
      policy: SedaiAPI.ReservePolicy(facts.policy),
      warningThreshold: facts.thresholds.warning,
      criticalThreshold: facts.thresholds.critical)
  }
}

extension ReserveUsageDocument {
  init(_ facts: ReserveUsageFacts) {
    self.init(
      pool: facts.pool.rawValue, capacity: facts.capacity, usedBytes: facts.used,
      validBytes: facts.families.reduce(0) { $0 + $1.validBytes },
      beingReclaimedBytes: facts.beingReclaimed,
      families: facts.families.map {
        FamilyUsageDocument(
          baseVolume: $0.base.rawValue, generations: $0.generations, hasUndo: $0.hasUndo,
          allocatedBytes: $0.allocatedBytes, validBytes: $0.validBytes)
      })
  }
}

extension SedaiAPI.ReservePolicy {
  init(_ policy: SedaiModel.ReservePolicy) {
    self =
      switch policy {
      case .giveUpGenerations: .giveUpGenerations
      case .keepGenerations: .keepGenerations
      }
  }

  var policy: SedaiModel.ReservePolicy {
    switch self {
    case .giveUpGenerations: .giveUpGenerations
    case .keepGenerations: .keepGenerations
    }
  }
}

extension EventDocument {
  init(_ event: ArrayEvent) {
    self.init(
      number: event.number, time: event.time.secondsSince1970,
      messageID: event.messageID.description,
      messageClass: MessageClassName(event.messageClass), text: event.text(),
      requester: event.requester)
  }
}

extension JobDocument {
  init(_ facts: JobFacts) {
    let state: SedaiAPI.JobState
    var endedAt: Timestamp?
    var failure: Problem?
    switch facts.state {
    case .running: state = .running
    case .paused: state = .paused
    case .ended(let at):
      state = .ended
      endedAt = at
    case .failed(let error, let at):
      state = .failed
      endedAt = at
      failure = Problem(error)
    }
    self.init(
      id: facts.id.rawValue, kind: facts.kind.rawValue, volume: facts.volume?.rawValue,
      state: state, done: facts.done, estimatedTotal: facts.estimatedTotal,
      secondsLeft: facts.secondsLeft, rateLimit: facts.rateLimit,
      startedAt: facts.startedAt.secondsSince1970, endedAt: endedAt?.secondsSince1970,
      failure: failure)
  }
}

extension StatusDocument {
  init(_ facts: ArrayStatus, _ surroundings: ArraySurroundings) {
    self.init(
      product: Product.name, version: Product.version, name: facts.name,
      worldWideName: facts.worldWideName, startedAt: facts.startedAt.secondsSince1970,
      pools: facts.pools, logicalDisks: facts.logicalDisks, snapshots: facts.snapshots,
      linkVolumes: facts.linkVolumes, runningJobs: facts.jobs,
      newestEvent: facts.newestEvent, nbdSocketDirectory: surroundings.nbdSocketDirectory,
      nbdAddress: surroundings.nbdAddress, cacheBytes: surroundings.cacheBytes,
      configurationNumber: facts.configurationNumber,
      replicasPerMaster: ArrayLimits.replicasPerMaster)
  }
}

extension ConfigurationDocument {
  init(_ facts: ArrayConfiguration, _ surroundings: ArraySurroundings) {
    self.init(
      status: StatusDocument(facts.status, surroundings),
      pools: facts.pools.map(PoolDocument.init),
      reserves: facts.pools.compactMap(ReserveDocument.init),
      logicalDisks: facts.disks.map { LogicalDiskDocument($0) },
      ldSets: facts.ldSets.map { LDSetDocument($0) },
      hostPorts: facts.hostPorts.map(HostPortDocument.init),
      licences: facts.licences.map(LicenceDocument.init))
  }
}

extension LicenceDocument {
  init(_ facts: LicenceFacts) {
    self.init(
      product: facts.product.name, state: facts.state.rawValue, version: facts.licence?.version,
      capacity: facts.licence?.capacity)
  }
}
