/// When requests of one disk may begin, so that a rate is kept: each has a place on a line of
/// places that lie one interval apart. What was not used lately can be made up for, a little.
struct PaceSchedule: Hashable, Sendable {
  /// How much of the past can be made up for: too short to be seen in a rate over seconds, long
  /// enough that a disk which comes late to its places does not lose them.
  static let catchUpNanoseconds: UInt64 = 50_000_000

  /// Nil: every request may begin at once.
  private(set) var perSecond: UInt32?
  /// Where the line goes on.
  private var next: UInt64 = 0

  /// Takes effect for the next request; places given away stay.
  mutating func change(to perSecond: UInt32?) { self.perSecond = perSecond }

  /// Takes a place.
  ///
  /// - Parameter now: nanoseconds of a clock that never goes back.
  /// - Returns: nanoseconds until the request may begin.
  mutating func take(at now: UInt64) -> UInt64 {
    guard let perSecond else { return 0 }
    let earliest = now > Self.catchUpNanoseconds ? now - Self.catchUpNanoseconds : 0
    let place = max(next, earliest)
    next = place + 1_000_000_000 / UInt64(max(perSecond, 1))
    return place > now ? place - now : 0
  }
}
