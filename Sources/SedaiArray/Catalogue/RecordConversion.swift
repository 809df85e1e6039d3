import SedaiFormat
import SedaiModel

/// A record that says what no program of this array ever wrote.
struct RecordDamage: Error {
  let reason: String
}

private func required<Value>(_ value: Value?, _ reason: String) throws(RecordDamage) -> Value {
  guard let value else { throw RecordDamage(reason: reason) }
  return value
}

private func all<Value>(
  _ texts: [String], _ kind: String, _ read: (String) -> Value?
) throws(RecordDamage) -> [Value] {
  var values: [Value] = []
  for text in texts { values.append(try required(read(text), "\(kind) \(text)")) }
  return values
}

extension ArrayIdentity {
  init(_ record: ArrayRecord) {
    self.init(
      name: record.name, worldWideName: record.worldWideName, nextVolume: record.nextVolume)
  }
  var record: ArrayRecord {
    ArrayRecord(name: name, worldWideName: worldWideName, nextVolume: nextVolume)
  }
}

extension Pool {
  init(_ record: PoolRecord) throws(RecordDamage) {
    id = PoolID(record.number)
    name = try required(PoolName(record.name), "pool name \(record.name)")
    kind = record.isBasic == true ? .basic : .dynamic
    members = record.members
    guard let reserve = record.reserve else { return }
    self.reserve = Reserve(
      chunks: reserve.chunks,
      policy: try required(
        ReservePolicy(rawValue: reserve.policy), "reserve policy \(reserve.policy)"),
      thresholds: try required(
        ReserveThresholds(warning: reserve.warning, critical: reserve.critical),
        "reserve thresholds"))
  }
  var record: PoolRecord {
    PoolRecord(
      number: id.rawValue, name: name.rawValue, members: members,
      reserve: reserve.map {
        ReserveRecord(
          chunks: $0.chunks, policy: $0.policy.rawValue, warning: $0.thresholds.warning,
          critical: $0.thresholds.critical)
      }, isBasic: kind == .basic ? true : nil)
  }
}

private func osType(_ text: String?) throws(RecordDamage) -> OSType? {
  guard let text else { return nil }
  return try required(OSType(rawValue: text), "type \(text)")
}

extension Disk {
  init(_ record: DiskRecord) throws(RecordDamage) {
    id = VolumeID(record.id)
    number = record.number.map { LogicalDiskNumber($0) }
    name = try required(LogicalDiskName(record.name), "disk name \(record.name)")
    osType = try SedaiArray.osType(record.osType)
    pool = PoolID(record.pool)
    boundAt = Timestamp(nanoseconds: record.boundAt)
    if let limits = record.limits { self.limits = try IOLimits(limits) }
    if let volume = record.volume {
      body = .volume(try DataVolume(volume))
    } else if let snapshot = record.snapshot {
      body = .snapshot(SnapshotVolume(snapshot))
    } else {
      body = .link(try LinkVolume(try required(record.link, "disk \(record.name) without kind")))
    }
  }

  var record: DiskRecord {
    var record = DiskRecord(
      id: id.rawValue, number: number?.rawValue, name: name.rawValue, osType: osType?.rawValue,
      pool: pool.rawValue, boundAt: boundAt.rawValue,
      limits: limits == IOLimits() ? nil : limits.record)
    switch body {
    case .volume(let volume): record.volume = volume.record
    case .snapshot(let snapshot): record.snapshot = snapshot.record
    case .link(let link): record.link = link.record
    }
    return record
  }
}

extension IOLimits {
  fileprivate init(_ record: LimitsRecord) throws(RecordDamage) {
    func rate(_ number: UInt32?) throws(RecordDamage) -> IORate? {
      guard let number else { return nil }
      return try required(IORate(number), "I/O limit \(number)")
    }
    self.init(
      upper: try rate(record.upper), lower: try rate(record.lower),
      reportsUpper: record.reportsUpper)
  }
  fileprivate var record: LimitsRecord {
    LimitsRecord(
      upper: upper?.perSecond, lower: lower?.perSecond, reportsUpper: reportsUpper)
  }
}

