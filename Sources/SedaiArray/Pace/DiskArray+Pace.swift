import SedaiFormat
public import SedaiModel
import SedaiMonitor

/// What the array's thread remembers of the disks' pace between two looks.
struct PaceWatch: Sendable {
  var lastLook: UInt64 = 0
  /// Requests of each disk at the last look.
  var requests: [VolumeID: UInt64] = [:]
  var shares = ShareControl()
  /// When the upper limit of a disk was told last.
  var told: [VolumeID: UInt64] = [:]
}

extension DiskArray {
  /// The upper limit of one disk is told once in this time, however often it is reached.
  private static let reportNanoseconds: UInt64 = 60_000_000_000

  /// Changes the I/O limits of a disk that hosts can use; durable on return, and in force for
  /// the next request, also of hosts that have the disk open.
  ///
  /// - Throws: `.lowerAboveUpper` if the limits cannot both be kept.
  /// - Source: management-cli.md 2.1, `iSMioc setlimit`.
  public func setLimits(
    _ reference: DiskReference, _ limits: IOLimitsChange, by requester: Requester
  ) throws(DiskArrayError) -> DiskFacts {
    let id = try perform(.limitDisk, by: requester) {
      (state, change) throws(DiskArrayError) -> VolumeID in
      var disk = try state.disk(reference, missing: .unknownDisk)
      guard state.roles(of: disk).isAssignable else {
        throw state.wrongKind(disk, expected: "IV/BV/LV", .wrongKindForConfiguration)
      }
      disk.limits = limits.applied(to: disk.limits)
      guard disk.limits.isConsistent else {
        throw DiskArrayError(
          .invalidRequest, .lowerAboveUpper, ["name": .text(disk.name.rawValue)])
      }
      change.put(disk)
      change.tell(.ioLimitsChanged, ["name": .text(disk.name.rawValue)], in: state)
      return disk.id
    }
    state.withLock { state in
      state.paces[id]?.limit(to: state.disks[id]?.limits.upper)
    }
    return try facts(id)
  }

  /// Sees to lower limits and reports of upper ones. Called at every tick of the array's thread.
  func watchPaces(now: UInt64) {
    let reached = state.withLock { state in
      state.paceWatch.isDue(now) ? state.lookAtPaces(now) : []
    }
    for (name, upper) in reached {
      tell(
        .upperIOLimitReached,
        ["name": .text(name.rawValue), "limit": .count(UInt64(upper.perSecond))])
    }
  }
}

extension PaceWatch {
  fileprivate func isDue(_ now: UInt64) -> Bool {
    now - lastLook >= ShareControl.periodNanoseconds
  }

  /// The upper limit of one disk is told once in this time, however often it is reached.
  private static let reportNanoseconds: UInt64 = 60_000_000_000

  /// Whether it is time to tell of a disk's upper limit again.
  fileprivate mutating func tells(_ id: VolumeID, _ now: UInt64) -> Bool {
    if let last = told[id], now - last < Self.reportNanoseconds { return false }
    told[id] = now
    return true
  }
}

extension ArrayState {
  /// Gives every disk its share, and answers whose upper limits are to be told.
  fileprivate mutating func lookAtPaces(
    _ now: UInt64
  ) -> [(LogicalDiskName, IORate)] {
    let elapsed = now - paceWatch.lastLook
    paceWatch.lastLook = now
    guard !watched.isEmpty || !paceWatch.shares.isIdle else {
      paceWatch.requests = [:]
      return []
    }
    let shares = paceWatch.shares.look(readings(over: elapsed))
    for (id, pace) in paces { pace.share(shares[id]) }
    return watched.compactMap { id in
      guard let disk = disks[id], disk.limits.reportsUpper, let upper = disk.limits.upper,
        paces[id]?.takeHeldBack() == true, paceWatch.tells(id, now)
      else { return nil }
      return (disk.name, upper)
    }
  }

  private mutating func readings(over elapsed: UInt64) -> [VolumeID: ShareControl.Reading] {
    var readings: [VolumeID: ShareControl.Reading] = [:]
    var requests: [VolumeID: UInt64] = [:]
    for (id, pace) in paces {
      let count = pace.requests
      requests[id] = count
      guard let before = paceWatch.requests[id] else { continue }
      readings[id] = ShareControl.Reading(
        rate: Double(count - before) * 1e9 / Double(elapsed),
        lower: disks[id]?.limits.lower.map { Double($0.perSecond) })
    }
    paceWatch.requests = requests
    return readings
  }
}
