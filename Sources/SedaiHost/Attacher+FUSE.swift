internal import Foundation
internal import Glibc
internal import SedaiAPI
internal import SedaiHostModel
internal import SedaiModel

// An NBD client shows the disk as a file, and a loop device stands on that file: for kernels
// without an NBD or iSCSI client.

extension Attacher {
  /// The file that the loop device stands on.
  static func file(in connection: String?) -> String? { connection.map { $0 + "/mount/disk" } }

  func connectByFUSE(_ record: AttachmentRecord) throws(Problem) -> AttachmentRecord {
    guard let uri = record.sources.first else {
      throw failed(record, "its record names no NBD server")
    }
    try disconnectFUSE(record, cuts: true)
    var record = record
    // Another one each time: what still holds the former connection does not get in the way.
    let folder = places.connections + "/\(record.name)-\(UInt32.random(in: .min ... .max))"
    let file = folder + "/mount/disk"
    record.connection = folder
    let process = folder + "/process"
    try HostFiles.makeDirectory(folder + "/mount")
    let words =
      ["nohup", "nbdfuse"] + (record.isReadOnly ? ["--readonly"] : [])
      + ["-P", process, file, uri]
    let client = try ProgramRun.start(words, log: folder + "/log")
    let answered = ProgramRun.wait(options.deviceWait) {
      HostFiles.fact(process)?.isEmpty == false || !client.isRunning
    }
    guard answered, HostFiles.fact(process)?.isEmpty == false else {
      let words = HostFiles.fact(folder + "/log") ?? ""
      client.terminate()
      try? disconnectFUSE(record, cuts: true)
      throw failed(
        record, answered ? words : "the array does not answer within \(options.deviceWait) s")
    }
    do {
      let device = try loopDevice(on: file, for: record)
      record.device = device
      // Kernels that know no partition tables learn the partitions from this.
      _ = try? ProgramRun(["partx", "--update", device], patience: Self.programPatience)
    } catch {
      try? disconnectFUSE(record, cuts: true)
      throw error
    }
    return record
  }

  /// The device that the disk had before, if it is free.
  private func loopDevice(
    on file: String, for record: AttachmentRecord
  ) throws(Problem) -> String {
    // Past the page cache of the file, so that a read of the device sees what the array has.
    let common =
      ["losetup", "--direct-io=on", "--partscan"] + (record.isReadOnly ? ["--read-only"] : [])
    if let former = record.device, let disk = HostDisk(device: former), disk.backingFile == nil,
      let run = try? ProgramRun(common + [former, file], patience: Self.programPatience),
      run.status == 0
    {
      return former
    }
    return try ProgramRun.succeed(
      common + ["--find", "--show", file], patience: Self.programPatience)
  }

  /// - Parameter cuts: whether the connection is broken whoever uses the device.
  func disconnectFUSE(_ record: AttachmentRecord, cuts: Bool) throws(Problem) {
    guard let folder = record.connection, let file = Self.file(in: folder),
      HostFiles.exists(folder)
    else { return }
    let process = HostFiles.fact(folder + "/process").flatMap { Int32($0) }
    if cuts, let process, Self.serves(process, file) { kill(process, SIGKILL) }
    for disk in HostDisk.all() where disk.backingFile == file {
      _ = try? ProgramRun(["partx", "--delete", disk.device], patience: Self.programPatience)
      _ = try? ProgramRun(["losetup", "--detach", disk.device], patience: Self.programPatience)
    }
    // The kernel lets go of a device that is in use with its last user only.
    let isFree =
      cuts
      || ProgramRun.wait(options.deviceWait) {
        !HostDisk.all().contains { $0.backingFile == file }
      }
    guard isFree else { throw failed(record, "its loop device is in use") }
    for flags in ["-u", "-uz"] {
      let run = try? ProgramRun(
        ["fusermount3", flags, folder + "/mount"], patience: Self.programPatience)
      if run?.status == 0 { break }
    }
    if let process, Self.serves(process, file) {
      let ended = ProgramRun.wait(options.deviceWait) { !Self.serves(process, file) }
      if !ended { kill(process, SIGKILL) }
    }
    for file in ["/process", "/log"] { HostFiles.remove(folder + file) }
    // Nothing below a mount that would not go is touched.
    // SAFETY: the paths are read during the calls only.
    guard unsafe rmdir(folder + "/mount") == 0 || errno == ENOENT, unsafe rmdir(folder) == 0
    else { throw failed(record, "\(folder): \(SystemFailure(errno))") }
  }

  /// A process number may belong to somebody else by now.
  private static func serves(_ process: Int32, _ file: String) -> Bool {
    HostFiles.fact("/proc/\(process)/cmdline")?.contains(file) ?? false
  }
}
