import Foundation
import Logging
import NIOSSL
import SedaiArray
import SedaiEngine
import SedaiHTTP
import SedaiLinux
import SedaiModel
import ServiceLifecycle
import UnixSignals

/// The array with everything around it, from start to stop.
struct Daemon {
  let settings: Settings
  let logger: Logger

  /// Runs until SIGTERM or SIGINT. On return everything is flushed and the directory is free.
  ///
  /// - Throws: a failure that names the file, what is wrong, and what to do.
  func run() async throws {
    let directory = try DataDirectory(settings.data)
    let engine = try SystemArea(
      path: directory.systemArea, settings: settings, logger: logger
    ).open()
    let array = try ArrayStart(settings: settings, logger: logger).open(engine)
    logEvents(of: array)
    array.start()
    let outcome: Result<Void, any Error>
    do {
      try await serve(array)
      outcome = .success(())
    } catch {
      outcome = .failure(error)
    }
    Self.tellServiceManager("STOPPING=1")
    try Self.close(array, engine)
    logger.info("stopped")
    try outcome.get()
  }

  /// What the array tells is also in the log, with its message id.
  private func logEvents(of array: DiskArray) {
    let logger = logger
    array.subscribe { event in
      let level: Logger.Level =
        switch event.messageClass {
        case .error: .error
        case .warning: .warning
        case .notice: .notice
        case .info: .debug
        }
      logger.log(
        level: level, "\(event.text())",
        metadata: ["message.id": "\(event.messageID)", "event.number": "\(event.number)"])
    }
  }

  private func serve(_ array: DiskArray) async throws {
    let nbd = NBDService(array: array, settings: settings.nbd, logger: logger)
    try await nbd.prepare()
    var services: [any Service] = [nbd]
    if let settings = settings.iscsi {
      let iscsi = ISCSIService(array: array, settings: settings, logger: logger)
      try await iscsi.prepare()
      services.append(iscsi)
    }
    let logger = logger
    let audit = try Self.audit(in: settings.data)
    defer { audit.close() }
    let socket = settings.management.socket
    let management = ManagementService(
      array: array,
      surroundings: ArraySurroundings(
        nbdSocketDirectory: settings.nbd.sockets,
        nbdAddress: settings.nbd.tcp.map { "\($0.host):\($0.port)" },
        cacheBytes: settings.cacheBytes,
        ldSetServed: { await nbd.waitUntilServed($0) }),
      audit: audit, socketPath: socket, socketGroup: settings.management.group,
      tcp: try managementTCP(), logger: logger
    ) {
      logger.info("ready", metadata: ["management.socket": "\(socket)"])
      Self.tellServiceManager("READY=1")
    }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: services + [management],
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: logger))
    do {
      try await group.run()
    } catch let failure as StartupFailure {
      throw failure
    } catch {
      let network = settings.management.tcp.map { " and \($0.host):\($0.port)" } ?? ""
      throw StartupFailure(
        "management on \(socket)\(network) ended: \(error). Check that nothing else listens "
          + "there.")
    }
  }

  private func managementTCP() throws(StartupFailure) -> ManagementTCP? {
    guard let tcp = settings.management.tcp else { return nil }
    let tokens = try tcp.tokens.map { (path) throws(StartupFailure) in try Self.tokens(path) }
    var tls: TLSConfiguration?
    if let files = tcp.tls {
      do {
        var configuration = TLSConfiguration.makeServerConfiguration(
          certificateChain: try NIOSSLCertificate.fromPEMFile(files.certificate).map {
            .certificate($0)
          },
          privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem)))
        configuration.minimumTLSVersion = .tlsv12
        tls = configuration
      } catch {
        throw StartupFailure(
          "management cannot use \(files.certificate) and \(files.key): \(error). They have "
            + "to be PEM files that belong together.")
      }
    }
    return ManagementTCP(host: tcp.host, port: tcp.port, tls: tls, tokens: tokens)
  }

  private static func tokens(_ path: String) throws(StartupFailure) -> TokenFile {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw StartupFailure(
        "\(path) cannot be read. sedaid token NAME --file \(path) makes it.")
    }
    do throws(TokenFile.Failure) {
      return try TokenFile(text: text, path: path)
    } catch {
      throw StartupFailure(error.description + ".")
    }
  }

  private static func audit(in directory: String) throws(StartupFailure) -> AuditLog {
    do throws(AuditLog.Failure) {
      return try AuditLog(path: directory + "/audit.log")
    } catch {
      throw StartupFailure(error.description)
    }
  }

  private static func close(_ array: DiskArray, _ engine: Engine) throws(StartupFailure) {
    do {
      try array.stop()
      try engine.close()
    } catch {
      throw StartupFailure(
        "not everything could be flushed: \(error). What was acknowledged as flushed is safe; "
          + "the next start recovers the rest if the machine is not restarted.")
    }
  }

  private static func tellServiceManager(_ text: String) {
    guard let socket = ProcessInfo.processInfo.environment["NOTIFY_SOCKET"] else { return }
    _ = ServiceNotice.send(text, to: socket)
  }
}
