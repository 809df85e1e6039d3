internal import NIOCore
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

  /// Gives what a reply has taken back when the peer has got it, or never will; nil if that is
  /// nothing.
  func sentPromise(for byteCount: Int, on eventLoop: any EventLoop) -> EventLoopPromise<Void>? {
    guard byteCount > 0 else { return nil }
    let sent = eventLoop.makePromise(of: Void.self)
    sent.futureResult.whenComplete { [self] _ in giveBack(byteCount) }
    return sent
  }
}
