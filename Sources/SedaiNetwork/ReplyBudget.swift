internal import Synchronization

/// How much memory the replies to large reads may take in a whole server, from the moment
/// they are begun until the peer has taken them.
///
/// What one connection may hold has its own bounds, but many connections that ask for much
/// and read nothing would add up.
final class ReplyBudget: Sendable {
  private let used = Atomic<Int>(0)

  /// False if that much is not left; nothing is taken then.
  func take(_ byteCount: Int) -> Bool {
    let now = used.wrappingAdd(byteCount, ordering: .relaxed).newValue
    if now <= NetworkLimits.largeReplyBytes { return true }
    giveBack(byteCount)
    return false
  }

  func giveBack(_ byteCount: Int) {
    used.wrappingSubtract(byteCount, ordering: .relaxed)
  }
}
