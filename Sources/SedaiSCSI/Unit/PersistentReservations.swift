/// What initiators have agreed on who may use a unit.
/// - Source: SPC-4 §5.12.
struct PersistentReservations: Sendable {
  /// - Source: SPC-4 §6.15.3.4.
  enum Kind: UInt8, Sendable {
    case writeExclusive = 1
    case exclusiveAccess = 3
    case writeExclusiveRegistrantsOnly = 5
    case exclusiveAccessRegistrantsOnly = 6
    case writeExclusiveAllRegistrants = 7
    case exclusiveAccessAllRegistrants = 8

    var isForAllRegistrants: Bool {
      self == .writeExclusiveAllRegistrants || self == .exclusiveAccessAllRegistrants
    }
    var isForRegistrants: Bool {
      isForAllRegistrants || self == .writeExclusiveRegistrantsOnly
        || self == .exclusiveAccessRegistrantsOnly
    }
    var excludesReaders: Bool {
      switch self {
      case .exclusiveAccess, .exclusiveAccessRegistrantsOnly, .exclusiveAccessAllRegistrants:
        true
      case .writeExclusive, .writeExclusiveRegistrantsOnly, .writeExclusiveAllRegistrants:
        false
      }
    }
  }

  /// Who holds it. Where all registrants do, no one in particular is named.
  struct Held: Hashable, Sendable {
    var kind: Kind
    var holder: SCSINexus?
  }

  struct Registration: Hashable, Sendable {
    let nexus: SCSINexus
    var key: UInt64
  }

  /// In the order in which they came.
  private(set) var registrations: [Registration] = []
  private(set) var held: Held?
  /// Counts changes of registrations since the array started.
  private(set) var generation: UInt32 = 0
  /// The last registration wanted all of it to survive a power cut.
  var survivesPowerLoss = false

  init(registrations: [Registration] = []) {
    self.registrations = registrations
    survivesPowerLoss = !registrations.isEmpty
  }

  mutating func hold(_ new: Held?) { held = new }

  mutating func remove(_ nexus: SCSINexus) { registrations.removeAll { $0.nexus == nexus } }

  func key(of nexus: SCSINexus) -> UInt64? {
    registrations.first { $0.nexus == nexus }?.key
  }

  func isHolder(_ nexus: SCSINexus) -> Bool {
    guard let held else { return false }
    return held.kind.isForAllRegistrants ? key(of: nexus) != nil : held.holder == nexus
  }

  /// Whether a command may not be carried out for `nexus`.
  func forbids(writing: Bool, to nexus: SCSINexus) -> Bool {
    guard let held, writing || held.kind.excludesReaders, !isHolder(nexus) else { return false }
    return !(held.kind.isForRegistrants && key(of: nexus) != nil)
  }

  // MARK: Changing. Each answers whom to tell what.

  typealias Attentions = [(Sense, [SCSINexus])]

  /// What keeps an action from being carried out.
  enum Refusal: Error {
    case conflict
    case check(Sense)
  }

  /// - Parameter key: nil if whatever was registered before is to be ignored.
  mutating func register(
    _ nexus: SCSINexus, key: UInt64?, as newKey: UInt64
  ) throws(Refusal) -> Attentions {
    let known = self.key(of: nexus)
    if let key, key != known ?? 0 { throw .conflict }
    guard let place = registrations.firstIndex(where: { $0.nexus == nexus }) else {
      guard newKey != 0 else { return [] }
      guard registrations.count < SCSILimits.maximumRegistrations else {
        throw .check(.insufficientRegistrations)
      }
      registrations.append(Registration(nexus: nexus, key: newKey))
      generation &+= 1
      return []
    }
    generation &+= 1
    guard newKey == 0 else {
      registrations[place].key = newKey
      return []
    }
    let wasHolder = isHolder(nexus)
    registrations.remove(at: place)
    guard wasHolder, let held else { return [] }
    if held.kind.isForAllRegistrants && !registrations.isEmpty { return [] }
    self.held = nil
    return held.kind.isForRegistrants ? [(.reservationsReleased, others(than: nexus))] : []
  }

  mutating func reserve(_ nexus: SCSINexus, key: UInt64, _ kind: Kind) throws(Refusal) {
    try checkKey(key, of: nexus)
    if let held {
      guard isHolder(nexus), held.kind == kind else { throw .conflict }
      return
    }
    held = Held(kind: kind, holder: kind.isForAllRegistrants ? nil : nexus)
  }

  mutating func release(
    _ nexus: SCSINexus, key: UInt64, _ kind: Kind?
  ) throws(Refusal) -> Attentions {
    try checkKey(key, of: nexus)
    guard let held, isHolder(nexus) else { return [] }
    guard held.kind == kind else { throw .check(.invalidRelease) }
    self.held = nil
    return held.kind.isForRegistrants ? [(.reservationsReleased, others(than: nexus))] : []
  }

  mutating func clear(_ nexus: SCSINexus, key: UInt64) throws(Refusal) -> Attentions {
    try checkKey(key, of: nexus)
    let told = others(than: nexus)
    registrations = []
    held = nil
    generation &+= 1
    return [(.reservationsPreempted, told)]
  }

  /// - Source: SPC-4 §5.12.11.4.
  mutating func preempt(
    _ nexus: SCSINexus, key: UInt64, victim: UInt64, _ kind: Kind?
  ) throws(Refusal) -> Attentions {
    try checkKey(key, of: nexus)
    let takesAll = held?.kind.isForAllRegistrants == true && victim == 0
    let heldKey = held?.holder.flatMap { self.key(of: $0) }
    let takesReservation = takesAll || (heldKey != nil && heldKey == victim)
    guard victim != 0 || takesAll else { throw .check(.invalidParameter(8)) }
    if takesReservation && kind == nil { throw .check(.invalidField(2)) }
    let removed = registrations.filter { $0.nexus != nexus && (takesAll || $0.key == victim) }
      .map(\.nexus)
    guard takesReservation || !removed.isEmpty || victim == key else { throw .conflict }
    registrations.removeAll { removed.contains($0.nexus) }
    generation &+= 1
    var attentions: Attentions = [(.registrationsPreempted, removed)]
    if takesReservation, let kind {
      if let before = held, before.kind != kind, before.kind.isForRegistrants {
        attentions.append((.reservationsReleased, others(than: nexus)))
      }
      held = Held(kind: kind, holder: kind.isForAllRegistrants ? nil : nexus)
    }
    return attentions
  }

  func checkKey(_ key: UInt64, of nexus: SCSINexus) throws(Refusal) {
    guard self.key(of: nexus) == key else { throw .conflict }
  }

  private func others(than nexus: SCSINexus) -> [SCSINexus] {
    registrations.map(\.nexus).filter { $0 != nexus }
  }
}
