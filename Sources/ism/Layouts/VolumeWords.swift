import SedaiAPI

/// Shown where there is nothing to show: readers of the layouts need a value after every label.
let nothing = "-"

extension GenerationState {
  /// The state word of reports; one word without blanks.
  /// - Source: states.md 2.
  var word: String {
    switch self {
    case .empty: nothing
    case .active: "snap/active"
    case .deleting: "snap/deleting"
    case .deleted: "snap/deleted"
    case .restoring: "rst/exec"
    case .fault: "snap/fault"
    }
  }
}

extension GenerationDocument {
  /// When the snapshot was taken. Nil without a snapshot, and while it is being deleted: the
  /// agent reads a time only beside a state that lasts, and nothing may follow a state that
  /// ends in `ing`.
  /// - Source: management-cli.md 4.2.
  var shownTime: Int64? {
    switch state {
    case .active, .restoring, .fault: createdAt
    case .empty, .deleting, .deleted: nil
    }
  }

  /// `-1` for the newest snapshot, `-` without one.
  var generationText: String { age.map { "-\($0)" } ?? nothing }

  var linkWord: String { linkedTo == nil ? "unlink" : "link" }
}
