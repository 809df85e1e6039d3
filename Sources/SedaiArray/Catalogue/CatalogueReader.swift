import SedaiEngine
import SedaiFormat
import SedaiModel

/// Reads the records of a catalogue back into a state.
struct CatalogueReader {
  private var identity: ArrayIdentity?
  private var pools: [Pool] = []
  private var disks: [Disk] = []
  private var sets: [LDSet] = []
  private var setRecords: [LDSetRecord] = []
  private var chapRecords: [String: CHAPRecord] = [:]
  private var ports: [HostPort] = []
  private var accounts: [Account] = []
  private var licences: [Licence] = []
  private var reservations: [(volume: VolumeID, kept: UnitReservations)] = []
  private var events: [ArrayEvent] = []

  /// - Throws: `.metadataTooNew` if a later program wrote a record, `.metadataDamaged` if one
  ///   makes no sense. Nothing is changed by reading.
  init(_ catalogue: [(key: [UInt8], value: [UInt8])]) throws(DiskArrayError) {
    for (bytes, value) in catalogue {
      let key = String(decoding: bytes, as: UTF8.self)
      do {
        try read(key, value)
      } catch let error as DiskArrayError {
        throw error
      } catch let damage as RecordDamage {
        throw RecordCoding.damage(key, damage.reason)
      } catch {
        throw RecordCoding.damage(key, "\(error)")
      }
    }
    try convertSets()
    try check()
  }

  /// Last, because a set that was made before there were targets is named after the array.
  private mutating func convertSets() throws(DiskArrayError) {
    for record in setRecords {
      do throws(RecordDamage) {
        var set = try LDSet(record) { [sets, identity] name in
          TargetNames.unused(for: name, of: identity?.worldWideName ?? "", among: sets)
        }
        if let chap = chapRecords.removeValue(forKey: record.name) { try set.take(chap) }
        sets.append(set)
      } catch {
        throw RecordCoding.damage(record.name, error.reason)
      }
    }
  }

  private mutating func read(_ key: String, _ value: [UInt8]) throws {
    switch key.prefix(while: { $0 != "/" }) {
    case "array":
      identity = ArrayIdentity(
        try RecordCoding.decode(ArrayRecord.self, from: value, key: key))
    case "pool":
      pools.append(try Pool(try RecordCoding.decode(PoolRecord.self, from: value, key: key)))
    case "disk":
      disks.append(try Disk(try RecordCoding.decode(DiskRecord.self, from: value, key: key)))
    case "ldset":
      setRecords.append(try RecordCoding.decode(LDSetRecord.self, from: value, key: key))
    case "secret":
      let record = try RecordCoding.decode(CHAPRecord.self, from: value, key: key)
      chapRecords[record.set] = record
    case "reservation":
      let record = try RecordCoding.decode(ReservationRecord.self, from: value, key: key)
      reservations.append((VolumeID(record.volume), UnitReservations(record)))
    case "licence":
      let record = try RecordCoding.decode(LicenceRecord.self, from: value, key: key)
      guard let licence = Licence(key: record.key) else {
        throw RecordDamage(reason: "licence key \(record.key)")
      }
      licences.append(licence)
    case "port":
      ports.append(
        try HostPort(try RecordCoding.decode(HostPortRecord.self, from: value, key: key)))
    case "account":
      accounts.append(
        try Account(try RecordCoding.decode(AccountRecord.self, from: value, key: key)))
    case "event":
      events.append(
        ArrayEvent(try RecordCoding.decode(EventRecord.self, from: value, key: key)))
    default:
      throw RecordDamage(reason: "unknown kind of record")
    }
  }

  /// Every volume that a record speaks of exists.
  private func check() throws(DiskArrayError) {
    let known = Dictionary(disks.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    let poolsKnown = Set(pools.map(\.id))
    for disk in disks {
      let name = disk.name.rawValue
      guard poolsKnown.contains(disk.pool) else {
        throw RecordCoding.damage(name, "its pool is not in the catalogue")
      }
      guard known[disk.baseID]?.volume != nil else {
        throw RecordCoding.damage(name, "its base volume is not in the catalogue")
      }
      if let pair = disk.volume?.pair, known[pair.master] == nil {
        throw RecordCoding.damage(name, "its master volume is not in the catalogue")
      }
      if let target = disk.link?.state.target, known[target.volume] == nil {
        throw RecordCoding.damage(name, "it is linked to a volume not in the catalogue")
      }
    }
    for (volume, _) in reservations where known[volume] == nil {
      throw RecordCoding.damage("reservation", "its volume is not in the catalogue")
    }
    for set in sets {
      for volume in set.assignments.values where known[volume] == nil {
        throw RecordCoding.damage(set.name.rawValue, "it holds a volume not in the catalogue")
      }
    }
  }

  /// The state; nil if the catalogue is empty: a new array.
  func state(at now: Timestamp) -> ArrayState? {
    guard let identity else { return nil }
    var state = ArrayState(
      identity: identity, events: EventLog(kept: events), startedAt: now)
    for pool in pools { state.load(pool) }
    for disk in disks { state.replace(disk.id, by: disk) }
    for set in sets { state.replace(set.name, by: set) }
    for port in ports { state.load(port) }
    for account in accounts { state.load(account) }
    for licence in licences { state.load(licence) }
    for (volume, kept) in reservations { state.load(kept, of: volume) }
    return state
  }
}
