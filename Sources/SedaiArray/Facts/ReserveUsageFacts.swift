public import SedaiModel

/// Who uses a snapshot reserve area, of one moment. Allocated bytes are those of whole chunks.
public struct ReserveUsageFacts: Sendable, Hashable {
  public let pool: PoolName
  public let capacity: UInt64
  /// As ``ReserveFacts/used``: what the families hold and what is being reclaimed.
  public let used: UInt64
  /// Held by deleted generations that have not given it back yet, or by writes under way.
  public let beingReclaimed: UInt64
  /// By name of the base volume; those that hold something, or could.
  public let families: [Family]

  /// What one base volume's generations cost.
  public struct Family: Sendable, Hashable {
    public let base: LogicalDiskName
    /// Those that hold a snapshot.
    public let generations: Int
    /// What the base volume was before its last restore is kept.
    public let hasUndo: Bool
    /// Of chunks beyond the one that each written index of the base volume is promised.
    public let allocatedBytes: UInt64
    /// Of blocks that only generations hold.
    public let validBytes: UInt64
  }
}
