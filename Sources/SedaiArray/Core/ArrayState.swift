import SedaiFormat
import SedaiModel

/// Everything the array knows, in memory. Records change only by ``apply(_:)``, after the
/// engine made the change durable; the rest is forgotten when the array stops.
struct ArrayState: Sendable {
  // Records
  var identity: ArrayIdentity
  private(set) var pools: [PoolID: Pool] = [:]
  private(set) var disks: [VolumeID: Disk] = [:]
  private(set) var sets: [LDSetName: LDSet] = [:]
  private(set) var licences: [LicensedProduct: Licence] = [:]
  private(set) var ports: [HostPortNumber: HostPort] = [:]
  private(set) var accounts: [AccountName: Account] = [:]

  private(set) var reservations: [VolumeID: UnitReservations] = [:]

  // Derived from the records
  private(set) var byName: [LogicalDiskName: VolumeID] = [:]
  private(set) var byNumber: [LogicalDiskNumber: VolumeID] = [:]
  private(set) var families: [VolumeID: Family] = [:]
  /// Which link volume shows a volume.
  private(set) var linkedBy: [VolumeID: VolumeID] = [:]
  private(set) var setsOf: [VolumeID: [LDSetName]] = [:]
  /// Disks whose requests are looked at because of their limits.
  private(set) var watched: Set<VolumeID> = []
  /// The copies of a volume, in the order of pairing.
  private(set) var replicas: [VolumeID: [VolumeID]] = [:]
  /// Copies between pools under way, by replication volume.
  private(set) var copies: [VolumeID: CopyWork] = [:]

  // Only while the array runs
  var transitions: [VolumeID: Transition] = [:]
  var sessions: [VolumeID: VolumeSession] = [:]
  /// Of every disk that was opened.
  var paces: [VolumeID: RequestPace] = [:]
  var paceWatch = PaceWatch()
  private(set) var events: EventLog
  /// The event of the newest change of what hosts see, or the first event after the start.
  private(set) var configurationNumber: UInt64
  var jobs = JobTable()
  var levels: [PoolID: ReserveLevel] = [:]
  var conditions: [PoolID: PoolFacts.State] = [:]
  var health = HealthWatch()
  /// Volumes whose refused writes were told since their reserve was last full.
  var refusedWrites: Set<VolumeID> = []
  /// Host ports on which a target listens.
  var listening: Set<HostPortNumber> = []
  var nextToken: UInt64 = 1
  let startedAt: Timestamp
  var isStopping = false

  init(identity: ArrayIdentity, events: EventLog, startedAt: Timestamp) {
    self.identity = identity
    self.events = events
    configurationNumber = events.next
    self.startedAt = startedAt
  }

  /// Makes a change, that is durable now, visible.
  mutating func apply(_ change: Change) {
    if let identity = change.identity { self.identity = identity }
    for (id, pool) in change.pools { pools[id] = pool }
    for (id, disk) in change.disks { replace(id, by: disk) }
    for (name, set) in change.sets { replace(name, by: set) }
    for (number, port) in change.ports { ports[number] = port }
    for (name, account) in change.accounts { accounts[name] = account }
    for licence in change.licences { load(licence) }
    for (volume, kept) in change.reservations { reservations[volume] = kept }
    for event in change.events {
      events.append(event)
      if Self.configurationEvents.contains(event.messageID) { configurationNumber = event.number }
    }
  }

  private static let configurationEvents: Set<MessageID> = [
    .arrayRenamed, .diskBound, .diskUnbound, .diskRenamed, .diskExpanded, .generationsAdded,
    .generationsRemoved, .ldSetChanged, .hostPortChanged,
  ]

  mutating func replace(_ id: VolumeID, by disk: Disk?) {
    if let old = disks[id] {
      forget(old)
      if let master = old.volume?.pair?.master, master != disk?.volume?.pair?.master {
        replicas[master]?.removeAll { $0 == id }
        if replicas[master]?.isEmpty == true { replicas[master] = nil }
      }
    }
    disks[id] = disk
    follow(disk?.volume?.pair?.copy, of: id)
    guard let disk else {
      paces[id] = nil
      return
    }
    if disk.limits.areWatched { watched.insert(id) }
    byName[disk.name] = id
    if let number = disk.number { byNumber[number] = id }
    if disk.baseID != id { families[disk.baseID, default: Family()].insert(disk) }
    if let target = disk.link?.state.target { linkedBy[target.volume] = id }
    if let master = disk.volume?.pair?.master {
      if replicas[master]?.contains(id) != true { replicas[master, default: []].append(id) }
    }
  }

