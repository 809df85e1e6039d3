internal import Foundation
internal import Glibc
public import SedaiAPI
internal import SedaiModel

/// Programs of the system that do part of the work.
public struct ProgramRun: Sendable {
  /// How one ended.
  public let status: Int32
  /// What it printed on both outputs, without the blanks at its end.
  public let output: String

  /// Directories in which programs are looked for, whatever the caller's are.
  static let directories = [
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
  ]
  /// Between two looks at something that gives no other sign, in microseconds.
  static let lookInterval: UInt32 = 10_000
  /// Bytes of output that are kept.
  static let maximumOutput = 8192

  /// The full path of a program; nil if there is none.
  public static func path(of name: String) -> String? {
    directories.map { $0 + "/" + name }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Runs a program to its end.
  ///
  /// - Parameter patience: seconds after which it is ended.
  /// - Throws: if it is not there, could not be started, or was ended.
  public init(_ words: [String], patience: Int) throws(Problem) {
    let log = try Self.temporaryFile()
    defer { HostFiles.remove(log) }
    let process = try Self.start(words, log: log)
    // What a program leaves behind, as a file system in a process, holds what Process listens
    // to: the program has ended all the same.
    var ended: Int32?
    let inTime = Self.wait(patience) {
      ended = Self.status(of: process.processIdentifier)
      return ended != nil || !process.isRunning
    }
    if !inTime {
      kill(process.processIdentifier, SIGKILL)
      throw Self.failure(words, "it did not end within \(patience) s")
    }
    status = ended ?? process.terminationStatus
    output = String((HostFiles.fact(log) ?? "").prefix(Self.maximumOutput))
  }

  /// How a process of ours ended, which stays to be asked again; nil while it runs.
  private static func status(of process: pid_t) -> Int32? {
    // SAFETY: the C function fills `facts` during the call; for an ended child it is the part
    // that tells of one.
    var facts = unsafe siginfo_t()
    let how = WEXITED | WNOHANG | WNOWAIT
    return unsafe withUnsafeMutablePointer(to: &facts) { pointer in
      guard unsafe waitid(P_PID, id_t(process), pointer, how) == 0,
        unsafe pointer.pointee._sifields._sigchld.si_pid == process
      else { return nil }
      return unsafe pointer.pointee._sifields._sigchld.si_status
    }
  }

  /// Runs a program that has to succeed; returns what it printed.
  @discardableResult
  public static func succeed(_ words: [String], patience: Int) throws(Problem) -> String {
    let run = try ProgramRun(words, patience: patience)
    guard run.status == 0 else {
      throw failure(words, run.output.isEmpty ? "status \(run.status)" : run.output)
    }
    return run.output
  }

  /// Starts a program that stays.
  ///
  /// - Parameter log: a file that its outputs go to.
  static func start(_ words: [String], log: String) throws(Problem) -> Process {
    guard let name = words.first, let program = path(of: name) else {
      throw Problem(.programMissing, ["program": .text(words.first ?? "")])
    }
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = Array(words.dropFirst())
    process.environment = ["PATH": directories.joined(separator: ":"), "LC_ALL": "C"]
    process.standardInput = FileHandle.nullDevice
    guard FileManager.default.createFile(atPath: log, contents: nil),
      let handle = FileHandle(forWritingAtPath: log)
    else { throw HostFiles.failure("write", log, "it cannot be made") }
    process.standardOutput = handle
    process.standardError = handle
    do {
      try process.run()
    } catch {
      throw failure(words, error.localizedDescription)
    }
    return process
  }

  /// Looks again and again until `condition` holds.
  ///
  /// - Returns: false if it did not within so many seconds.
  static func wait(_ seconds: Int, until condition: () -> Bool) -> Bool {
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: .seconds(seconds))
    while !condition() {
      if clock.now >= end { return false }
      usleep(lookInterval)
    }
    return true
  }

  private static func temporaryFile() throws(Problem) -> String {
    let directory = "/run/sedai-host"
    try HostFiles.makeDirectory(directory)
    return directory + "/output-\(getpid())-\(UInt32.random(in: .min ... .max))"
  }

  static func failure(_ words: [String], _ reason: String) -> Problem {
    Problem(
      .programFailed,
      ["program": .text(words.prefix(2).joined(separator: " ")), "reason": .text(reason)])
  }
}
