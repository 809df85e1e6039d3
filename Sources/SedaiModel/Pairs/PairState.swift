/// The state of a master volume and its replication volume.
/// - Source: states.md 4.
public enum PairState: String, CaseIterable, Sendable {
  case replicating = "rpl/exec"
  case synchronised = "rpl/sync"
  case separating = "sep/exec"
  case separated = "separated"
  case restoring = "rst/exec"
  case restored = "rst/sync"
  case cancelled = "cancel"
  case fault = "fault"

  /// Whether a snapshot may be taken of the replication volume.
  /// - Source: features.md 3.11.
  public var permitsSnapshot: Bool { self == .separated }
}
