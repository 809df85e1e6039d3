internal import Foundation
internal import Glibc
public import SedaiHostModel

/// A program that keeps a volume from being taken away.
public struct VolumeUser: Hashable, Sendable {
  public enum Use: Hashable, Sendable {
    case openFile
    case workingDirectory
    case root
    case program
    case mappedFile
    /// The device itself is open.
    case device
    /// Mounted in a mount namespace of its own.
    case mount(String)
    /// Something the kernel built on it: device mapper, RAID, swap.
    case kernel
  }

  /// 0 for the kernel.
  public let process: Int32
  public let name: String
  public let use: Use
}

extension VolumeUser: CustomStringConvertible {
  public var description: String {
    let what =
      switch use {
      case .openFile: "open file"
      case .workingDirectory: "working directory"
      case .root: "root directory"
      case .program: "running program"
      case .mappedFile: "mapped file"
      case .device: "open device"
      case .mount(let path): "mounted at \(path) in another mount namespace"
      case .kernel: "built on it"
      }
    return (process == 0 ? "" : "\(process) ") + "\(name) (\(what))"
  }
}

/// Who uses a disk.
public struct VolumeUsers {
  /// Devices of the disk, or of one volume of it.
  private let devices: [(path: String, number: DeviceNumber)]
  private let own: MountTable
  /// What files of its file systems say they are on; btrfs has numbers of its own.
  private let fileSystems: Set<DeviceNumber>

  /// More users than this are not named.
  public static let maximumNamed = 20

  public init(of devices: [(path: String, number: DeviceNumber)]) {
    self.devices = devices
    own = MountTable(mountinfo: HostFiles.fact("/proc/self/mountinfo") ?? "")
    var numbers = Set(devices.map(\.number))
    for device in devices {
      for entry in own.entries(on: device.number, path: device.path) {
        numbers.insert(entry.device)
        if let found = Self.status(entry.mountPoint) {
          numbers.insert(DeviceNumber(packed: UInt64(found.st_dev)))
        }
      }
    }
    fileSystems = numbers
  }

  /// Where it is mounted in this mount namespace.
  public var mounts: [MountEntry] {
    var seen: Set<String> = []
    return devices.flatMap { own.entries(on: $0.number, path: $0.path) }
      .filter { seen.insert($0.mountPoint).inserted }
  }

  /// Other file systems that are mounted below it.
  public var nested: [String] {
    let mounts = mounts.map(\.mountPoint)
    return own.entries.map(\.mountPoint).filter { place in
      !mounts.contains(place) && mounts.contains { place.hasPrefix($0 + "/") }
    }
  }

  /// Everybody else.
  ///
  /// - Parameter holders: what the kernel built on the devices.
  /// - Complexity: O(open files of all processes)
  public func others(holders: [String] = []) -> [VolumeUser] {
    var users = holders.map { VolumeUser(process: 0, name: $0, use: .kernel) }
    let swaps = HostFiles.fact("/proc/swaps") ?? ""
    for device in devices
    where swaps.split(separator: "\n").contains(where: {
      $0.hasPrefix(device.path + " ")
    }) {
      users.append(VolumeUser(process: 0, name: "swap", use: .kernel))
    }
    let ownSpace = HostFiles.destination(of: "/proc/self/ns/mnt")
    var spaces: Set<String> = ownSpace.map { [$0] } ?? []
    for name in HostFiles.names(in: "/proc") {
      guard let process = Int32(name), process != getpid() else { continue }
      if let use = use(by: name) {
        users.append(VolumeUser(process: process, name: Self.name(of: name), use: use))
      } else if let space = HostFiles.destination(of: "/proc/\(name)/ns/mnt"),
        spaces.insert(space).inserted, let place = mount(seenBy: name)
      {
        users.append(VolumeUser(process: process, name: Self.name(of: name), use: .mount(place)))
      }
      if users.count >= Self.maximumNamed { break }
    }
    return users
  }

  private func use(by process: String) -> VolumeUser.Use? {
    let place = "/proc/" + process
    if isOnVolume(place + "/cwd") { return .workingDirectory }
    if isOnVolume(place + "/root") { return .root }
    if isOnVolume(place + "/exe") { return .program }
    for file in HostFiles.names(in: place + "/fd") {
      guard let found = Self.status(place + "/fd/" + file) else { continue }
      if found.st_mode & S_IFMT == S_IFBLK {
        let number = DeviceNumber(packed: UInt64(found.st_rdev))
        if devices.contains(where: { $0.number == number }), !isFileSystem(process) {
          return .device
        }
      } else if fileSystems.contains(DeviceNumber(packed: UInt64(found.st_dev))) {
        return .openFile
      }
    }
    return maps(process) ? .mappedFile : nil
  }

  /// The process that is the file system itself, as for NTFS: it ends with the mount.
  private func isFileSystem(_ process: String) -> Bool {
    ["ntfs-3g", "mount.ntfs", "mount.ntfs-3g", "mount.exfat-fuse"].contains(
      Self.name(of: process))
  }

  private func maps(_ process: String) -> Bool {
    guard let text = HostFiles.fact("/proc/\(process)/maps") else { return false }
    return text.split(separator: "\n").contains { line in
      let fields = line.split(separator: " ")
      guard fields.count > 5, let colon = fields[3].firstIndex(of: ":"),
        let major = UInt32(fields[3][..<colon], radix: 16),
        let minor = UInt32(fields[3][fields[3].index(after: colon)...], radix: 16)
      else { return false }
      return fileSystems.contains(DeviceNumber(major: major, minor: minor))
    }
  }

  private func mount(seenBy process: String) -> String? {
    let table = MountTable(mountinfo: HostFiles.fact("/proc/\(process)/mountinfo") ?? "")
    return devices.lazy.flatMap { table.entries(on: $0.number, path: $0.path) }.first?.mountPoint
  }

  private func isOnVolume(_ path: String) -> Bool {
    guard let found = Self.status(path) else { return false }
    return fileSystems.contains(DeviceNumber(packed: UInt64(found.st_dev)))
  }

  private static func status(_ path: String) -> stat? {
    var found = stat()
    // SAFETY: the C function reads the path and fills `found` during the call.
    return unsafe stat(path, &found) == 0 ? found : nil
  }

  private static func name(of process: String) -> String {
    HostFiles.fact("/proc/\(process)/comm") ?? "?"
  }
}
