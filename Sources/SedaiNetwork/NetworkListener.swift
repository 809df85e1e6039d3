private import Glibc
internal import NIOCore
internal import NIOPosix
internal import SedaiMonitor

/// Said to a connection from outside its event loop.
enum ConnectionOrder: Sendable {
  /// Finish what is under way, take nothing new, close.
  case finish
  /// The listener closes: leave the peer time to say good-bye if the protocol has that.
  case leave
}

/// The open connections of one listener.
final class Connections: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isClosing = false
  }

  private let state = Monitor<State>(State())

  /// False if there are too many, or none are wanted any more. Forgets the channel when it
  /// closes.
  func admit(_ channel: any Channel) -> Bool {
    let identity = ObjectIdentifier(channel)
    let isAdmitted = state.withLock { state in
      guard !state.isClosing, state.channels.count < NetworkLimits.maximumConnections else {
        return false
      }
      state.channels[identity] = channel
      return true
    }
    if isAdmitted {
      channel.closeFuture.whenComplete { [self] _ in
        state.withLock { $0.channels[identity] = nil }
      }
    }
    return isAdmitted
  }

  var count: Int { state.withLock { $0.channels.count } }

  var isClosing: Bool { state.withLock { $0.isClosing } }

  /// Admits nobody from now on; false if that was so already.
  func beginClosing() -> Bool {
    state.withLock { state in
      defer { state.isClosing = true }
      return !state.isClosing
    }
  }

  /// Lets every connection finish what is under way and closes it; cuts those that take too
  /// long. Returns when all are closed.
  func finish() async {
    let channels = state.withLock { Array($0.channels.values) }
    for channel in channels {
      channel.pipeline.fireUserInboundEventTriggered(ConnectionOrder.leave)
      let cut = channel.eventLoop.scheduleTask(in: .seconds(NetworkLimits.stopSeconds)) {
        channel.close(promise: nil)
      }
      channel.closeFuture.whenComplete { _ in cut.cancel() }
    }
    for channel in channels { try? await channel.closeFuture.get() }
  }
}

/// One address that clients connect to.
public struct NetworkListener: Sendable {
  let channel: any Channel
  let connections: Connections
  let socketPath: String?

  /// The TCP port; nil for a Unix socket.
  public var port: Int? { channel.localAddress?.port }

  /// Connections open now.
  public var connectionCount: Int { connections.count }

  var isClosed: Bool { connections.isClosing }

  /// Stops listening, lets requests under way finish for a while, and closes the connections
  /// that came in here. Also removes the socket file.
  public func close() async {
    // Only once: a later listener may have its socket at the same path.
    if connections.beginClosing() {
      try? await channel.close()
      // SAFETY: the C function reads the path during the call only. That the file is gone
      // already is as good.
      if let socketPath { _ = unsafe unlink(socketPath) }
    }
    await connections.finish()
  }
}
