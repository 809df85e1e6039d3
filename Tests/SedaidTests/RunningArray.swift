import Foundation
import Testing

/// What a program printed and how it ended.
struct Outcome {
  let status: Int32
  let output: String
  let errors: String
}

/// A directory with the real programs in it, and an array that they run.
final class RunningArray {
  /// Where everything of this array is; removed at the end.
  let place: URL
  private var daemon: Process?
  /// More for the environment of the daemon and the commands.
  var environment: [String: String] = [:]
  /// More for the configuration, after what every array here has.
  var configuration = ""

  /// Seconds until a daemon that does not get ready, or does not stop, counts as broken.
  private static let patience: TimeInterval = 60

  init() throws {
    place = FileManager.default.temporaryDirectory
      .appending(path: "sedai-e2e-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    environment["SEDAI_URL"] = "unix://" + path("array/sedaid.sock")
    environment["HOME"] = place.path(percentEncoded: false)
    environment["TZ"] = "UTC"
  }

  /// Ends what still runs.
  func end() {
    if let daemon, daemon.isRunning {
      daemon.terminate()
      daemon.waitUntilExit()
    }
    try? FileManager.default.removeItem(at: place)
  }

  func path(_ name: String) -> String { place.appending(path: name).path(percentEncoded: false) }

  /// The directory that the programs were built in: that of the test program itself.
  static func programs() throws -> URL {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(filePath: own).deletingLastPathComponent()
  }

  // MARK: The daemon

  /// Starts the daemon and waits until it answers.
  func start(_ arguments: [String] = []) throws {
    let process = try daemonProcess(arguments)
    try process.run()
    daemon = process
    let deadline = Date(timeIntervalSinceNow: Self.patience)
    while try type("sedai status").status != 0 {
      guard process.isRunning, Date() < deadline else {
        Issue.record("sedaid is not ready: \(log())")
        throw CancellationError()
      }
      Thread.sleep(forTimeInterval: 0.02)
    }
  }

  /// Starts the daemon, which is expected to refuse, and returns what it says.
  func startRefused(_ arguments: [String] = []) throws -> Outcome {
    let process = try daemonProcess(arguments)
    try process.run()
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, output: "", errors: log())
  }

  private func daemonProcess(_ arguments: [String]) throws -> Process {
    let file = path("sedaid.toml")
    let text = """
      data = "\(path("array"))"
      journal = "4MiB"
      \(configuration)
      """
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = try Self.programs().appending(path: "sedaid")
    process.arguments = ["--config", file] + arguments
    process.environment = environment
    try "".write(toFile: path("log"), atomically: false, encoding: .utf8)
    process.standardError = FileHandle(forWritingAtPath: path("log"))
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    return process
  }

  func log() -> String { (try? String(contentsOfFile: path("log"), encoding: .utf8)) ?? "" }

  /// Sends SIGTERM and waits for the end.
  func stop() -> Int32 {
    guard let daemon else { return -1 }
    daemon.terminate()
    daemon.waitUntilExit()
    return daemon.terminationStatus
  }

  /// Sends SIGKILL and waits for the end.
  func kill() {
    guard let daemon else { return }
    Foundation.kill(daemon.processIdentifier, SIGKILL)
    daemon.waitUntilExit()
  }

  // MARK: Commands

  /// Runs a line as a person types it; no argument of it holds a blank. The iSM commands run
  /// by links named like them, as an installation has them.
  @discardableResult
  func type(_ line: String) throws -> Outcome {
    let words = line.split(separator: " ").map(String.init)
    let process = Process()
    process.executableURL = try executable(words[0])
    process.arguments = Array(words.dropFirst())
    process.environment = environment
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    // Everything these commands print here fits a pipe, so neither can block the other.
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let complaint = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: complaint, as: UTF8.self))
  }

  /// Runs a string as a login shell does for a remote request: bash, with the commands on its
  /// path, standard input closed, in a session of its own.
  func shell(_ script: String, directory: URL? = nil) throws -> Outcome {
    for name in ["iSMcfg", "iSMview", "iSMcc_view", "iSMquery", "clioutmsg", "iSMsc_query"] {
      _ = try executable(name)
    }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["setsid", "-w", "bash", "-c", script]
    process.environment = environment.merging([
      "PATH": place.path(percentEncoded: false) + ":/usr/bin:/bin",
      "XDG_RUNTIME_DIR": place.path(percentEncoded: false),
    ]) { _, new in new }
    let output = path("shell-output-\(UUID().uuidString.prefix(8))")
    let errors = output + "-errors"
    for file in [output, errors] { try "".write(toFile: file, atomically: false, encoding: .utf8) }
    process.currentDirectoryURL = directory
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus,
      output: try String(contentsOfFile: output, encoding: .utf8),
      errors: try String(contentsOfFile: errors, encoding: .utf8))
  }

  private func executable(_ program: String) throws -> URL {
    let built = try Self.programs()
    if program.hasPrefix("/") { return URL(filePath: program) }
    guard program.hasPrefix("iSM") || program == "clioutmsg" else {
      return built.appending(path: program)
    }
    let link = place.appending(path: program)
    if !FileManager.default.fileExists(atPath: link.path(percentEncoded: false)) {
      try FileManager.default.createSymbolicLink(
        at: link, withDestinationURL: built.appending(path: "ism"))
    }
    return link
  }
}
