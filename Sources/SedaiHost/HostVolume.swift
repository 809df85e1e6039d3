public import SedaiAPI
public import SedaiHostModel
internal import SedaiModel

/// A volume of the list on the disk of this host that is its logical disk's now.
public struct HostVolume: Sendable {
  public let disk: ListedDisk
  public let volume: ListedVolume
  /// How the disk was attached; nil for an iSCSI disk that was there by itself.
  public let record: AttachmentRecord?
  let places: HostPlaces
  let options: CommandOptions

  public init(
    _ disk: ListedDisk, _ volume: ListedVolume, host: HostConfiguration
  ) throws(Problem) {
    self.disk = disk
    self.volume = volume
    places = host.places
    options = host.options
    record = try AttachmentRecords(places).record(of: disk.identity, named: disk.name)
  }

  var attacher: Attacher { Attacher(places, options: options) }

  /// Its disk by the array's identity, whatever device the list has; nil while it is not ready.
  public func connectedDisk() -> HostDisk? {
    if let record, record.transport != .iSCSI {
      guard attacher.isConnected(record), let device = record.device else { return nil }
      return HostDisk(device: device)
    }
    let wanted = disk.identity.worldWideIdentifier
    return HostDisk.all().first {
      $0.worldWideIdentifier == wanted && $0.state != Self.offline
    }
  }

  static let offline = "offline"

  /// Where it is mounted in this mount namespace.
  public var mounts: [MountEntry] {
    guard let device = connectedDisk()?.volume(volume.partition) else { return [] }
    return VolumeUsers(of: [device]).mounts
  }

  public var isMounted: Bool { !mounts.isEmpty }

  /// - Throws: iSM13610 while it is not ready.
  func readyDisk() throws(Problem) -> HostDisk {
    guard let disk = connectedDisk() else {
      throw Problem(.diskNotReady, ["name": .text(disk.name)])
    }
    return disk
  }

  /// The device of the volume itself.
  func device(on disk: HostDisk) throws(Problem) -> (path: String, number: DeviceNumber) {
    guard let device = disk.volume(volume.partition) else {
      throw Problem(
        .noSuchPartition,
        ["name": .text(self.disk.name), "partition": .count(UInt64(volume.partition))])
    }
    return device
  }

  /// - Throws: if commands would harm a disk of this layout.
  func permittedTable(on bytes: DiskBytes) throws(Problem) -> PartitionTable? {
    try options.permittedTable(
      of: bytes, named: disk.name, osType: disk.osType, partition: volume.partition)
  }

  /// Gives the disk the signature it had.
  ///
  /// - Returns: false if it has it.
  /// - Throws: if the disk has no table of that kind; the identifier of a GPT is not changed.
  public func setSignature(
    _ signature: String, of kind: PartitionTable.Kind
  ) throws(Problem) -> Bool {
    let disk = try readyDisk()
    guard let bytes = disk.bytes(), let table = PartitionTable(bytes), table.kind == kind
    else { throw Problem(.noSignature, ["name": .text(self.disk.name)]) }
    if table.signature == signature { return false }
    guard kind == .mbr, let value = UInt32(signature, radix: 16) else {
      throw Problem(.noSignature, ["name": .text(self.disk.name)])
    }
    do throws(SystemFailure) {
      // The whole block: a disk takes nothing smaller.
      var block = try BlockCalls.read(disk.device, at: 0, count: bytes.blockSize)
      for byte in 0..<4 { block[440 + byte] = UInt8(truncatingIfNeeded: value >> (byte * 8)) }
      try BlockCalls.write(block, to: disk.device, at: 0)
    } catch {
      throw Self.failed("write", disk.device, error)
    }
    return true
  }
}
