import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOCore
public import NIOSSL
public import SedaiArray
public import ServiceLifecycle

/// Where management requests come in over TCP.
public struct ManagementTCP: Sendable {
  public var host: String
  public var port: Int
  /// Nil serves plain HTTP, on loopback addresses only.
  public var tls: TLSConfiguration?
  /// Administrators besides those of the catalogue.
  public var tokens: TokenFile?

  public init(host: String, port: Int, tls: TLSConfiguration?, tokens: TokenFile? = nil) {
    self.host = host
    self.port = port
    self.tls = tls
    self.tokens = tokens
  }

  /// Whether what is sent to `host` can leave this machine.
  public static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }
}

/// Serves `/api/v1`, always on a Unix socket, and on TCP if asked.
public struct ManagementService: Service {
  /// Connections at the same time, on each listener.
  public static let maximumConnections = 256
  /// A connection on which nothing comes for so long is closed. Longer than any request is
  /// held; see `APIQuery.maximumWaitSeconds`.
  public static let idleSeconds: Int64 = 60

  private let calls: ArrayCalls
  private let api: ManagementAPI
  private let failures = SignInFailures()
  private let socketPath: String
  private let socketGroup: String?
  private let tcp: ManagementTCP?
  private let logger: Logger
  private let whenListening: @Sendable () async -> Void

  /// - Parameters:
  ///   - socketPath: a file of that name is removed first: the caller has made sure that no
  ///     other daemon uses it.
  ///   - socketGroup: whose members may connect beside the socket's owner; being let in is
  ///     another thing.
  ///   - whenListening: called once, when all listeners accept requests.
  public init(
    array: DiskArray, surroundings: ArraySurroundings, audit: AuditLog, socketPath: String,
    socketGroup: String? = nil, tcp: ManagementTCP?, logger: Logger,
    whenListening: @escaping @Sendable () async -> Void
  ) {
    calls = ArrayCalls(array)
    api = ManagementAPI(calls: calls, surroundings: surroundings, audit: audit)
    self.socketPath = socketPath
    self.socketGroup = socketGroup
    self.tcp = tcp
    self.logger = logger
    self.whenListening = whenListening
  }

  /// Serves until a graceful shutdown; then requests that have begun are answered.
  public func run() async throws {
    try Self.removeStaleSocket(socketPath)
    let waiting = ListenerCount(tcp == nil ? 1 : 2, whenListening)
    let socketPath = socketPath
    let (socketGroup, logger) = (socketGroup, logger)
    let local = Application(
      router: api.router(signIn: signIn(nil)), server: Self.http,
      configuration: configuration(.unixDomainSocket(path: socketPath)),
      onServerRunning: { _ in
        Self.protect(socketPath, socketGroup, logger)
        await waiting.one()
      },
      logger: logger)
    var services: [any Service] = [local]
    if let tcp { services.append(try network(tcp, waiting)) }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(services: services, logger: logger))
    do {
      try await group.run()
    } catch {
      await calls.stop()
      throw error
    }
    await calls.stop()
    try Self.removeStaleSocket(socketPath)
  }

  private func network(_ tcp: ManagementTCP, _ waiting: ListenerCount) throws -> any Service {
    let router = api.router(signIn: signIn(tcp.tokens))
    let address = BindAddress.hostname(tcp.host, port: tcp.port)
    guard let tls = tcp.tls else {
      precondition(ManagementTCP.isLoopback(tcp.host), "plain HTTP stays on this machine")
      return Application(
        router: router, server: Self.http, configuration: configuration(address),
        onServerRunning: { _ in await waiting.one() }, logger: logger)
    }
    return Application(
      router: router, server: try .tls(Self.http, tlsConfiguration: tls),
      configuration: configuration(address), onServerRunning: { _ in await waiting.one() },
      logger: logger)
  }

  private func signIn(_ tokens: TokenFile?) -> SignIn {
    SignIn(array: calls.array, tokens: tokens, failures: failures)
  }

  private static var http: HTTPServerBuilder {
    .http1(configuration: HTTP1Channel.Configuration(idleTimeout: .seconds(idleSeconds)))
  }

  private func configuration(_ address: BindAddress) -> ApplicationConfiguration {
    ApplicationConfiguration(
      address: address, serverName: "sedai",
      availableConnectionsDelegate: MaximumAvailableConnections(Self.maximumConnections))
  }

  private static func removeStaleSocket(_ path: String) throws {
    if FileManager.default.fileExists(atPath: path) {
      try FileManager.default.removeItem(atPath: path)
    }
  }

  /// The socket is born private because the daemon's umask is; this holds also where a
  /// library caller has another one, and opens it to whom it is meant for.
  private static func protect(_ path: String, _ group: String?, _ logger: Logger) {
    var attributes: [FileAttributeKey: any Sendable] = [.posixPermissions: 0o600]
    if let group {
      attributes = [.posixPermissions: 0o660, .groupOwnerAccountName: group]
    }
    do {
      try FileManager.default.setAttributes(attributes, ofItemAtPath: path)
    } catch {
      logger.error(
        "management socket is for its owner only",
        metadata: ["management.socket": "\(path)", "error.text": "\(error)"])
    }
  }
}

/// Tells when the last of several listeners listens.
private actor ListenerCount {
  private var left: Int
  private let whenNone: @Sendable () async -> Void

  init(_ count: Int, _ whenNone: @escaping @Sendable () async -> Void) {
    left = count
    self.whenNone = whenNone
  }

  func one() async {
    left -= 1
    if left == 0 { await whenNone() }
  }
}
