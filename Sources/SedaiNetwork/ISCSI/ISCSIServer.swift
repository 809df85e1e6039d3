public import Logging
internal import NIOCore
internal import NIOPosix
internal import SedaiMonitor

/// How many threads a server uses.
public struct ISCSIServerConfiguration: Sendable {
  /// Threads that run cached commands and move bytes; one serves several fast initiators.
  public var eventLoopThreads = 1
  /// Threads that wait for devices: the number of slow commands served at once.
  public var workerThreads = 16

  public init() {}
}

/// The iSCSI target: portals on TCP over one set of threads.
public final class ISCSIServer: Sendable {
  private let group: MultiThreadedEventLoopGroup
  private let workers: NIOThreadPool
  private let environment: ISCSIConnectionEnvironment
  private let listeners = Monitor<[NetworkListener]>([])

  public init(
    directory: any ISCSITargetDirectory,
    configuration: ISCSIServerConfiguration = ISCSIServerConfiguration(), logger: Logger
  ) {
    group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.eventLoopThreads)
    workers = NIOThreadPool(numberOfThreads: configuration.workerThreads)
    workers.start()
    environment = ISCSIConnectionEnvironment(
      targets: ISCSITargets(directory: directory, workers: workers), workers: workers,
      budget: ReplyBudget(), logger: logger)
    environment.targets.lookAgain()
  }

  /// Opens a portal; port 0 lets the system choose, see ``NetworkListener/port``.
  public func listen(host: String, port: Int) async throws -> NetworkListener {
    let connections = Connections()
    let environment = environment
    let bootstrap = ServerBootstrap.listening(on: group, admitting: connections) {
      ISCSIConnectionHandler(environment: environment)
    }
    let channel =
      try await bootstrap
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.socketOption(.so_keepalive), value: 1)
      .bind(host: host, port: port).get()
    let listener = NetworkListener(
      channel: channel, connections: connections, socketPath: nil)
    listeners.withLock { current in
      current.removeAll(where: \.isClosed)
      current.append(listener)
    }
    return listener
  }

  /// Stops listening, lets commands under way finish for a while, closes every connection and
  /// ends the threads. The server cannot be used again.
  public func stop() async {
    let all = listeners.withLock { current in
      defer { current = [] }
      return current
    }
    await withTaskGroup(of: Void.self) { group in
      for listener in all { group.addTask { await listener.close() } }
    }
    try? await workers.shutdownGracefully()
    try? await group.shutdownGracefully()
  }
}
