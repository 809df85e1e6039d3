internal import Foundation
public import SedaiHostModel

/// A disk as the kernel has it.
public struct HostDisk: Hashable, Sendable {
  /// As in `loop3`.
  public let name: String
  public let number: DeviceNumber
  /// What a SCSI disk says of itself, as in `naa.6020…`.
  public let worldWideIdentifier: String?
  /// The file that a loop device stands on.
  public let backingFile: String?
  /// Partitions that the kernel knows, by number.
  public let partitions: [Int: HostPartition]
  /// What stands on it: device mapper, RAID.
  public let holders: [String]
  /// The state of a SCSI disk, as in `running`.
  public let state: String?

  public var device: String { "/dev/" + name }
}

/// A partition as the kernel has it.
public struct HostPartition: Hashable, Sendable {
  public let name: String
  public let number: DeviceNumber
  public let holders: [String]

  public var device: String { "/dev/" + name }
}

extension HostDisk {
  private static let directory = "/sys/block"

  /// Every disk of this machine.
  public static func all() -> [HostDisk] {
    HostFiles.names(in: directory).compactMap { HostDisk(name: $0) }
  }

  /// Nil if there is no such disk.
  public init?(name: String) {
    let place = Self.directory + "/" + name
    guard let number = HostFiles.fact(place + "/dev").flatMap({ DeviceNumber($0) })
    else { return nil }
    self.name = name
    self.number = number
    worldWideIdentifier = HostFiles.fact(place + "/device/wwid")
    backingFile = HostFiles.fact(place + "/loop/backing_file")
    state = HostFiles.fact(place + "/device/state")
    holders = HostFiles.names(in: place + "/holders")
    var partitions: [Int: HostPartition] = [:]
    for part in HostFiles.names(in: place) where part.hasPrefix(name) {
      guard let index = HostFiles.fact(place + "/\(part)/partition").flatMap({ Int($0) }),
        let number = HostFiles.fact(place + "/\(part)/dev").flatMap({ DeviceNumber($0) })
      else { continue }
      partitions[index] = HostPartition(
        name: part, number: number, holders: HostFiles.names(in: place + "/\(part)/holders"))
    }
    self.partitions = partitions
  }

  /// The disk with this path; nil if there is none.
  public init?(device: String) {
    guard device.hasPrefix("/dev/") else { return nil }
    self.init(name: String(device.dropFirst("/dev/".count)))
  }

  /// Its bytes, read as they are asked for; nil if it cannot be opened.
  public func bytes() -> DiskBytes? {
    guard let size = try? BlockCalls.size(of: device), size > 0 else { return nil }
    let block = HostFiles.fact("/sys/block/\(name)/queue/logical_block_size").flatMap { Int($0) }
    let device = device
    return DiskBytes(size: size, blockSize: block == 4096 ? 4096 : 512) { offset, count in
      try? BlockCalls.read(device, at: offset, count: count)
    }
  }

  /// The device of a volume: the disk itself for 0; nil if the kernel has no such partition.
  public func volume(_ partition: Int) -> (path: String, number: DeviceNumber)? {
    if partition == 0 { return (device, number) }
    return partitions[partition].map { ($0.device, $0.number) }
  }

  /// Every device that is a part of it, itself first.
  public var devices: [(path: String, number: DeviceNumber)] {
    [(device, number)]
      + partitions.values.sorted { $0.name < $1.name }.map { ($0.device, $0.number) }
  }
}
