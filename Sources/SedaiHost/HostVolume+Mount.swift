public import SedaiAPI
public import SedaiHostModel
internal import SedaiModel

extension HostVolume {
  /// Connects the disk if it is not, and forgets what the kernel cached of it.
  ///
  /// - Returns: the disk with its partitions as they are now.
  public func makeReady() throws(Problem) -> HostDisk {
    if var record, !isUsable(record) {
      if record.transport != .iSCSI, attacher.isConnected(record) {
        let device = record.device
        record = try attacher.disconnect(record)
        record.device = device
      }
      try AttachmentRecords(places).store(try attacher.connect(record))
    } else if record == nil {
      try attacher.setState(of: scsiRecord, "running")
    }
    guard let disk = try HostVolume(self).connectedDisk() else {
      throw Problem(.diskNotReady, ["name": .text(disk.name)])
    }
    // Partitions in use keep the kernel from reading the table again; they have not changed.
    try? BlockCalls.readPartitions(of: disk.device)
    _ = try? ProgramRun(["partx", "--update", disk.device], patience: Attacher.programPatience)
    return HostDisk(name: disk.name) ?? disk
  }

  /// The same volume with what is recorded now.
  private init(_ other: HostVolume) throws(Problem) {
    disk = other.disk
    volume = other.volume
    places = other.places
    options = other.options
    record = try AttachmentRecords(other.places).record(
      of: other.disk.identity, named: other.disk.name)
  }

  private var scsiRecord: AttachmentRecord {
    AttachmentRecord(
      identity: disk.identity, number: disk.number, name: disk.name, ldSet: "", transport: .iSCSI)
  }

  /// Whether the connection is there and the array answers through it.
  private func isUsable(_ record: AttachmentRecord) -> Bool {
    guard !record.isNotReady, let disk = connectedDisk() else { return false }
    var current = record
    current.device = disk.device
    return attacher.answers(current)
  }

  /// What a mount found out about the file system.
  public struct Mounted: Sendable {
    public let device: String
    public let content: VolumeContent
  }

  /// Mounts the volume.
  ///
  /// - Parameters:
  ///   - directory: made if it is not there.
  ///   - words: options of mount(8), joined by commas.
  public func mount(at directory: String, options words: String?) throws(Problem) -> Mounted {
    let disk = try makeReady()
    guard let bytes = disk.bytes() else {
      throw Problem(.diskNotReady, ["name": .text(self.disk.name)])
    }
    let table = try permittedTable(on: bytes)
    let device = try device(on: disk)
    let part = table?.partitions.first { $0.number == volume.partition }
    let content = VolumeContent(part.map { bytes.part($0.range) } ?? bytes)
    guard content.kind.isFileSystem else {
      throw Problem(
        .noFileSystem, ["name": .text(self.disk.name), "kind": .text(content.kind.rawValue)])
    }
    if let mount = VolumeUsers(of: [device]).mounts.first {
      throw Problem(
        .alreadyMounted, ["name": .text(self.disk.name), "path": .text(mount.mountPoint)])
    }
    let asked = words?.split(separator: ",").map(String.init) ?? []
    try refuseTwin(of: content, than: device.path, asked: asked)
    try HostFiles.makeDirectory(directory)
    let type = content.kind == .ntfs ? "ntfs-3g" : content.kind.rawValue
    try ProgramRun.succeed(
      ["mount", "-t", type] + (asked.isEmpty ? [] : ["-o", asked.joined(separator: ",")])
        + [device.path, directory],
      patience: Attacher.programPatience)
    return Mounted(device: device.path, content: content)
  }

  /// Shows a mounted volume at another place as well.
  public func mountAgain(at directory: String, from first: String) throws(Problem) {
    try HostFiles.makeDirectory(directory)
    try ProgramRun.succeed(
      ["mount", "--bind", first, directory], patience: Attacher.programPatience)
  }

  /// Two file systems of one identifier: the kernel refuses one of them or mixes them up.
  private func refuseTwin(
    of content: VolumeContent, than device: String, asked: [String]
  ) throws(Problem) {
    guard content.kind.refusesTwins, let identifier = content.identifier,
      content.kind != .xfs || !asked.contains("nouuid")
    else { return }
    for other in Self.mountedDevices() where other != device {
      guard let size = try? BlockCalls.size(of: other) else { continue }
      let bytes = DiskBytes(size: size, blockSize: 512) { offset, count in
        try? BlockCalls.read(other, at: offset, count: count)
      }
      guard VolumeContent(bytes).identifier == identifier else { continue }
      let advice =
        content.kind == .xfs
        ? "mount it with -o nouuid, or on another host" : "mount it on another host"
      throw Problem(
        .twinFileSystem,
        [
          "name": .text(disk.name), "device": .text(other), "id": .text(identifier),
          "advice": .text(advice),
        ])
    }
  }

  /// Devices whose file systems are mounted in any mount namespace.
  private static func mountedDevices() -> Set<String> {
    var spaces: Set<String> = []
    var devices: Set<String> = []
    for process in HostFiles.names(in: "/proc") where Int32(process) != nil {
      guard let space = HostFiles.destination(of: "/proc/\(process)/ns/mnt"),
        spaces.insert(space).inserted
      else { continue }
      let table = MountTable(mountinfo: HostFiles.fact("/proc/\(process)/mountinfo") ?? "")
      devices.formUnion(table.entries.map(\.source).filter { $0.hasPrefix("/dev/") })
    }
    return devices
  }
}