extension DataVolume {
  init(_ record: VolumeRecord) throws(RecordDamage) {
    let bytes = record.blockBytes ?? LogicalBlockSize.bytes512.rawValue
    self.init(
      image: ImageID(record.image), capacity: record.capacity,
      blockSize: try required(LogicalBlockSize(rawValue: bytes), "blocks of \(bytes) bytes"),
      signature: record.signature.map { DiskSignature($0) },
      undo: record.undo.map { ImageID($0) },
      returning: record.returning.map {
        Returning(
          snapshot: VolumeID($0.snapshot), since: Timestamp(nanoseconds: $0.since))
      }, isControl: record.isControl,
      lastGeneration: record.lastGeneration)
    if let record = record.pair { pair = try ReplicaPair(record) }
  }
  var record: VolumeRecord {
    VolumeRecord(
      image: image.rawValue, capacity: capacity, signature: signature?.rawValue,
      undo: undo?.rawValue,
      returning: returning.map {
        ReturningRecord(snapshot: $0.snapshot.rawValue, since: $0.since.rawValue)
      }, blockBytes: blockSize == .bytes512 ? nil : blockSize.rawValue, isControl: isControl,
      lastGeneration: lastGeneration, pair: pair?.record)
  }
}

extension ReplicaPair {
  init(_ record: PairRecord) throws(RecordDamage) {
    self.init(of: VolumeID(record.master), at: Timestamp(nanoseconds: record.startedAt))
    state = try required(PairState(rawValue: record.state), "pair state \(record.state)")
    activity = try required(
      PairActivity(rawValue: record.activity), "pair activity \(record.activity)")
    previousActivity = record.previousActivity.flatMap { PairActivity(rawValue: $0) }
    copyMode = try required(CopyMode(rawValue: record.copyMode), "copy mode \(record.copyMode)")
    access = try required(AccessMode(rawValue: record.access), "access of a copy")
    use = try required(ReplicaUse(rawValue: record.use), "use of a copy")
    endedAt = record.endedAt.map { Timestamp(nanoseconds: $0) }
    isAllDifferent = record.isAllDifferent
    if let record = record.copy { copy = try PairCopy(record) }
    common = record.commonMaster.map {
      CommonPast(master: ImageID($0), replica: record.commonReplica.map { ImageID($0) })
    }
  }
  var record: PairRecord {
    PairRecord(
      master: master.rawValue, state: state.rawValue, activity: activity.rawValue,
      previousActivity: previousActivity?.rawValue, copyMode: copyMode.rawValue,
      access: access.rawValue, use: use.rawValue, startedAt: startedAt.rawValue,
      endedAt: endedAt?.rawValue, isAllDifferent: isAllDifferent, copy: copy?.record,
      commonMaster: common?.master.rawValue, commonReplica: common?.replica?.rawValue)
  }
}

extension PairCopy {
  init(_ record: CopyRecord) throws(RecordDamage) {
    direction = try required(
      Direction(rawValue: record.direction), "direction of a copy \(record.direction)")
    from = record.from.map { ImageID($0) }
    source = ImageID(record.source)
    next = record.next.map { ImageID($0) }
    done = record.done
    for part in record.written {
      guard part.count == 2, part[0] <= part[1] else {
        throw RecordDamage(reason: "parts of a copy")
      }
      written.append(part[0]..<part[1])
    }
  }
  var record: CopyRecord {
    CopyRecord(
      direction: direction.rawValue, from: from?.rawValue, source: source.rawValue,
      next: next?.rawValue, done: done,
      written: written.map { [$0.lowerBound, $0.upperBound] })
  }
}

extension SnapshotVolume {
  init(_ record: SnapshotRecord) {
    base = VolumeID(record.base)
    generation = record.generation
    if let active = record.active {
      content = .active(
        ActiveSnapshot(
          image: ImageID(active.image), since: Timestamp(nanoseconds: active.since),
          capacity: active.capacity, isGuarded: active.isGuarded,
          signature: active.signature.map { DiskSignature($0) }))
    } else if let deletedAt = record.deletedAt {
      content = .deleted(at: Timestamp(nanoseconds: deletedAt))
    } else {
      content = .empty
    }
  }
  var record: SnapshotRecord {
    var record = SnapshotRecord(base: base.rawValue, generation: generation)
    switch content {
    case .empty: break
    case .deleted(let at): record.deletedAt = at.rawValue
    case .active(let active):
      record.active = ActiveRecord(
        image: active.image.rawValue, since: active.since.rawValue, capacity: active.capacity,
        isGuarded: active.isGuarded, signature: active.signature?.rawValue)
    }
    return record
  }
}

