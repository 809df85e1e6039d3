import Foundation

extension String {
  /// The text with blanks after it up to `width` characters; longer text stays whole.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  /// The text with blanks before it up to `width` characters; longer text stays whole.
  func rightAligned(in width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}

/// How commands show moments: in the time zone of the host they run on.
/// - Source: commands.md 0.6.
struct LocalClock: Sendable {
  private let calendar: Calendar

  init(timeZone: TimeZone = .current) {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = timeZone
    self.calendar = calendar
  }

  /// `YYYY/MM/DD hh:mm:ss`.
  /// - Parameter seconds: since 1970 UTC.
  func text(_ seconds: Int64) -> String {
    let parts = calendar.dateComponents(
      [.year, .month, .day, .hour, .minute, .second],
      from: Date(timeIntervalSince1970: TimeInterval(seconds)))
    func digits(_ value: Int?, _ width: Int) -> String {
      let text = String(value ?? 0)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    return digits(parts.year, 4) + "/" + digits(parts.month, 2) + "/" + digits(parts.day, 2)
      + " " + digits(parts.hour, 2) + ":" + digits(parts.minute, 2) + ":"
      + digits(parts.second, 2)
  }
}
