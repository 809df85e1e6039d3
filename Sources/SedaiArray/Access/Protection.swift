import SedaiModel

// The one place that decides what may be written and what may be given up. Every way to a
// volume, the reserve's own included, asks here.

extension DiskArray {
  /// Whether hosts may write to a volume through a link or directly.
  func mayWrite(_ disk: Disk, access: AccessMode) -> Bool {
    if let pair = disk.volume?.pair, pair.hostAccess != .readWrite { return false }
    return access == .readWrite
  }

  /// Whether what a generation holds is kept from operators that would replace or delete it.
  func isProtected(_ snapshot: SnapshotVolume) -> Bool {
    snapshot.active?.isGuarded ?? false
  }

  /// Whether the reserve may give a generation up for a base volume's write. A guard puts it
  /// last, it does not forbid it.
  func mayGiveUp(_ snapshot: SnapshotVolume) -> Bool {
    snapshot.active != nil
  }
}
