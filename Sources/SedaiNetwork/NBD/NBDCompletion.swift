internal import NIOCore
internal import SedaiNBD

/// What a worker thread hands back to the connection.
enum NBDCompletion: Sendable {
  /// The whole answer to a request; `charge` bytes of it are no longer under way.
  case reply(ByteBuffer, charge: Int)
  /// A piece of a large WRITE is done.
  case piece(largeWrite: UInt64, error: NBDErrorNumber?, charge: Int)

  /// What the reply to a large read has taken from the server's budget; 0 for all else.
  var budgetedBytes: Int {
    guard case .reply(_, let charge) = self, charge > NetworkLimits.maximumInlineBytes else {
      return 0
    }
    return charge
  }
}
