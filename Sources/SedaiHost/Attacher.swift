internal import Foundation
public import SedaiAPI
public import SedaiHostModel
internal import SedaiModel

/// Connects logical disks to this host and takes them down again.
public struct Attacher: Sendable {
  let places: HostPlaces
  let options: CommandOptions

  /// Seconds for a program of the system to do its part.
  static let programPatience = 60

  public init(_ places: HostPlaces, options: CommandOptions) {
    self.places = places
    self.options = options
  }

  /// Whether this host has what a transport needs; loads the kernel's module if it has to.
  public static func has(_ transport: DiskTransport) -> Bool {
    switch transport {
    case .iSCSI:
      ProgramRun.path(of: "iscsiadm") != nil
        && isLoaded("iscsi_tcp", sign: "/sys/module/iscsi_tcp")
    case .nbd:
      ProgramRun.path(of: "nbd-client") != nil && isLoaded("nbd", sign: "/sys/block/nbd0")
    case .fuse:
      ProgramRun.path(of: "nbdfuse") != nil && ProgramRun.path(of: "losetup") != nil
        && HostFiles.exists("/dev/fuse")
    }
  }

  private static func isLoaded(_ module: String, sign: String) -> Bool {
    if HostFiles.exists(sign) { return true }
    let run = try? ProgramRun(["modprobe", module], patience: programPatience)
    return run?.status == 0 && HostFiles.exists(sign)
  }

  /// Connects what the record describes.
  ///
  /// - Returns: the record with its device.
  public func connect(_ record: AttachmentRecord) throws(Problem) -> AttachmentRecord {
    var done =
      switch record.transport {
      case .fuse: try connectByFUSE(record)
      case .nbd: try connectByNBD(record)
      case .iSCSI: try connectByISCSI(record)
      }
    done.isNotReady = false
    return done
  }

  /// Whether the device of the record is that of its logical disk, and not one that has its
  /// number since.
  public func isConnected(_ record: AttachmentRecord) -> Bool {
    guard let device = record.device, let disk = HostDisk(device: device) else { return false }
    switch record.transport {
    case .fuse:
      guard let file = Self.file(in: record.connection) else { return false }
      return disk.backingFile == file
    case .nbd: return HostFiles.exists("/sys/block/\(disk.name)/pid")
    case .iSCSI: return disk.worldWideIdentifier == record.identity.worldWideIdentifier
    }
  }

  /// Whether the array answers through the device; what the kernel cached does not count.
  public func answers(_ record: AttachmentRecord) -> Bool {
    guard isConnected(record), let device = record.device else { return false }
    try? BlockCalls.dropCache(of: device)
    return (try? BlockCalls.read(device, at: 0, count: 512))?.count == 512
  }

  /// Takes the device away; nobody may be using it.
  public func disconnect(_ record: AttachmentRecord) throws(Problem) -> AttachmentRecord {
    var left = record
    switch record.transport {
    case .fuse: try disconnectFUSE(record, cuts: false)
    case .nbd:
      if let device = record.device, isConnected(record) {
        try ProgramRun.succeed(["nbd-client", "-d", device], patience: Self.programPatience)
      }
    case .iSCSI: try disconnectISCSI(record)
    }
    left.device = nil
    left.connection = nil
    return left
  }

  /// Makes every access to the device fail from now on, whoever uses it.
  public func cut(_ record: AttachmentRecord) throws(Problem) -> AttachmentRecord {
    var left = record
    left.isNotReady = true
    switch record.transport {
    case .fuse:
      try disconnectFUSE(record, cuts: true)
      left.device = nil
      left.connection = nil
    case .nbd:
      left = try disconnect(record)
      left.isNotReady = true
    case .iSCSI: try setState(of: record, "offline")
    }
    return left
  }

  func failed(_ record: AttachmentRecord, _ reason: String) -> Problem {
    Problem(.attachFailed, ["name": .text(record.name), "reason": .text(reason)])
  }

  // MARK: Kernel NBD

  private func connectByNBD(_ record: AttachmentRecord) throws(Problem) -> AttachmentRecord {
    guard let source = record.sources.first.flatMap({ NBDSource($0) }) else {
      throw failed(record, "its record names no NBD server")
    }
    let free = HostFiles.names(in: "/sys/block").filter { name in
      name.hasPrefix("nbd") && !HostFiles.exists("/sys/block/\(name)/pid")
    }
    let wanted = record.device.flatMap { device in free.first { "/dev/" + $0 == device } }
    guard let name = wanted ?? free.first else { throw failed(record, "no NBD device is free") }
    var words = ["nbd-client"]
    switch source.server {
    case .socket(let path): words += ["-unix", path]
    case .network(let host, let port, let certificates):
      words += [
        host, port, "-certfile", certificates + "/client-cert.pem", "-keyfile",
        certificates + "/client-key.pem", "-cacertfile", certificates + "/ca-cert.pem",
        "-tlshostname", host,
      ]
    }
    words += ["-N", source.export, "/dev/" + name, "-timeout", String(options.deviceWait)]
    if record.isReadOnly { words.append("-readonly") }
    try ProgramRun.succeed(words, patience: options.deviceWait)
    var done = record
    done.device = "/dev/" + name
    return done
  }
}
