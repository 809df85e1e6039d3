/// What happens when a snapshot reserve area is full and a base volume is written.
public enum ReservePolicy: String, CaseIterable, Sendable {
  /// The write succeeds: generations are given up, the oldest without guard first.
  case giveUpGenerations = "give-up-generations"
  /// The generations stay: new snapshots are refused and the write fails for lack of space.
  case keepGenerations = "keep-generations"
}

/// At which use of a reserve, in whole percent of its capacity, the array warns.
public struct ReserveThresholds: Hashable, Sendable {
  public let warning: Int
  public let critical: Int

  /// 75 % and 90 %.
  public static let standard = ReserveThresholds(unchecked: 75, 90)

  private init(unchecked warning: Int, _ critical: Int) {
    self.warning = warning
    self.critical = critical
  }

  /// Nil unless 1 ≤ warning ≤ critical ≤ 100.
  public init?(warning: Int, critical: Int) {
    guard warning >= 1, warning <= critical, critical <= 100 else { return nil }
    self.init(unchecked: warning, critical)
  }
}

/// How full a reserve is, in the steps that events tell.
public enum ReserveLevel: Int, Comparable, Sendable {
  case normal, warning, critical, full

  /// - Parameters:
  ///   - used: allocated, in any unit; may exceed `capacity`.
  ///   - capacity: in the same unit; a reserve of 0 is full.
  public init(used: UInt64, capacity: UInt64, thresholds: ReserveThresholds) {
    let percent = Double(used) * 100 / Double(max(capacity, 1))
    if used >= capacity {
      self = .full
    } else if percent >= Double(thresholds.critical) {
      self = .critical
    } else {
      self = percent >= Double(thresholds.warning) ? .warning : .normal
    }
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
