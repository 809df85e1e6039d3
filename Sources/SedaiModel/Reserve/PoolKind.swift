/// What a pool may hold.
/// - Source: features.md 1.4.2.
public enum PoolKind: String, CaseIterable, Sendable {
  /// Base volumes, ordinary disks and control volumes.
  case basic
  /// These, and a reserve with generations and link volumes.
  case dynamic
}
