private import Glibc
public import Logging
internal import NIOCore
internal import NIOPosix
public import SedaiArray
internal import SedaiMonitor

/// How a listener knows its clients.
public enum NBDListenerSecurity: Sendable {
  /// Everybody who can connect is this peer.
  case plaintext(Peer)
  /// TLS by STARTTLS, required; the client's certificate names it.
  case clientCertificates(ServerTLS)
}

/// How many threads a server uses.
public struct NBDServerConfiguration: Sendable {
  /// Threads that run cached requests and move bytes; one serves several fast clients.
  public var eventLoopThreads = 1
  /// Threads that wait for devices: the number of slow requests served at once.
  public var workerThreads = 16

  public init() {}
}

/// The NBD server: listeners on Unix sockets and TCP over one set of threads.
public final class NBDServer: Sendable {
  private let directory: any NBDExportDirectory
  private let group: MultiThreadedEventLoopGroup
  private let workers: NIOThreadPool
  private let budget = ReplyBudget()
  private let logger: Logger
  private let listeners = Monitor<[NetworkListener]>([])

  public init(
    directory: any NBDExportDirectory,
    configuration: NBDServerConfiguration = NBDServerConfiguration(), logger: Logger
  ) {
    self.directory = directory
    self.logger = logger
    group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.eventLoopThreads)
    workers = NIOThreadPool(numberOfThreads: configuration.workerThreads)
    workers.start()
  }

  /// Listens on a Unix socket; a socket file left there by a dead process is replaced.
  ///
  /// - Parameter mode: permission bits of the socket file: who may connect.
  public func listen(
    onUnixSocket path: String, mode: UInt32 = 0o660, as peer: Peer
  ) async throws -> NetworkListener {
    let connections = Connections()
    let channel = try await bootstrap(.plaintext(peer), connections)
      // So that a large reply fits in one write; TCP finds its own measure.
      .childChannelOption(
        .socketOption(.so_sndbuf), value: .init(NetworkLimits.sendBufferBytes)
      )
      .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
    // SAFETY: the C function reads the path during the call only.
    guard unsafe chmod(path, mode) == 0 else {
      let error = IOError(errnoCode: errno, reason: "chmod \(path)")
      try? await channel.close()
      throw error
    }
    return add(NetworkListener(channel: channel, connections: connections, socketPath: path))
  }

  /// Listens on TCP; port 0 lets the system choose, see ``NetworkListener/port``.
  public func listen(
    host: String, port: Int, security: NBDListenerSecurity
  ) async throws -> NetworkListener {
    let connections = Connections()
    let channel = try await bootstrap(security, connections)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.socketOption(.so_keepalive), value: 1)
      .bind(host: host, port: port).get()
    return add(NetworkListener(channel: channel, connections: connections, socketPath: nil))
  }

  /// Stops listening, lets requests under way finish for a while, closes every connection and
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

  private func add(_ listener: NetworkListener) -> NetworkListener {
    listeners.withLock { current in
      current.removeAll(where: \.isClosed)
      current.append(listener)
    }
    return listener
  }

  private func bootstrap(
    _ security: NBDListenerSecurity, _ connections: Connections
  ) -> ServerBootstrap {
    let environment = NBDConnectionEnvironment(
      directory: directory, workers: workers, budget: budget, security: security,
      logger: logger)
    return ServerBootstrap.listening(on: group, admitting: connections) {
      NBDConnectionHandler(environment: environment)
    }
  }
}
