import Foundation
import SedaiAPI
import SedaiModel

/// In which form the views of one session are printed: the POSIX session that a login or a
/// terminal is, whatever processes it consists of.
///
/// The choice is kept in a file named after the session's number, in a directory of the user's.
/// Numbers of processes are used again, so the file also holds when the session's leader was
/// started; what another session left counts for nothing.
/// - Source: management-cli.md 2.4.
struct SessionOutput {
  private let directory: String
  private let session: pid_t
  /// When the leader was started, in ticks since the system was.
  private let leaderStart: String

  /// Nil if the session has no leader that can be seen.
  init?(environment: [String: String]) {
    let number = getsid(0)
    guard number > 0, let start = Self.start(of: number) else { return nil }
    session = number
    leaderStart = start
    let place = environment["XDG_RUNTIME_DIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
    directory = place + "/sedai-output-\(getuid())"
  }

  /// Text unless this session chose otherwise.
  var form: OutputForm {
    guard Self.isOwn(directory),
      let words = try? String(contentsOfFile: file(session), encoding: .utf8)
    else { return .text }
    let parts = words.split(separator: " ")
    guard parts.count == 2, parts[1] == leaderStart else { return .text }
    return OutputForm(rawValue: String(parts[0])) ?? .text
  }

  /// Chooses the form, and forgets what sessions that have ended chose.
  func choose(_ form: OutputForm) throws(Problem) {
    let files = FileManager.default
    do {
      if !files.fileExists(atPath: directory) {
        // Another session may make it at the same moment; what it must be is checked next.
        try? files.createDirectory(
          atPath: directory, withIntermediateDirectories: false,
          attributes: [.posixPermissions: 0o700])
      }
      guard Self.isOwn(directory) else {
        throw Self.failure("\(directory) is not a directory of this user alone")
      }
      for name in try files.contentsOfDirectory(atPath: directory)
      where pid_t(name).map({ Self.start(of: $0) == nil }) == true {
        // A name that is no number is a file that another session is just writing.
        try? files.removeItem(atPath: directory + "/" + name)
      }
      try Data("\(form.rawValue) \(leaderStart)".utf8).write(
        to: URL(filePath: file(session)), options: .atomic)
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Self.failure("\(directory) cannot be written")
    }
  }

  private func file(_ session: pid_t) -> String { directory + "/\(session)" }

  /// Nobody else can have put anything there.
  private static func isOwn(_ path: String) -> Bool {
    guard let found = try? FileManager.default.attributesOfItem(atPath: path),
      found[.type] as? FileAttributeType == .typeDirectory,
      let owner = found[.ownerAccountID] as? NSNumber, owner.uint32Value == getuid(),
      let mode = found[.posixPermissions] as? NSNumber
    else { return false }
    return mode.intValue & 0o077 == 0
  }

  /// - Source: proc_pid_stat(5), field 22; the second, which comes before, may hold anything.
  private static func start(of process: pid_t) -> String? {
    guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let end = stat.lastIndex(of: ")")
    else { return nil }
    let fields = stat[stat.index(after: end)...].split(separator: " ")
    return fields.count > 19 ? String(fields[19]) : nil
  }

  static func failure(_ reason: String) -> Problem {
    Problem(.sessionNotKnown, ["reason": .text(reason)])
  }
}

/// One run of `clioutmsg`.
struct OutputFormSession {
  let environment: [String: String]
  let line: CommandWords

  func run() throws(Problem) -> CommandOutcome {
    guard let session = SessionOutput(environment: environment) else {
      throw SessionOutput.failure("this session has no leader")
    }
    let form = line.value(ViewCommand.formOperand).flatMap(OutputForm.init(rawValue:))
    try session.choose(form ?? .text)
    return CommandOutcome()
  }
}
