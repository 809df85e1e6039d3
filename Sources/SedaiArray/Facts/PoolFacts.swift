public import SedaiModel

/// A pool and its snapshot reserve area. All sizes are bytes of whole chunks.
public struct PoolFacts: Sendable, Hashable {
  /// Its number, 0…254.
  public let number: UInt8
  public let name: PoolName
  public let kind: PoolKind
  public let state: State
  /// Of all its chunks.
  public let capacity: UInt64
  /// Promised to volumes, to the reserve, and to the staging area for generations elsewhere.
  public let promised: UInt64
  /// Not promised to anything.
  public let free: UInt64
  /// Chunks that hold data, of volumes and generations.
  public let allocated: UInt64
  /// Freed and not yet usable: waits for a job or a durable commit. Counts as used.
  public let awaitingReuse: UInt64
  public let reserve: ReserveFacts?
  /// Paths of its files and devices, in order.
  public let members: [String]

  /// Whether it can be used.
  public enum State: String, Sendable {
    case ready
    /// It works, but accesses to it failed in the last ten minutes.
    case failing
    /// A flush failed, or a file of it was removed or cut short: it refuses writes until the
    /// array is restarted.
    case poisoned
    /// A file or device of it is not there.
    case missing
  }
}

/// A snapshot reserve area.
public struct ReserveFacts: Sendable, Hashable {
  /// Bytes of whole chunks.
  public let capacity: UInt64
  /// Bytes that generations hold, or that deleted ones have not given back yet.
  public let used: UInt64
  public let policy: ReservePolicy
  public let thresholds: ReserveThresholds
  public let level: ReserveLevel
}

/// What a set of generations holds alone.
public struct ExclusiveSpace: Sendable, Hashable {
  /// Bytes of whole chunks that deleting the set would free.
  public let allocatedBytes: UInt64
  /// Bytes of valid blocks in them.
  public let validBytes: UInt64
}

/// The array as a whole.
public struct ArrayStatus: Sendable, Hashable {
  public let name: String
  /// 16 hexadecimal digits, chosen when the array was made.
  public let worldWideName: String
  public let startedAt: Timestamp
  public let pools: Int
  public let logicalDisks: Int
  /// Generations that hold a snapshot.
  public let snapshots: Int
  public let linkVolumes: Int
  /// Jobs under way.
  public let jobs: Int
  /// Numbers of the events kept: the array forgets older ones.
  public let newestEvent: UInt64
  /// The number of the event that told of the newest change of disks, LD sets, ports or names;
  /// another one after every start.
  public let configurationNumber: UInt64
}

/// Everything that is configured, of one moment.
public struct ArrayConfiguration: Sendable, Hashable {
  public let status: ArrayStatus
  /// By number.
  public let pools: [PoolFacts]
  /// By number, then those without one.
  public let disks: [DiskFacts]
  /// By name.
  public let ldSets: [LDSetFacts]
  /// By number.
  public let hostPorts: [HostPortFacts]
  public let licences: [LicenceFacts]
}

/// Where two states of a volume differ.
public struct DifferenceList: Sendable, Hashable {
  /// Ranges that differ, ascending, in whole blocks of 4 KiB where the volume's end allows.
  public let ranges: [VolumeChange]
  /// Where to ask on, in bytes; nil if everything asked for was compared.
  public let next: UInt64?
}
