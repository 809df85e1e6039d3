import SedaiEngine
import SedaiFormat
import SedaiModel

/// What an operation is going to do: decided first from the state alone, then committed as a
/// whole, then made visible.
struct Change {
  let now: Timestamp
  /// Nil if the array acts by itself.
  let requester: Requester?
  /// The operation's own transitions; 0 before it has any.
  let token: UInt64

  private(set) var operations: [EngineOperation] = []
  private(set) var identity: ArrayIdentity?
  private(set) var pools: [PoolID: Pool?] = [:]
  private(set) var disks: [VolumeID: Disk?] = [:]
  private(set) var sets: [LDSetName: LDSet?] = [:]
  private(set) var ports: [HostPortNumber: HostPort?] = [:]
  private(set) var accounts: [AccountName: Account?] = [:]
  private(set) var licences: [Licence] = []
  private(set) var reservations: [VolumeID: UnitReservations?] = [:]
  private(set) var events: [ArrayEvent] = []
  /// Volumes others must leave alone while it runs.
  private(set) var marks: [VolumeID: Transition.Kind] = [:]
  /// Volumes that show something else afterwards: whoever has them open is cut off, and what
  /// is under way ends, before the commit.
  private(set) var closing: Set<VolumeID> = []
  /// What the requester is told if the engine finds the reserve too small.
  var reserveRefusal: DiskArrayError?

  init(now: Timestamp, requester: Requester?, token: UInt64) {
    self.now = now
    self.requester = requester
    self.token = token
  }

  mutating func perform(_ operation: EngineOperation) { operations.append(operation) }
  mutating func put(_ disk: Disk) { disks[disk.id] = .some(disk) }
  mutating func remove(_ disk: Disk) {
    disks[disk.id] = .some(nil)
    keep(nil, of: disk.id)
  }
  mutating func keep(_ kept: UnitReservations?, of volume: VolumeID) {
    reservations[volume] = .some(kept)
  }
  mutating func put(_ pool: Pool) { pools[pool.id] = .some(pool) }
  mutating func remove(_ pool: Pool) { pools[pool.id] = .some(nil) }
  mutating func put(_ set: LDSet) { sets[set.name] = .some(set) }
  mutating func remove(_ set: LDSet) { sets[set.name] = .some(nil) }
  mutating func put(_ account: Account) { accounts[account.name] = .some(account) }
  mutating func remove(_ account: Account) { accounts[account.name] = .some(nil) }
  mutating func put(_ licence: Licence) { licences.append(licence) }
  mutating func put(_ port: HostPort) { ports[port.number] = .some(port) }
  mutating func remove(_ port: HostPort) { ports[port.number] = .some(nil) }
  mutating func put(_ identity: ArrayIdentity) { self.identity = identity }
  mutating func mark(_ volume: VolumeID, _ kind: Transition.Kind) { marks[volume] = kind }
  mutating func close(_ volume: VolumeID) { closing.insert(volume) }

  /// Tells the world. The number follows the state's and earlier events of this change.
  mutating func tell(
    _ id: MessageID, _ arguments: MessageArguments = [:], in state: ArrayState
  ) {
    events.append(
      ArrayEvent(
        number: state.events.next + UInt64(events.count), time: now, messageID: id,
        arguments: arguments, requester: requester?.name))
  }

  /// A disk as it will be.
  func disk(_ id: VolumeID, in state: ArrayState) -> Disk? {
    if let changed = disks[id] { return changed }
    return state.disks[id]
  }

  /// A number for a new volume.
  mutating func nextVolume(in state: ArrayState) -> VolumeID {
    var identity = self.identity ?? state.identity
    defer {
      identity.nextVolume += 1
      self.identity = identity
    }
    return VolumeID(identity.nextVolume)
  }

  var isEmpty: Bool {
    operations.isEmpty && pools.isEmpty && disks.isEmpty && sets.isEmpty && ports.isEmpty
      && accounts.isEmpty && licences.isEmpty && reservations.isEmpty && events.isEmpty
      && identity == nil
  }
}
