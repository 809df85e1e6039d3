/// Something that an offline check found.
public struct CheckFinding: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// A page that is needed and does not pass its checks. Nothing can stand in for it.
    case damage
    /// A reference count that differs from what the trees hold.
    case count
    /// A sum kept beside the trees that differs from what they hold.
    case accounting
    /// A file or device of a pool that is missing or does not match.
    case member
  }

  public let kind: Kind
  /// What is wrong, in words.
  public let text: String
}

/// The result of an offline check.
public struct CheckReport: Sendable {
  /// Findings listed one by one at most; more are only counted.
  public static let findingLimit = 200

  public internal(set) var findings: [CheckFinding] = []
  public internal(set) var findingCount = 0
  public internal(set) var damageCount = 0
  public internal(set) var images = 0
  public internal(set) var mapPages = 0
  public internal(set) var chunks: UInt64 = 0
  /// Journal records were waiting to be recovered: the array was not stopped in good order.
  public internal(set) var neededRecovery = false
  public internal(set) var wasRepaired = false

  public var isSound: Bool { findingCount == 0 }

  mutating func add(_ kind: CheckFinding.Kind, _ text: String) {
    findingCount += 1
    if kind == .damage { damageCount += 1 }
    if findings.count < Self.findingLimit {
      findings.append(CheckFinding(kind: kind, text: text))
    }
  }
}
