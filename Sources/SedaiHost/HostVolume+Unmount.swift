public import SedaiAPI
public import SedaiHostModel
internal import SedaiModel

extension HostVolume {
  /// How a volume is taken from its programs.
  public enum UnmountMode: Hashable, Sendable {
    /// Only if no program uses it; what is cached is written.
    case plain
    /// Only if no program uses it; what is cached is discarded.
    case force
    /// Whoever uses it; programs meet errors. The disk is not ready afterwards.
    case offline
  }

  /// Writes what is cached of the volume; returns when it is on the disk.
  public func flush() throws(Problem) {
    let disk = try readyDisk()
    if let bytes = disk.bytes() { _ = try permittedTable(on: bytes) }
    let device = try device(on: disk)
    do throws(SystemFailure) {
      for mount in VolumeUsers(of: [device]).mounts {
        try BlockCalls.syncFileSystem(at: mount.mountPoint)
      }
      try BlockCalls.dropCache(of: device.path)
    } catch {
      throw Self.failed("flush", device.path, error)
    }
  }

  /// Takes the volume's file system away.
  ///
  /// - Parameter leavesNotReady: whether the whole disk is made unusable afterwards; then it may
  ///   have one mount point, no more and no less.
  /// - Returns: where it was mounted.
  public func unmount(
    _ mode: UnmountMode, leavesNotReady: Bool
  ) throws(Problem) -> [MountEntry] {
    let disk = try readyDisk()
    if mode == .plain, let bytes = disk.bytes() { _ = try permittedTable(on: bytes) }
    let device = try device(on: disk)
    let concerned = leavesNotReady ? disk.devices : [device]
    let users = VolumeUsers(of: concerned)
    let mounts = users.mounts
    if leavesNotReady, mounts.count != 1 {
      throw Problem(
        .mountPointCount,
        ["name": .text(self.disk.name), "count": .count(UInt64(mounts.count))],
        detail: mounts.isEmpty ? nil : mounts.map(\.mountPoint).joined(separator: "\n  "))
    }
    guard !mounts.isEmpty else {
      throw Problem(.notMounted, ["name": .text(self.disk.name)])
    }
    if mode != .offline {
      let holders = disk.holders + disk.partitions.values.flatMap(\.holders)
      try Self.refuse(users.others(holders: leavesNotReady ? holders : []))
      let nested = users.nested
      guard nested.isEmpty else {
        throw Problem(
          .diskInUse, detail: nested.map { "mounted at \($0)" }.joined(separator: "\n  "))
      }
    }
    try takeAway(mounts, mode, users)
    // A device that fails has nothing left to drop.
    try? BlockCalls.dropCache(of: device.path)
    return mounts
  }

  private func takeAway(
    _ mounts: [MountEntry], _ mode: UnmountMode, _ users: VolumeUsers
  ) throws(Problem) {
    if mode != .plain, let first = mounts.first {
      // File systems that cannot be shut down are written and taken away as they are.
      try? BlockCalls.shutDown(fileSystemAt: first.mountPoint, discards: mode == .force)
    }
    for mount in mounts.reversed() {
      do throws(SystemFailure) {
        try BlockCalls.unmount(mount.mountPoint, mode == .offline ? .detached : .whenUnused)
      } catch {
        if error.isBusy {
          try Self.refuse(users.others())
          throw Problem(.diskInUse, detail: mount.mountPoint)
        }
        throw Self.failed("unmount", mount.mountPoint, error)
      }
    }
  }

  /// Makes the disk unusable until it is mounted again.
  ///
  /// - Parameter cuts: whether programs that use it are cut off.
  public func makeNotReady(cuts: Bool) throws(Problem) {
    let records = AttachmentRecords(places)
    guard var record else {
      let found = AttachmentRecord(
        identity: disk.identity, number: disk.number, name: disk.name, ldSet: "",
        transport: .iSCSI)
      _ = try attacher.cut(found)
      return
    }
    if cuts || record.transport == .iSCSI {
      record = try attacher.cut(record)
    } else {
      let device = record.device
      record = try attacher.disconnect(record)
      record.isNotReady = true
      // The same device is taken again if it is free then.
      record.device = device
    }
    try records.store(record)
  }

  static func refuse(_ users: [VolumeUser]) throws(Problem) {
    guard users.isEmpty else {
      throw Problem(
        .diskInUse, detail: users.map(\.description).joined(separator: "\n  "))
    }
  }

  static func failed(_ action: String, _ path: String, _ failure: SystemFailure) -> Problem {
    Problem(
      .hostFileFailed,
      ["action": .text(action), "path": .text(path), "reason": .text("\(failure)")])
  }
}
