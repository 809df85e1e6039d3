private import Glibc

/// Runs threads one at a time where a test wants to choose the order; see ``Monitor``.
public protocol ThreadSchedule: AnyObject, Sendable {
  /// The calling thread cannot go on before another thread has changed something.
  func waitForAnother()
  /// The calling thread is about to take a lock: a point where another may go first.
  func yield()
}

/// Mutable state behind a mutex, with one condition to wait for changes of it.
///
/// Built on pthreads rather than `Synchronization.Mutex`, which has no condition and which
/// ThreadSanitizer cannot follow on Linux. Never call out of `body` to anything that blocks.
@safe public final class Monitor<State>: @unchecked Sendable {
  // ISOLATION: 1. `state` is only touched in `withLock` and `wait`, between lock and unlock of
  // `mutex`. 2. It came in as `sending`, so nobody else holds a reference to what it contains.
  // 3. `mutex` and `condition` point to memory of this object's own, valid until `deinit`,
  // which cannot run while a method is under way.
  private var state: State
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private let schedule: (any ThreadSchedule)?

  /// - Parameter schedule: nil except in simulations, where it decides who runs.
  public init(_ state: sending State, schedule: (any ThreadSchedule)? = nil) {
    self.state = state
    self.schedule = schedule
    unsafe mutex = .allocate(capacity: 1)
    unsafe condition = .allocate(capacity: 1)
    let mutexResult = unsafe pthread_mutex_init(mutex, nil)
    let conditionResult = unsafe pthread_cond_init(condition, nil)
    precondition(mutexResult == 0 && conditionResult == 0, "pthread objects need no resources")
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe pthread_cond_destroy(condition)
    unsafe mutex.deallocate()
    unsafe condition.deallocate()
  }

  /// Runs `body` alone with the state. Not reentrant.
  @inline(__always)
  public func withLock<Result, Failure: Error>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    schedule?.yield()
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body(&state)
  }

  /// Runs `body` again and again, alone with the state, until it returns a value; between
  /// two runs it sleeps until ``wakeAll()``.
  public func wait<Result, Failure: Error>(
    until body: (inout State) throws(Failure) -> Result?
  ) throws(Failure) -> Result {
    schedule?.yield()
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let result = try body(&state) { return result }
      if let schedule {
        unsafe pthread_mutex_unlock(mutex)
        schedule.waitForAnother()
        unsafe pthread_mutex_lock(mutex)
      } else {
        unsafe pthread_cond_wait(condition, mutex)
      }
    }
  }

  /// Makes every thread in ``wait(until:)`` look again. May be called inside or outside
  /// the lock.
  public func wakeAll() {
    unsafe pthread_cond_broadcast(condition)
  }
}
