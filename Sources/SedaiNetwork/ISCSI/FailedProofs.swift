internal import NIOCore
internal import SedaiMonitor

/// Counts logins that did not prove who they are, by the address that they came from. Who
/// guesses is not heard for a while; others log in as ever.
final class FailedProofs: Sendable {
  private struct Entry {
    var count: Int
    /// When its time is over and it counts no more.
    var end: NIODeadline
  }

  private let entries = Monitor<[String: Entry]>([:])

  /// Whether an address has failed too often to be heard now.
  func isTooMany(from address: String, now: NIODeadline = .now()) -> Bool {
    entries.withLock { entries in
      guard let entry = entries[address], entry.end > now else { return false }
      return entry.count >= NetworkLimits.maximumFailedProofs
    }
  }

  func note(_ address: String, now: NIODeadline = .now()) {
    entries.withLock { entries in
      if let entry = entries[address], entry.end > now {
        entries[address]?.count += 1
        return
      }
      if entries.count >= NetworkLimits.rememberedAddresses {
        entries = entries.filter { $0.value.end > now }
      }
      // Of all that are remembered still, the one that is forgotten first makes room.
      if entries.count >= NetworkLimits.rememberedAddresses,
        let oldest = entries.min(by: { $0.value.end < $1.value.end })?.key
      {
        entries[oldest] = nil
      }
      entries[address] = Entry(
        count: 1, end: now + .seconds(NetworkLimits.failedProofSeconds))
    }
  }
}
