import Foundation
import Logging
import SedaiArray
import SedaiModel
import SedaiMonitor
import SedaiNetwork
import ServiceLifecycle

/// Serves the array's volumes over NBD: one Unix socket per LD set, and TCP if asked.
struct NBDService: Service {
  private let array: DiskArray
  private let settings: NBDSettings
  private let server: NBDServer
  private let changes: AsyncStream<Void>
  /// LD sets whose sockets accept connections.
  private let served = Monitor<Set<String>>([])
  private let logger: Logger

  init(array: DiskArray, settings: NBDSettings, logger: Logger) {
    self.array = array
    self.settings = settings
    self.logger = logger
    server = NBDServer(directory: array, logger: logger)
    // One pending wish to look is as good as many.
    let (stream, continuation) = AsyncStream<Void>.makeStream(
      bufferingPolicy: .bufferingNewest(1))
    changes = stream
    array.subscribe { event in
      if event.messageID == .ldSetChanged { continuation.yield() }
    }
    continuation.yield()
  }

  /// Listens on TCP, and makes the directory of the sockets empty.
  ///
  /// - Throws: a failure that names the address or the file.
  func prepare() async throws(StartupFailure) {
    let files = FileManager.default
    do {
      try files.createDirectory(
        atPath: settings.sockets, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      for name in try files.contentsOfDirectory(atPath: settings.sockets)
      where name.hasSuffix(NBDSettings.socketSuffix) {
        try files.removeItem(atPath: settings.sockets + "/" + name)
      }
    } catch {
      throw StartupFailure(
        "\(settings.sockets) cannot be used for NBD sockets. Check its permissions.")
    }
    guard let tcp = settings.tcp else { return }
    let tls: ServerTLS
    do {
      tls = try ServerTLS(
        certificateChain: tcp.tls.certificate, privateKey: tcp.tls.key,
        clientAuthorities: tcp.clientAuthorities)
    } catch {
      throw StartupFailure(
        "NBD cannot use \(tcp.tls.certificate), \(tcp.tls.key) and \(tcp.clientAuthorities): "
          + "\(error). They have to be PEM files that belong together.")
    }
    do {
      let listener = try await server.listen(
        host: tcp.host, port: tcp.port, security: .clientCertificates(tls))
      logger.info(
        "NBD over TLS",
        metadata: ["net.host": "\(tcp.host)", "net.port": "\(listener.port ?? tcp.port)"])
    } catch {
      throw StartupFailure(
        "NBD cannot listen on \(tcp.host):\(tcp.port): \(error). Is something else there?")
    }
  }

  func run() async throws {
    var listeners: [String: NetworkListener] = [:]
    for await _ in changes.cancelOnGracefulShutdown() {
      let wanted = Set(array.ldSets().map(\.name.rawValue))
      for (name, listener) in listeners where !wanted.contains(name) {
        listeners[name] = nil
        served.withLock { _ = $0.remove(name) }
        await listener.close()
      }
      for name in wanted where listeners[name] == nil {
        listeners[name] = await listen(name)
        if listeners[name] != nil { served.withLock { _ = $0.insert(name) } }
      }
    }
    await server.stop()
  }

  /// Between two looks, and how many there are at most: half a second in all.
  private static let lookInterval = Duration.milliseconds(5)
  private static let looks = 100

  /// Returns when the hosts of an LD set can connect, or after half a second.
  func waitUntilServed(_ set: String) async {
    for _ in 0..<Self.looks {
      if served.withLock({ $0.contains(set) }) { return }
      do { try await Task.sleep(for: Self.lookInterval) } catch { return }
    }
  }

  private func listen(_ set: String) async -> NetworkListener? {
    let path = settings.sockets + "/" + set + NBDSettings.socketSuffix
    do {
      return try await server.listen(onUnixSocket: path, as: .ldSet(set))
    } catch {
      logger.error(
        "NBD socket not made", metadata: ["file.path": "\(path)", "error.text": "\(error)"])
      return nil
    }
  }
}
