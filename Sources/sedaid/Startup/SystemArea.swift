import Foundation
import Logging
import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiLinux

/// Opens the engine of a data directory.
struct SystemArea {
  let path: String
  let settings: Settings
  let logger: Logger

  /// Opens the system area, after making it if there is none.
  ///
  /// - Throws: a failure that names the file, what is wrong with it, and what to do.
  func open() throws(StartupFailure) -> Engine {
    // A start that was killed may have left a draft.
    try? FileManager.default.removeItem(atPath: draft)
    if !FileManager.default.fileExists(atPath: path) { try make() }
    let device: FileDevice
    do throws(FileDeviceError) {
      device = try FileDevice(path: path)
    } catch {
      throw StartupFailure("the system area cannot be opened: \(words(error)).")
    }
    guard let boot = Kernel.bootIdentity() else {
      throw StartupFailure(
        "/proc/sys/kernel/random/boot_id cannot be read: it tells whether the machine was "
          + "restarted since the last write. Mount /proc.")
    }
    var limits = EngineLimits()
    limits.cachedPages = Int(clamping: settings.cacheBytes / Self.pageBytes)
    limits.dirtyPages = min(limits.dirtyPages, limits.cachedPages / 2)
    let environment = EngineEnvironment(boot: boot, limits: limits) {
      (member) throws(DeviceError) in
      let path = String(decoding: member.path, as: UTF8.self)
      do throws(FileDeviceError) {
        // The engine itself knows which pools are sparse, and discards in these alone.
        return try FileDevice(path: path, isSparse: true)
      } catch {
        throw DeviceError(error)
      }
    }
    do throws(EngineError) {
      let engine = try Engine.open(systemArea: device, environment: environment)
      for problem in engine.openingProblems {
        logger.error(
          "pool not usable, its volumes answer with errors",
          metadata: [
            "pool.problem": "\(problem)",
            "pool.remedy": "put the file or device back, or a copy of it, and start again",
          ])
      }
      return engine
    } catch {
      throw failure(error)
    }
  }

  private var draft: String { path + ".new" }
  private static let pageBytes: UInt64 = 4096

  /// Makes the system area under another name first, so that one which exists is whole.
  private func make() throws(StartupFailure) {
    do {
      let device = try FileDevice(path: draft, creating: .always(ByteCount(0)))
      let parameters = FormatParameters(
        array: Kernel.randomIdentity(), journalBytes: ByteCount(settings.journalBytes))
      try Engine.format(systemArea: device, parameters: parameters)
      try FileManager.default.moveItem(atPath: draft, toPath: path)
    } catch let error as FileDeviceError {
      throw StartupFailure("the system area cannot be made: \(words(error)).")
    } catch let error as EngineError {
      throw failure(error)
    } catch {
      throw StartupFailure("\(draft) cannot become \(path). Check the directory.")
    }
    logger.info("system area made", metadata: ["file.path": "\(path)"])
  }

  private func failure(_ error: EngineError) -> StartupFailure {
    switch error {
    case .damaged(let what):
      StartupFailure(
        "\(path) is damaged: \(what). Nothing was changed. Run sedai-check on its directory.")
    case .unsupportedVersion(let what, let found, let supported):
      StartupFailure(
        "\(path): \(what) has version \(found); this program knows \(supported). Nothing was "
          + "changed. Use a newer sedaid.")
    case .device(let error):
      StartupFailure("\(path): \(words(error)). Check the disk it is on.")
    case .systemAreaFull:
      StartupFailure("\(path): its disk is full. Free some space.")
    default:
      StartupFailure("\(path) cannot be opened: \(error).")
    }
  }
}
