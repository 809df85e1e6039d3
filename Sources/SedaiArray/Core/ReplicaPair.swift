import SedaiModel

/// That a volume is, or was told to become, the copy of another, as the catalogue keeps it: with
/// the copy. A volume is the copy of one other at most.
struct ReplicaPair: Hashable, Sendable {
  var master: VolumeID
  var state: PairState
  var activity: PairActivity
  var previousActivity: PairActivity?
  var copyMode: CopyMode
  /// What hosts may do with the copy once it is theirs.
  var access: AccessMode
  /// Whether hosts may use the copy before the end of a separation.
  var use: ReplicaUse
  /// When the activity began, and when it ended.
  var startedAt: Timestamp
  var endedAt: Timestamp?
  /// Nothing is known of what the two have in common.
  var isAllDifferent: Bool
  /// Between pools: what is on its way, and what both were when they were the same.
  var copy: PairCopy?
  var common: CommonPast?

  init(of master: VolumeID, at now: Timestamp) {
    self.master = master
    state = .separated
    activity = .separate
    copyMode = .background
    access = .readWrite
    use = .complete
    startedAt = now
    endedAt = now
    isAllDifferent = true
  }

  /// What hosts may do with the copy now.
  /// - Source: states.md 4, sync state.
  var hostAccess: AccessMode {
    switch state {
    case .separated: access
    case .separating: use == .immediate ? access : .notReady
    case .replicating, .synchronised, .restoring, .restored, .cancelled, .fault: .notReady
    }
  }

  /// Enters a state; `activity` if it is a request that leads there.
  mutating func enter(_ state: PairState, by activity: PairActivity? = nil, at now: Timestamp) {
    if let activity {
      previousActivity = self.activity
      self.activity = activity
      startedAt = now
    }
    self.state = state
    endedAt = state.isCopying ? nil : now
  }
}

extension Disk {
  /// What hosts may do with it.
  var hostAccess: AccessMode {
    switch body {
    case .volume(let volume): volume.pair?.hostAccess ?? .readWrite
    case .snapshot: .notReady
    case .link(let link): link.state.access
    }
  }
}
