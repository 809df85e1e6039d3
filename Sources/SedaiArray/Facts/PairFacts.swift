public import SedaiModel

/// A master volume and one of its replication volumes.
public struct PairFacts: Sendable, Hashable {
  public let master: DiskFacts
  public let replica: DiskFacts
  public let state: PairState
  public let activity: PairActivity
  public let previousActivity: PairActivity?
  public let copyMode: CopyMode
  /// What hosts may do with the replication volume once it is separated.
  public let access: AccessMode
  public let use: ReplicaUse
  /// When the activity began and ended; it is under way without an end.
  public let startedAt: Timestamp
  public let endedAt: Timestamp?
  /// Nothing is known of what the two have in common: everything counts as different.
  public let isAllDifferent: Bool
  /// Bytes that are still to be copied.
  public let remainingBytes: UInt64
}