extension LinkVolume {
  init(_ record: LinkRecord) throws(RecordDamage) {
    base = VolumeID(record.base)
    signature = record.signature.map { DiskSignature($0) }
    guard let target = record.target else {
      state = .unlinked
      return
    }
    let volume = VolumeID(target)
    state = .linked(
      record.targetIsBase == true ? .base(volume) : .snapshot(volume),
      try required(
        record.access.flatMap { AccessMode(rawValue: $0) }, "access of a link"))
  }
  var record: LinkRecord {
    var record = LinkRecord(base: base.rawValue, signature: signature?.rawValue)
    guard case .linked(let target, let access) = state else { return record }
    record.target = target.volume.rawValue
    if case .base = target { record.targetIsBase = true }
    record.access = access.rawValue
    return record
  }
}

extension LDSet {
  /// - Parameter targetName: for a set whose record has none.
  init(
    _ record: LDSetRecord, targetName: (LDSetName) -> ISCSIName
  ) throws(RecordDamage) {
    name = try required(LDSetName(record.name), "LD set name \(record.name)")
    osType = try SedaiArray.osType(record.osType)
    clients = record.clients
    assignments = Dictionary(
      record.assignments.map { ($0.lun, VolumeID($0.volume)) }, uniquingKeysWith: { $1 })
    if let texts = record.paths {
      connection = .fibreChannel(
        paths: try all(texts, "a path") { FibreChannelPath(parsing: $0) })
    } else if let access = record.iSCSI {
      connection = .iSCSI(try ISCSIAccess(access))
    } else {
      connection = .iSCSI(
        ISCSIAccess(initiators: [], mode: .normal, targetName: targetName(name), ports: nil))
    }
  }
  var record: LDSetRecord {
    var record = LDSetRecord(
      name: name.rawValue, osType: osType?.rawValue, clients: clients,
      assignments: assignments.sorted { $0.key < $1.key }.map {
        AssignmentRecord(lun: $0.key, volume: $0.value.rawValue)
      })
    switch connection {
    case .fibreChannel(let paths): record.paths = paths.map(\.description)
    case .iSCSI(let access): record.iSCSI = access.record
    }
    return record
  }
}

extension ISCSIAccess {
  init(_ record: ISCSIAccessRecord) throws(RecordDamage) {
    initiators = try all(record.initiators, "an initiator") { ISCSIName($0) }
    mode = try required(TargetMode(rawValue: record.mode), "target mode \(record.mode)")
    targetName = try required(
      ISCSIName(record.targetName), "target name \(record.targetName)")
    guard let texts = record.ports else { return }
    ports = try all(texts, "a port") { HostPortNumber(parsing: $0) }
  }
  var record: ISCSIAccessRecord {
    ISCSIAccessRecord(
      initiators: initiators.map(\.rawValue), mode: mode.rawValue,
      targetName: targetName.rawValue, ports: ports?.map(\.description))
  }
}

extension LDSet {
  /// Nil if its initiators have to prove nothing.
  var chapRecord: CHAPRecord? {
    guard case .iSCSI(let access) = connection, !access.chap.isEmpty else { return nil }
    return CHAPRecord(set: name.rawValue, entries: access.chap.map(\.record))
  }

  /// Takes up what its initiators have to prove.
  mutating func take(_ record: CHAPRecord) throws(RecordDamage) {
    guard case .iSCSI(var access) = connection else {
      throw RecordDamage(reason: "secrets of a set without initiators")
    }
    for entry in record.entries { access.chap.append(try CHAPEntry(entry)) }
    connection = .iSCSI(access)
  }
}

