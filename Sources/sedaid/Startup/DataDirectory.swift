import Foundation
import SedaiLinux

/// The directory of an array, for this daemon alone.
struct DataDirectory: ~Copyable {
  let path: String
  private let lock: LockFile

  /// Makes the directory if there is none, and locks it.
  ///
  /// - Throws: a failure that names the directory or its lock.
  init(_ path: String) throws(StartupFailure) {
    self.path = path
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw StartupFailure(
        "\(path) cannot be made. Check that its parent is a directory this user may write.")
    }
    let lockPath = path + "/lock"
    do throws(LockFile.Failure) {
      lock = try LockFile(path: lockPath)
    } catch {
      switch error {
      case .held:
        throw StartupFailure(
          "another sedaid runs on \(path) and holds \(lockPath). Stop it, or give this one "
            + "another directory.")
      case .failed(let code):
        throw StartupFailure("\(lockPath): \(systemWords(code)). Check its permissions.")
      }
    }
  }

  /// The system area.
  var systemArea: String { path + "/system" }

  /// What the file system of `path`, or of its nearest parent that exists, has left in bytes.
  static func freeBytes(_ path: String) -> UInt64? {
    var url = URL(filePath: path)
    while !FileManager.default.fileExists(atPath: url.path(percentEncoded: false)),
      url.pathComponents.count > 1
    {
      url.deleteLastPathComponent()
    }
    let attributes = try? FileManager.default.attributesOfFileSystem(
      forPath: url.path(percentEncoded: false))
    return (attributes?[.systemFreeSize] as? NSNumber)?.uint64Value
  }
}
