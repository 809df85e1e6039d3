import ArgumentParser
import Foundation
import SedaiEngine
import SedaiFormat
import SedaiLinux

/// `sedai-check`: verifies a stopped array offline.
@main
struct SedaiCheck: ParsableCommand {
  /// Exit statuses, for scripts.
  enum Status {
    static let repaired = ExitCode(1)
    static let unsound = ExitCode(4)
    static let cannotCheck = ExitCode(8)
  }

  static let configuration = CommandConfiguration(
    commandName: "sedai-check",
    abstract: "Checks the metadata of a stopped array.",
    usage: """
      sedai-check <directory> [--repair]
      sedai-check <directory> --dump [--image <image>]
      """,
    discussion: """
      Verifies every checksum, reference count and sum, and that nothing is referred to \
      that does not exist. Without --repair nothing is written; a journal left by a crash \
      is applied in memory only.

      --repair rebuilds reference counts and sums from the trees. It replaces no page that \
      cannot be read: then nothing is written at all. Data blocks carry no checksums and \
      are not read.

      Exit status: 0 sound, 1 problems were found and repaired, 4 problems are left, 8 the \
      array could not be checked, 64 wrong usage.
      """,
    version: "0.1.0")

  @Argument(help: "The array's data directory.")
  var directory: String?

  @Flag(help: "Rebuild counts and sums from the trees.")
  var repair = false

  @Flag(help: "Print pools, images and the array's records, as JSON lines where they are.")
  var dump = false

  @Option(help: "With --dump: print the map of this image, by number.")
  var image: UInt64?

  @Flag(help: .hidden)
  var manual = false

  func validate() throws {
    if directory == nil && !manual { throw ValidationError("Give the array's data directory.") }
    if repair && dump { throw ValidationError("--repair and --dump exclude each other.") }
    if image != nil && !dump { throw ValidationError("--image goes with --dump.") }
  }

  func run() throws {
    if manual { return print(ManualPage.text, terminator: "") }
    do {
      let check = try open()
      if dump { return try show(check) }
      let report = try repair ? check.repair() : check.check()
      tell(report)
      if report.wasRepaired, !report.isSound { throw Status.repaired }
      if !report.isSound { throw Status.unsound }
    } catch let code as ExitCode {
      throw code
    } catch {
      FileHandle.standardError.write(Data("sedai-check: \(words(error))\n".utf8))
      throw Status.cannotCheck
    }
  }

  private var systemPath: String { (directory ?? ".") + "/system" }

  private func open() throws -> EngineCheck {
    let device = try FileDevice(path: systemPath)
    guard let boot = Kernel.bootIdentity() else { throw NoBootIdentity() }
    let environment = EngineEnvironment(boot: boot) { (member) throws(DeviceError) in
      do throws(FileDeviceError) {
        return try FileDevice(path: String(decoding: member.path, as: UTF8.self))
      } catch { throw DeviceError(error) }
    }
    return try EngineCheck(systemArea: device, environment: environment, isRepair: repair)
  }

  private struct NoBootIdentity: Error {}

  private func reason(_ code: Int32) -> String {
    // SAFETY: strerror returns a terminated text that lasts until the next call; it is
    // copied at once, and this program has one thread.
    unsafe String(cString: strerror(code))
  }

  private func words(_ error: any Error) -> String {
    switch error {
    case FileDeviceError.locked(let path):
      "\(path) is in use: stop sedaid first."
    case FileDeviceError.openFailed(let path, let code):
      "\(path) cannot be opened: \(reason(code))."
    case EngineError.damaged(let what):
      "\(systemPath) is damaged: \(what). Nothing was changed. Bring the file back from a copy."
    case EngineError.unsupportedVersion(let what, let found, let supported):
      "\(systemPath): \(what) has version \(found), this program knows \(supported). "
        + "Nothing was changed. Use a newer sedai-check."
    case EngineError.noSuchImage(let id): "there is no image \(id.rawValue)."
    case is NoBootIdentity: "/proc/sys/kernel/random/boot_id cannot be read. Mount /proc."
    default: "\(systemPath): \(error)."
    }
  }
}
