public import SedaiAPI
public import SedaiHostModel

/// Finds an array's logical disks among the disks of this host.
public struct HostScan: Sendable {
  let places: HostPlaces
  let settings: HostSettings
  let options: CommandOptions

  public init(_ places: HostPlaces, settings: HostSettings, options: CommandOptions) {
    self.places = places
    self.settings = settings
    self.options = options
  }

  /// The logical disks of a picture that this host has, whether they are connected or not.
  public func present(of picture: ArrayPicture) throws(Problem) -> [ArrayPicture.Disk] {
    let found = try paths()
    return picture.disks.filter { disk in
      disk.kind != .snapshot && disk.kind != .reserve
        && found.of(picture.identity(of: disk)) != nil
    }
  }

  /// Devices of each logical disk that this host has or had attached.
  private struct Paths {
    /// One that is attached but not connected has none.
    var attached: [DiskIdentity: [DevicePath]] = [:]
    /// By what SCSI disks say of themselves.
    var scsi: [String: [DevicePath]] = [:]

    /// Nil if the disk is none of this host's.
    func of(_ identity: DiskIdentity) -> [DevicePath]? {
      let scsi = scsi[identity.worldWideIdentifier]
      return attached[identity].map { $0 + (scsi ?? []) } ?? scsi
    }
  }

  private func paths() throws(Problem) -> Paths {
    var found = Paths()
    let attacher = Attacher(places, options: options)
    for record in try AttachmentRecords(places).all() {
      var paths = found.attached[record.identity] ?? []
      if let device = record.device, record.transport != .iSCSI, attacher.isConnected(record) {
        paths.append(DevicePath(device: device, transport: record.transport))
      }
      found.attached[record.identity] = paths
    }
    for disk in HostDisk.all() {
      guard let identifier = disk.worldWideIdentifier else { continue }
      found.scsi[identifier, default: []].append(
        DevicePath(device: disk.device, transport: .iSCSI))
    }
    return found
  }

  /// The logical disks of a picture that this host has.
  ///
  /// - Parameters:
  ///   - unreadable: names of disks whose contents say nothing now, and why.
  ///   - previous: the list before, whose entries are kept for those.
  public func disks(
    of picture: ArrayPicture, unreadable: [String: String], previous: VolumeList?
  ) throws(Problem) -> [ListedDisk] {
    let paths = try paths()
    let mounts = MountTable(mountinfo: HostFiles.fact("/proc/self/mountinfo") ?? "")
    var listed: [ListedDisk] = []
    for disk in picture.disks where disk.kind != .snapshot && disk.kind != .reserve {
      let identity = picture.identity(of: disk)
      guard let found = paths.of(identity) else { continue }
      var entry = ListedDisk(
        identity: identity, number: disk.number, name: disk.name, osType: disk.osType,
        kind: disk.kind, paths: found)
      let former = previous?.disks.first { $0.identity == identity }
      fill(&entry, because: unreadable[disk.name], former: former, mounts: mounts)
      listed.append(entry)
    }
    return listed
  }

  /// Reads what is on the disk, or keeps what was.
  private func fill(
    _ entry: inout ListedDisk, because reason: String?, former: ListedDisk?, mounts: MountTable
  ) {
    var host: (disk: HostDisk, bytes: DiskBytes)?
    for index in entry.paths.indices {
      let disk = HostDisk(device: entry.paths[index].device)
      let bytes = reason == nil ? disk?.bytes() : nil
      if reason == nil { entry.paths[index].isBlocked = bytes?.read(0, 512) == nil }
      if host == nil, !entry.paths[index].isBlocked, let disk, let bytes { host = (disk, bytes) }
    }
    guard let host, reason == nil else {
      entry.keptBecause = reason ?? (entry.paths.isEmpty ? "it is not ready" : "it cannot be read")
      entry.table = former?.table
      entry.volumes =
        former?.volumes ?? [
          ListedVolume(
            name: entry.identity.volumeName(partition: 0), partition: 0,
            content: VolumeContent(kind: .unknown))
        ]
      return
    }
    let table = PartitionTable(host.bytes)
    entry.table = table?.kind
    let parts =
      table?.partitions.map { ($0.number, VolumeContent(host.bytes.part($0.range))) }
      ?? [(0, VolumeContent(host.bytes))]
    entry.volumes = parts.map { number, content in
      volume(entry, number, content, on: host.disk, former: former, mounts: mounts)
    }
  }

  private func volume(
    _ entry: ListedDisk, _ number: Int, _ content: VolumeContent, on disk: HostDisk,
    former: ListedDisk?, mounts: MountTable
  ) -> ListedVolume {
    let before = former?.volumes.first { $0.partition == number }
    var places: [String] = []
    if let device = disk.volume(number) {
      places = mounts.entries(on: device.number, path: device.path).map(\.mountPoint)
    }
    return ListedVolume(
      name: entry.identity.volumeName(partition: number), partition: number, content: content,
      drive: places.lazy.compactMap { settings.drive(at: $0) }.first ?? before?.drive,
      isReleased: places.isEmpty && before?.isReleased ?? false,
      mountPoints: places.isEmpty ? before?.mountPoints ?? [] : places)
  }
}
