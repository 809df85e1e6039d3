internal import NIOCore
internal import NIOPosix

extension NIOThreadPool {
  /// Has a worker run `body`, once `wait` nanoseconds have passed. A pool that stops cancels
  /// what it has not begun; nobody waits for its answer by then.
  func submit(
    after wait: UInt64, on eventLoop: any EventLoop, _ body: @escaping @Sendable () -> Void
  ) {
    guard wait > 0 else {
      return submit { state in
        if case .active = state { body() }
      }
    }
    eventLoop.scheduleTask(in: .nanoseconds(Int64(clamping: wait))) {
      self.submit(after: 0, on: eventLoop, body)
    }
  }
}
