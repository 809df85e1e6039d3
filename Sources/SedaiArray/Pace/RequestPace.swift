import SedaiModel
import SedaiMonitor
import Synchronization

/// Counts the requests that hosts send to one disk, and spaces them out where a limit says so.
///
/// A disk without a limit pays two atomic operations for it.
final class RequestPace: Sendable {
  private let count = Atomic<UInt64>(0)
  private let isLimited = Atomic<Bool>(false)
  private let wasHeldBack = Atomic<Bool>(false)
  private let lines = Monitor(Lines())

  private struct Lines {
    /// By the disk's own upper limit.
    var upper = PaceSchedule()
    /// For the sake of other disks.
    var share = PaceSchedule()
  }

  init(upper: IORate?) { limit(to: upper) }

  /// Requests so far; never falls.
  var requests: UInt64 { count.load(ordering: .relaxed) }

  /// Takes a place for one request.
  ///
  /// - Parameter clock: read only if there is a limit.
  /// - Returns: nanoseconds until it may begin; 0 at once.
  @inline(__always)
  func take(_ clock: () -> UInt64) -> UInt64 {
    count.wrappingAdd(1, ordering: .relaxed)
    guard isLimited.load(ordering: .relaxed) else { return 0 }
    return takePlace(at: clock())
  }

  private func takePlace(at now: UInt64) -> UInt64 {
    lines.withLock { lines in
      let upper = lines.upper.take(at: now)
      if upper > 0 { wasHeldBack.store(true, ordering: .relaxed) }
      return max(upper, lines.share.take(at: now))
    }
  }

  func limit(to upper: IORate?) {
    change { $0.upper.change(to: upper?.perSecond) }
  }

  /// - Parameter perSecond: nil lets it have what there is.
  func share(_ perSecond: UInt32?) {
    change { $0.share.change(to: perSecond) }
  }

  private func change(_ body: (inout Lines) -> Void) {
    lines.withLock { lines in
      body(&lines)
      isLimited.store(
        lines.upper.perSecond != nil || lines.share.perSecond != nil, ordering: .relaxed)
    }
  }

  /// Whether the upper limit made a request wait since the last call.
  func takeHeldBack() -> Bool { wasHeldBack.exchange(false, ordering: .relaxed) }
}
