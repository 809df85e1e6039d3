internal import NIOCore
internal import SedaiMonitor
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

/// Brings completions from worker threads to the connection's event loop, any number with
/// one wake-up.
final class NBDMailbox: Sendable {
  private let completions = Monitor<[NBDCompletion]>([])
  private let wake: @Sendable () -> Void

  /// - Parameter wake: makes the event loop call ``take()``; called when the box was empty.
  init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

  func post(_ completion: NBDCompletion) {
    let wasEmpty = completions.withLock { waiting in
      waiting.append(completion)
      return waiting.count == 1
    }
    if wasEmpty { wake() }
  }

  func take() -> [NBDCompletion] {
    completions.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }
}
