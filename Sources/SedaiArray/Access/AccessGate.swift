import SedaiMonitor
import Synchronization

/// Counts the accesses under way to one volume and lets nobody in once it is closed.
///
/// Entering and leaving are one atomic operation each. The highest bit of the word says
/// "closed"; the others count who is inside.
final class AccessGate: Sendable {
  private static let closedBit: UInt64 = 1 << 63

  private let word = Atomic<UInt64>(0)
  /// Whether the last one inside has left after the gate was closed.
  private let isEmptied = Monitor(false)

  var isClosed: Bool { word.load(ordering: .acquiring) & Self.closedBit != 0 }

  /// False if the gate is closed: the caller is not inside then.
  @inline(__always)
  func enter() -> Bool {
    let before = word.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
    if before & Self.closedBit == 0 { return true }
    leave()
    return false
  }

  @inline(__always)
  func leave() {
    let before = word.wrappingSubtract(1, ordering: .acquiringAndReleasing).oldValue
    if before == Self.closedBit | 1 { announceEmpty() }
  }

  /// Lets nobody in any more. Returns at once.
  func close() {
    word.bitwiseOr(Self.closedBit, ordering: .acquiringAndReleasing)
  }

  /// Waits until everybody inside has left. Only after ``close()``.
  func waitUntilEmpty() {
    isEmptied.wait { (isEmptied) -> Void? in
      isEmptied || word.load(ordering: .acquiring) == Self.closedBit ? () : nil
    }
  }

  /// Through the lock, so that a waiter has either seen the count or is asleep already.
  private func announceEmpty() {
    isEmptied.withLock { $0 = true }
    isEmptied.wakeAll()
  }
}
