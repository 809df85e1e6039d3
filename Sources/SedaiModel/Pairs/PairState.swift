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

  /// Whether neither side depends on the other: each can be changed alone.
  public var isIdle: Bool {
    switch self {
    case .separated, .cancelled, .fault: true
    case .replicating, .synchronised, .separating, .restoring, .restored: false
    }
  }

  /// Whether data is on its way; it ends by itself.
  public var isCopying: Bool {
    switch self {
    case .replicating, .separating, .restoring: true
    case .synchronised, .separated, .restored, .cancelled, .fault: false
    }
  }
}

/// What was last asked of a pair.
/// - Source: states.md 4, activity state.
public enum PairActivity: String, CaseIterable, Sendable {
  case replicate
  case separate
  case restore
  case restoreProtected = "restore(protect)"
}

/// How a pair follows the writes of its master volume.
/// - Source: states.md 4, copy control state.
public enum CopyMode: String, CaseIterable, Sendable {
  case foreground = "fg"
  case background = "bg"

  /// The words that commands print.
  public var text: String {
    switch self {
    case .foreground: "foreground copy"
    case .background: "background copy"
    }
  }
}

/// How much of a volume a copy moves.
public enum CopyRange: String, CaseIterable, Sendable {
  /// Everything, as if nothing were known of the replication volume.
  case full
  /// What changed on either side since both were the same.
  case differences = "diff"
}

/// When a separated replication volume can be used.
/// - Source: commands.md 4.3.
public enum ReplicaUse: String, CaseIterable, Sendable {
  /// At once; what was not copied yet is copied when it is accessed.
  case immediate
  /// When everything has been copied.
  case complete
}

/// What a restore leaves of the connection.
/// - Source: states.md 4, transitions.
public enum PairRestoreMode: String, CaseIterable, Sendable {
  /// The replication volume follows the master volume afterwards.
  case update
  /// The replication volume stays as it is: the pair separates by itself.
  case protect
}

/// What `iSMrc_wait` waits for.
public enum PairCondition: String, CaseIterable, Sendable {
  /// Both volumes are the same: rpl/sync or rst/sync.
  case synchronised = "sync"
  /// The pair is separated.
  case separated = "sep"

  /// Whether a wait for it is over in `state`; nil if it can never be.
  public func isMet(by state: PairState) -> Bool? {
    switch (self, state) {
    case (_, .cancelled), (_, .fault): nil
    case (.synchronised, .synchronised), (.synchronised, .restored), (.separated, .separated):
      true
    case (.synchronised, _), (.separated, _): false
    }
  }
}
