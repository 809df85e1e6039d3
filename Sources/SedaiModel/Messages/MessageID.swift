/// The number of a message, printed as `iSM` and five digits.
public struct MessageID: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt32
  /// - Parameter rawValue: 1…99999.
  public init(rawValue: UInt32) { self.rawValue = rawValue }
  public init(_ number: UInt32) { rawValue = number }

  /// Reads `iSM19411`.
  public init?(parsing text: String) {
    guard text.hasPrefix("iSM"), text.utf8.count == 8, let number = UInt32(text.dropFirst(3))
    else { return nil }
    rawValue = number
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// Ids that management software takes for "passes by itself, try again". Nothing else may
  /// carry one.
  /// - Source: management-cli.md 1.2.
  public static let retryable: Set<MessageID> = [
    MessageID(31005), MessageID(31015), MessageID(42408), MessageID(42412), MessageID(19411),
  ]

  /// Whether the same request may succeed a little later without anybody doing anything.
  public var isRetryable: Bool { Self.retryable.contains(self) }
}

extension MessageID: CustomStringConvertible {
  public var description: String {
    let digits = String(rawValue)
    return "iSM" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}

/// How grave a message is.
/// - Source: messages.md 1.
public enum MessageClass: String, CaseIterable, Sendable {
  case error = "ERROR"
  case warning = "WARNING"
  case notice = "NOTICE"
  case info = "INFO"

  /// As commands print it after their name: `Info`.
  public var title: String { rawValue.prefix(1) + rawValue.dropFirst().lowercased() }
}

/// How a program that ends with a message reports it to its caller.
/// - Source: commands.md 0.5.
public enum ExitStatus: Int32, CaseIterable, Sendable {
  case success = 0
  case error = 1
  case usage = 2
  case timeout = 3
}

/// A value that a message's text speaks of.
public enum MessageArgument: Hashable, Sendable {
  case text(String)
  case count(UInt64)
  /// A number of bytes.
  case bytes(UInt64)
  case percent(Int)
  case seconds(Int)

  /// As it stands in the text; the same in every language.
  public var text: String {
    switch self {
    case .text(let text): text
    case .count(let count): String(count)
    case .bytes(let bytes): String(bytes)
    case .percent(let percent): "\(percent)%"
    case .seconds(let seconds): "\(seconds)s"
    }
  }
}

/// The values of a message by the names that its templates use.
public typealias MessageArguments = [String: MessageArgument]