extension CHAPEntry {
  init(_ record: CHAPEntryRecord) throws(RecordDamage) {
    initiator = try record.initiator.map { (text) throws(RecordDamage) in
      try required(ISCSIName(text), "an initiator")
    }
    // What is wrong with a secret is not told: the reason is shown.
    let target = record.targetUser.flatMap { user in
      record.targetSecret.flatMap(CHAPSecret.init).flatMap { CHAPIdentity(user: user, secret: $0) }
    }
    let own = CHAPSecret(record.secret).flatMap { CHAPIdentity(user: record.user, secret: $0) }
    guard let own, (target == nil) == (record.targetUser == nil),
      let credentials = CHAPCredentials(initiator: own, target: target)
    else { throw RecordDamage(reason: "secrets that cannot be so") }
    self.credentials = credentials
  }
  var record: CHAPEntryRecord {
    CHAPEntryRecord(
      initiator: initiator?.rawValue, user: credentials.initiator.user,
      secret: credentials.initiator.secret.text, targetUser: credentials.target?.user,
      targetSecret: credentials.target?.secret.text)
  }
}

extension ReservationRecord {
  init(_ volume: VolumeID, _ kept: UnitReservations) {
    self.init(
      volume: volume.rawValue,
      registrations: kept.registrations.map {
        RegistrationRecord(initiator: $0.initiator, target: $0.target, key: $0.key)
      }, kind: kept.held?.kind, holder: kept.held?.holder)
  }
}

extension UnitReservations {
  init(_ record: ReservationRecord) {
    self.init(
      registrations: record.registrations.map {
        Registration(initiator: $0.initiator, target: $0.target, key: $0.key)
      }, held: record.kind.map { Held(kind: $0, holder: record.holder) })
  }
}

extension HostPort {
  init(_ record: HostPortRecord) throws(RecordDamage) {
    number = try required(HostPortNumber(parsing: record.number), "port \(record.number)")
    if let text = record.name { name = try required(PortName(text), "port name \(text)") }
    guard let text = record.address else { return }
    portal = ISCSIPortal(
      address: try required(IPv4Address(text), "address \(text)"),
      tcpPort: record.tcpPort ?? ISCSIPortal.standardTCPPort)
  }
  var record: HostPortRecord {
    HostPortRecord(
      number: number.description, name: name?.rawValue, address: portal?.address.description,
      tcpPort: portal?.tcpPort)
  }
}

extension Account {
  init(_ record: AccountRecord) throws(RecordDamage) {
    name = try required(AccountName(record.name), "account name \(record.name)")
    if let role = record.role {
      kind = .operator(try required(OperatorRole(rawValue: role), "role \(role)"))
    } else {
      kind = .host(ldSets: try all(record.ldSets ?? [], "an LD set") { LDSetName($0) })
    }
    if let digest = record.tokenDigest {
      tokenDigest = try required(TokenDigest(hexadecimal: digest), "a token's digest")
    }
    localUsers = record.localUsers
    createdAt = Timestamp(nanoseconds: record.createdAt)
  }
  var record: AccountRecord {
    var record = AccountRecord(
      name: name.rawValue, tokenDigest: tokenDigest?.hexadecimal,
      localUsers: localUsers, createdAt: createdAt.rawValue)
    switch kind {
    case .operator(let role): record.role = role.rawValue
    case .host(let ldSets): record.ldSets = ldSets.map(\.rawValue)
    }
    return record
  }
}

extension ArrayEvent {
  init(_ record: EventRecord) {
    self.init(
      number: record.number, time: Timestamp(nanoseconds: record.time),
      messageID: MessageID(record.message),
      arguments: record.arguments.mapValues { MessageArgument($0) },
      requester: record.requester)
  }
  var record: EventRecord {
    EventRecord(
      number: number, time: time.rawValue, message: messageID.rawValue,
      arguments: arguments.mapValues(\.record), requester: requester)
  }
}

extension MessageArgument {
  fileprivate init(_ record: ArgumentRecord) {
    if let count = record.count {
      self = .count(count)
    } else if let bytes = record.bytes {
      self = .bytes(bytes)
    } else if let percent = record.percent {
      self = .percent(percent)
    } else if let seconds = record.seconds {
      self = .seconds(seconds)
    } else {
      self = .text(record.text ?? "")
    }
  }
  fileprivate var record: ArgumentRecord {
    switch self {
    case .text(let text): ArgumentRecord(text: text)
    case .count(let count): ArgumentRecord(count: count)
    case .bytes(let bytes): ArgumentRecord(bytes: bytes)
    case .percent(let percent): ArgumentRecord(percent: percent)
    case .seconds(let seconds): ArgumentRecord(seconds: seconds)
    }
  }
}
