internal import SedaiMonitor

/// Lets many write at once, or one compare and write with nobody else writing.
///
/// COMPARE AND WRITE and ORWRITE read before they write; nothing may come in between.
final class WriteGate: Sendable {
  private struct State {
    var writers = 0
    var isHeld = false
  }

  private let state = Monitor(State())

  /// False if somebody holds it alone.
  func tryEnter() -> Bool {
    state.withLock { state in
      if state.isHeld { return false }
      state.writers += 1
      return true
    }
  }

  /// Waits until nobody holds it alone.
  func enter() {
    state.wait { state -> Void? in
      if state.isHeld { return nil }
      state.writers += 1
      return ()
    }
  }

  func leave() {
    let wasLast = state.withLock { state in
      state.writers -= 1
      return state.writers == 0
    }
    if wasLast { state.wakeAll() }
  }

  /// Runs `body` while nobody else writes.
  func alone<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) {
    state.wait { state -> Void? in
      if state.isHeld { return nil }
      state.isHeld = true
      return ()
    }
    state.wait { state -> Void? in state.writers == 0 ? () : nil }
    defer {
      state.withLock { $0.isHeld = false }
      state.wakeAll()
    }
    try body()
  }
}
