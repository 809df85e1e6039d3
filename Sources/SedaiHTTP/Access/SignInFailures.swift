import SedaiMonitor

/// Counts the wrong credentials that came from each place, so that nobody can try many.
struct SignInFailures: Sendable {
  /// Wrong credentials from one place within ``windowSeconds``; then it is kept waiting.
  static let allowed = 10
  static let windowSeconds = 60
  /// Places that are told apart; beyond it, new ones count together.
  static let maximumPlaces = 4096

  private struct Count: Sendable {
    var failures: Int
    var ends: ContinuousClock.Instant
  }

  private let counts = Monitor<[String: Count]>([:])
  private static let others = "others"

  /// Seconds that requests from `place` have to wait; nil if it may try.
  func wait(_ place: String, now: ContinuousClock.Instant = .now) -> Int? {
    counts.withLock { counts in
      guard let count = counts[Self.key(place, in: counts)], count.ends > now,
        count.failures >= Self.allowed
      else { return nil }
      return max(1, Int(now.duration(to: count.ends).components.seconds))
    }
  }

  func failed(_ place: String, now: ContinuousClock.Instant = .now) {
    counts.withLock { counts in
      if counts.count >= Self.maximumPlaces { counts = counts.filter { $0.value.ends > now } }
      let key = Self.key(place, in: counts)
      let fresh = Count(failures: 0, ends: now.advanced(by: .seconds(Self.windowSeconds)))
      var count = counts[key] ?? fresh
      if count.ends <= now { count = fresh }
      count.failures += 1
      counts[key] = count
    }
  }

  private static func key(_ place: String, in counts: [String: Count]) -> String {
    counts[place] != nil || counts.count < maximumPlaces ? place : others
  }
}
