internal import SedaiMonitor

/// Brings what worker threads have done to the connection's event loop, any number with one
/// wake-up.
final class Mailbox<Completion: Sendable>: Sendable {
  private let completions = Monitor<[Completion]>([])
  private let wake: @Sendable () -> Void

  /// - Parameter wake: makes the event loop call ``take()``; called when the box was empty.
  init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

  func post(_ completion: Completion) {
    let wasEmpty = completions.withLock { waiting in
      waiting.append(completion)
      return waiting.count == 1
    }
    if wasEmpty { wake() }
  }

  func take() -> [Completion] {
    completions.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }
}
