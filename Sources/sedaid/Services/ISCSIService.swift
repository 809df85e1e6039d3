import Logging
import SedaiArray
import SedaiModel
import SedaiNetwork
import ServiceLifecycle

/// Serves the array's volumes over iSCSI: at the address it was told, and at every host port of
/// the array that is set up.
struct ISCSIService: Service {
  private let array: DiskArray
  private let settings: ISCSISettings
  private let server: ISCSIServer
  private let changes: AsyncStream<Void>
  private let logger: Logger

  init(array: DiskArray, settings: ISCSISettings, logger: Logger) {
    self.array = array
    self.settings = settings
    self.logger = logger
    server = ISCSIServer(directory: array, logger: logger)
    // One pending wish to look is as good as many.
    let (stream, continuation) = AsyncStream<Void>.makeStream(
      bufferingPolicy: .bufferingNewest(1))
    changes = stream
    array.subscribe { event in
      if event.messageID == .hostPortChanged { continuation.yield() }
    }
    continuation.yield()
  }

  /// Listens at the address it was told.
  ///
  /// - Throws: a failure that names the address.
  func prepare() async throws(StartupFailure) {
    do {
      let listener = try await server.listen(host: settings.host, port: settings.port)
      logger.info(
        "iSCSI",
        metadata: [
          "net.host": "\(settings.host)", "net.port": "\(listener.port ?? settings.port)",
        ])
    } catch {
      await server.stop()
      throw StartupFailure(
        "iSCSI cannot listen on \(settings.host):\(settings.port): \(error). Is something else "
          + "there?")
    }
  }

  func run() async throws {
    var listeners: [HostPortNumber: (portal: ISCSIPortal, listener: NetworkListener)] = [:]
    for await _ in changes.cancelOnGracefulShutdown() {
      let ports = array.hostPorts()
      for (number, open) in listeners
      where !ports.contains(where: { $0.number == number && $0.portal == open.portal }) {
        listeners[number] = nil
        array.setListening(number, false)
        await open.listener.close()
      }
      for port in ports where listeners[port.number] == nil {
        guard let portal = port.portal else { continue }
        if isOwn(portal) {
          array.setListening(port.number, true)
        } else if let listener = await listen(portal) {
          listeners[port.number] = (portal, listener)
          array.setListening(port.number, true)
        }
      }
    }
    await server.stop()
  }

  /// Whether it is listened to from the start.
  private func isOwn(_ portal: ISCSIPortal) -> Bool {
    portal.description == "\(settings.host):\(settings.port)"
  }

  private func listen(_ portal: ISCSIPortal) async -> NetworkListener? {
    let host = portal.address.description
    do {
      let listener = try await server.listen(host: host, port: Int(portal.tcpPort))
      logger.info("iSCSI", metadata: ["net.host": "\(host)", "net.port": "\(portal.tcpPort)"])
      return listener
    } catch {
      logger.error(
        "iSCSI portal not opened",
        metadata: [
          "net.host": "\(host)", "net.port": "\(portal.tcpPort)",
          "error.text": "\(error)",
        ])
      return nil
    }
  }
}