  private mutating func follow(_ copy: PairCopy?, of replica: VolumeID) {
    if let copy {
      if let work = copies[replica] {
        work.update(copy)
      } else {
        copies[replica] = CopyWork(copy)
      }
    } else {
      copies.removeValue(forKey: replica)?.finish()
    }
  }

  private mutating func forget(_ disk: Disk) {
    if byName[disk.name] == disk.id { byName[disk.name] = nil }
    if let number = disk.number, byNumber[number] == disk.id { byNumber[number] = nil }
    if disk.baseID != disk.id {
      families[disk.baseID]?.remove(disk)
      if families[disk.baseID]?.isEmpty == true { families[disk.baseID] = nil }
    }
    if let target = disk.link?.state.target, linkedBy[target.volume] == disk.id {
      linkedBy[target.volume] = nil
    }
    watched.remove(disk.id)
  }

  mutating func replace(_ name: LDSetName, by set: LDSet?) {
    for volume in sets[name]?.assignments.values ?? [:].values {
      setsOf[volume]?.removeAll { $0 == name }
      if setsOf[volume]?.isEmpty == true { setsOf[volume] = nil }
    }
    sets[name] = set
    for volume in set?.assignments.values ?? [:].values {
      setsOf[volume, default: []].append(name)
    }
  }

  mutating func load(_ pool: Pool) { pools[pool.id] = pool }
  mutating func load(_ kept: UnitReservations, of volume: VolumeID) {
    reservations[volume] = kept
  }
  mutating func load(_ licence: Licence) { licences[licence.product] = licence }
  mutating func load(_ port: HostPort) { ports[port.number] = port }
  mutating func load(_ account: Account) { accounts[account.name] = account }
}

extension ArrayState {
  /// What a requester may see. A host sees its LD sets, the disks in them and all that are
  /// related to those, and the pools and ports that these are in and reached at.
  ///
  /// - Complexity: O(1) for operators; O(disks that it sees) for a host.
  func seen(by requester: Requester?) -> ArrayState {
    guard case .host(let name) = requester else { return self }
    var seen = self
    seen.disks = [:]
    seen.byName = [:]
    seen.byNumber = [:]
    seen.families = [:]
    seen.linkedBy = [:]
    seen.replicas = [:]
    seen.watched = []
    seen.sets = [:]
    seen.setsOf = [:]
    seen.accounts = [:]
    for set in accounts[name]?.ldSets ?? [] {
      if let set = sets[set] { seen.replace(set.name, by: set) }
    }
    for disk in relatives(of: seen.sets.values.flatMap(\.assignments.values)) {
      seen.replace(disk.id, by: disk)
    }
    let pools = Set(seen.disks.values.map(\.pool))
    seen.pools = self.pools.filter { pools.contains($0.key) }
    seen.ports = ports.filter { port in
      seen.sets.values.contains { $0.isReached(at: port.key) }
    }
    return seen
  }

  /// The same for operations: what a host may not see cannot be named. The rest is there, so
  /// that rules know all that a disk has to do with.
  func named(by requester: Requester) -> ArrayState {
    guard requester.isHost else { return self }
    let seen = seen(by: requester)
    var named = self
    named.byName = seen.byName
    named.byNumber = seen.byNumber
    return named
  }

  /// Disks with the whole families that they belong to, and those paired with any of them.
  private func relatives(of assigned: [VolumeID]) -> [Disk] {
    let own = Set(assigned.compactMap { disks[$0]?.baseID })
    let partners = own.flatMap { family(of: $0) }.flatMap { disk in
      (replicas[disk.id] ?? []) + [disk.volume?.pair?.master].compactMap { $0 }
    }.compactMap { disks[$0]?.baseID }
    return own.union(partners).flatMap { family(of: $0) }
  }

  /// A base volume with its generations and link volumes.
  private func family(of base: VolumeID) -> [Disk] {
    let members = (families[base]?.generations.map(\.volume) ?? []) + (families[base]?.links ?? [])
    return ([base] + members).compactMap { disks[$0] }
  }
}

/// An operation under way on a volume, which others must wait for.
struct Transition: Sendable {
  /// Which operation; its own plan does not mind it.
  var token: UInt64
  var kind: Kind

  enum Kind: Sendable {
    case changing
    case deleting
    case restoring(started: Timestamp)
  }
}
