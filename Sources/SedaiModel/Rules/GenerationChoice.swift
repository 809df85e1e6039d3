/// Which generation an operation takes that names none.
public enum GenerationChoice {
  /// A generation as far as choosing goes.
  public struct Candidate: Hashable, Sendable {
    /// Its place in the order of building, 1…
    public var number: Int
    public var state: SnapshotState
    /// Rises with every snapshot taken on the array; 0 if it holds none.
    public var sequence: UInt64

    public init(number: Int, state: SnapshotState, sequence: UInt64) {
      self.number = number
      self.state = state
      self.sequence = sequence
    }
  }

  /// The generation that a cyclic create takes: the vacant one built first, else the oldest.
  /// Whether it may be taken is for the rules to say; a younger one never steps in for it.
  /// - Source: states.md 2, Generations.
  public static func cyclicTarget(of candidates: [Candidate]) -> Candidate? {
    if let vacant = candidates.filter(\.state.isVacant).min(by: { $0.number < $1.number }) {
      return vacant
    }
    return candidates.min { $0.sequence < $1.sequence }
  }

  /// The generation that a delete of the next cyclic target frees; nil if a vacant one waits
  /// already, or if there is none at all.
  public static func automaticDelete(of candidates: [Candidate]) -> Candidate? {
    if candidates.contains(where: \.state.isVacant) { return nil }
    return candidates.min { $0.sequence < $1.sequence }
  }

  /// The generation that a removal without name takes. One whose snapshot was deleted goes
  /// first, the latest deleted before all others, then the one built last: it must not be
  /// one just built for a snapshot to come, and never one that holds a snapshot.
  /// - Source: management-cli.md 2.1, generationdel.
  public static func removalTarget(of candidates: [Candidate]) -> Candidate? {
    func rank(_ candidate: Candidate) -> (UInt64, Int) {
      if case .deleted(let at) = candidate.state { return (at.rawValue, candidate.number) }
      return (0, candidate.number)
    }
    return candidates.filter(\.state.isVacant).max { rank($0) < rank($1) }
  }
}
