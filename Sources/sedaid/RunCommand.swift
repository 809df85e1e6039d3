import ArgumentParser
import Foundation
import Logging
import SedaiArray
import SedaiHTTP
import SedaiLinux
import SedaiModel
import ServiceLifecycle

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the array; also what sedaid does without a subcommand.")

  @Option(help: ArgumentHelp("The array's directory; made if there is none.", valueName: "dir"))
  var data: String?
  @Option(help: ArgumentHelp("A TOML file with everything else.", valueName: "file"))
  var config: String?
  @Option(help: "Size of the pool of a new array; half of what is free unless told.")
  var poolSize: Size?
  @Flag(help: "Let that pool take its space only as it fills.") var sparse = false
  @Flag(help: "A new array gets no pool.") var noPool = false
  @Option(help: "Memory for maps of volumes and generations; 128MiB unless told.")
  var cache: Size?
  @Option(
    help: ArgumentHelp("Directory of one NBD socket per LD set; DIR/nbd.", valueName: "dir"))
  var nbdSockets: String?
  @Option(
    help: ArgumentHelp(
      "Be an iSCSI target there; 127.0.0.1:3260 is usual, and there is none unless told.",
      valueName: "host:port"))
  var iscsi: Portal?
  @Option(help: "What is logged: trace, debug, info, notice, warning, error or critical.")
  var logLevel: LogLevel = .init(level: .info)

  /// A level of swift-log.
  struct LogLevel: ExpressibleByArgument {
    let level: Logger.Level

    var defaultValueDescription: String { level.rawValue }

    init(level: Logger.Level) { self.level = level }

    init?(argument: String) {
      guard let level = Logger.Level(rawValue: argument) else { return nil }
      self.level = level
    }
  }

  func validate() throws {
    if data == nil && config == nil {
      throw ValidationError("Give --data DIR, or --config FILE.")
    }
  }

  func run() async throws {
    // Every file and socket of the daemon is its own user's alone, unless it says otherwise.
    umask(0o077)
    let settings = try readSettings()
    var logger = Logger(label: "sedaid") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = logLevel.level
    try await Daemon(settings: settings, logger: logger).run()
  }

  private func readSettings() throws(StartupFailure) -> Settings {
    var file = ConfigurationFile()
    if let config { file = try ConfigurationFile.read(config) }
    let line = CommandLineSettings(
      data: data, poolSize: poolSize?.bytes, isSparse: sparse, makesNoPool: noPool,
      cache: cache?.bytes, nbdSockets: nbdSockets, iscsi: iscsi)
    return try Settings(file, path: config, line, freeBytes: DataDirectory.freeBytes)
  }
}
