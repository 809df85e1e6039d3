/// What a snapshot volume holds, with what belongs to it.
/// - Source: states.md 2.
public enum SnapshotState: Hashable, Sendable {
  /// Built, and no snapshot was ever taken into it.
  case empty
  /// Holds the base volume as of `since`.
  case active(since: Timestamp)
  /// Its snapshot is being deleted.
  case deleting(since: Timestamp)
  /// Its snapshot was deleted at `at`; it can be used again.
  case deleted(at: Timestamp)
  /// Its contents are being restored to the base volume.
  case restoring(since: Timestamp, started: Timestamp)
  /// Its contents cannot be reached.
  case fault(since: Timestamp)

  /// The word that commands print; `-` for a volume that never held a snapshot.
  public var text: String {
    switch self {
    case .empty: "-"
    case .active: "snap/active"
    case .deleting: "snap/deleting"
    case .deleted: "snap/deleted"
    case .restoring: "rst/exec"
    case .fault: "snap/fault"
    }
  }

  /// When the snapshot was taken; nil if there is none.
  public var takenAt: Timestamp? {
    switch self {
    case .empty, .deleted: nil
    case .active(let since), .deleting(let since), .restoring(let since, _), .fault(let since):
      since
    }
  }

  /// Whether an operation on it is under way that will end by itself.
  public var isInTransition: Bool {
    switch self {
    case .deleting, .restoring: true
    case .empty, .active, .deleted, .fault: false
    }
  }

  /// Whether a snapshot can be taken into it without losing one.
  public var isVacant: Bool {
    switch self {
    case .empty, .deleted: true
    case .active, .deleting, .restoring, .fault: false
    }
  }
}

/// What becomes of generations newer than a restored one.
/// - Source: commands.md 2.3.
public enum DerivedGenerations: String, CaseIterable, Sendable {
  case keep
  case delete = "del"
}

/// What `iSMsc_wait` waits for.
public enum SnapshotCondition: String, CaseIterable, Sendable {
  case active
  case deleted
}
