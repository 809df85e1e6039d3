public import SedaiModel

/// Which job; numbers start again with the array.
public struct JobID: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ number: UInt64) { rawValue = number }
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Long work in the background.
public struct JobFacts: Sendable, Hashable {
  public let id: JobID
  public let kind: Kind
  /// The volume it works on; nil for work on the whole array.
  public let volume: LogicalDiskName?
  public let state: State
  public let startedAt: Timestamp
  /// Units done (map pages or chunks), and how many there will be as far as is known.
  public let done: UInt64
  public let estimatedTotal: UInt64
  /// Seconds until it ends at its present speed; nil while that is unknown.
  public let secondsLeft: UInt64?
  /// Units a second it may do at most; nil for no limit.
  public let rateLimit: UInt64?

  /// What it does.
  public enum Kind: String, Sendable {
    /// Frees what deleted generations held.
    case reclaim
    /// Merges the second chunks of partly overwritten ones.
    case merge
    /// Moves what generations in another pool hold to that pool, and a restored volume back.
    case move
    /// Copies a pair's volume to another pool.
    case copy
  }

  /// How it stands.
  public enum State: Sendable, Hashable {
    case running
    case paused
    case ended(at: Timestamp)
    case failed(DiskArrayError, at: Timestamp)

    /// The word that commands show.
    public var text: String {
      switch self {
      case .running: "running"
      case .paused: "paused"
      case .ended: "ended"
      case .failed: "failed"
      }
    }
  }
}

/// Something that happened.
public struct ArrayEvent: Sendable, Hashable {
  /// Counts up by one, also over restarts; never used twice.
  public let number: UInt64
  public let time: Timestamp
  public let messageID: MessageID
  public let arguments: MessageArguments
  /// Who asked for it; nil if the array did it by itself.
  public let requester: String?

  /// How grave it is.
  public var messageClass: MessageClass {
    MessageCatalogue.entry(messageID)?.messageClass ?? .info
  }
  /// What it says, without number and time.
  public func text(in language: MessageLanguage = .english) -> String {
    MessageCatalogue.text(messageID, arguments, in: language)
  }
}
