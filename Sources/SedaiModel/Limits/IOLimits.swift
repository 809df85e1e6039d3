/// Requests of hosts in a second: a read, write or trim is one, whatever its size.
public struct IORate: Hashable, Comparable, Sendable {
  /// What can be asked for.
  /// - Source: management-cli.md 2.1.
  public static let range: ClosedRange<UInt32> = 10...1_000_000

  public let perSecond: UInt32

  /// Nil outside ``range``.
  public init?(_ perSecond: UInt32) {
    guard Self.range.contains(perSecond) else { return nil }
    self.perSecond = perSecond
  }

  public static func < (left: Self, right: Self) -> Bool { left.perSecond < right.perSecond }
}

/// How fast the hosts of a logical disk may be, and how fast they have to be let.
/// - Source: management-cli.md 2.1, `iSMioc setlimit`.
public struct IOLimits: Hashable, Sendable {
  /// Never more than this.
  public var upper: IORate?
  /// Other disks make way below this, as far as that helps.
  public var lower: IORate?
  /// Whether reaching ``upper`` is told as an event.
  public var reportsUpper: Bool

  public init(upper: IORate? = nil, lower: IORate? = nil, reportsUpper: Bool = false) {
    self.upper = upper
    self.lower = lower
    self.reportsUpper = reportsUpper
  }

  /// Whether somebody has to look at what the disk's hosts do.
  public var areWatched: Bool { lower != nil || reportsUpper }

  /// Whether they can be kept at once.
  public var isConsistent: Bool {
    guard let upper, let lower else { return true }
    return lower <= upper
  }
}

/// What of a disk's limits is to change.
public struct IOLimitsChange: Hashable, Sendable {
  /// What becomes of one limit.
  public enum Limit: Hashable, Sendable {
    case kept
    case none
    case rate(IORate)

    /// Zero takes a limit away; nil for a number that no limit can have.
    public init?(_ perSecond: UInt32?) {
      switch perSecond {
      case nil: self = .kept
      case 0: self = .none
      case let number?:
        guard let rate = IORate(number) else { return nil }
        self = .rate(rate)
      }
    }
  }

  public var upper: Limit
  public var lower: Limit
  /// Nil: as it is.
  public var reportsUpper: Bool?

  public init(upper: Limit = .kept, lower: Limit = .kept, reportsUpper: Bool? = nil) {
    self.upper = upper
    self.lower = lower
    self.reportsUpper = reportsUpper
  }

  public func applied(to limits: IOLimits) -> IOLimits {
    IOLimits(
      upper: upper.applied(to: limits.upper), lower: lower.applied(to: limits.lower),
      reportsUpper: reportsUpper ?? limits.reportsUpper)
  }
}

extension IOLimitsChange.Limit {
  fileprivate func applied(to rate: IORate?) -> IORate? {
    switch self {
    case .kept: rate
    case .none: nil
    case .rate(let rate): rate
    }
  }
}
