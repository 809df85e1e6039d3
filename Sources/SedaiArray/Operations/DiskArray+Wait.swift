public import SedaiModel
import SedaiMonitor

extension DiskArray {
  /// Waits until a generation's snapshot is there, or gone.
  ///
  /// - Parameters:
  ///   - timeoutSeconds: how long at most; nil for ever.
  /// - Throws: `.waitTimedOut` (kind `.timeout`), and at once `.waitFault` if the snapshot is
  ///   broken. A generation that is removed meanwhile ends the wait with `.unknownVolume`.
  /// - Source: commands.md 2.8.
  public func wait(
    for condition: SnapshotCondition, of reference: SnapshotReference,
    timeoutSeconds: UInt64? = nil
  ) throws(DiskArrayError) -> SnapshotFacts {
    let started = environment.monotonic()
    let limit = timeoutSeconds.map { $0.multipliedReportingOverflow(by: 1_000_000_000) }
    // The generation meant is the one of the moment of the request, whatever `.-1` is later.
    let id = try look { (state) throws(DiskArrayError) -> VolumeID in
      try state.generation(reference).0.id
    }
    return try state.wait { (state) throws(DiskArrayError) -> SnapshotFacts? in
      guard let disk = state.disks[id], let snapshot = disk.snapshot else {
        throw DiskArrayError(
          .notFound, .unknownVolume, ["name": .text(reference.description)])
      }
      let standing = standing(of: disk, snapshot, in: state)
      if try SnapshotRules.isOver(wait: condition, for: standing) {
        return snapshotFacts(disk, in: state)
      }
      if state.isStopping { throw DiskArrayError(.failure, .arrayStopped) }
      guard let limit, !limit.overflow else { return nil }
      guard environment.monotonic() - started < limit.partialValue else {
        throw DiskArrayError(
          .timeout, .waitTimedOut,
          [
            "sv": .text(disk.name.rawValue), "condition": .text(condition.rawValue),
            "time": .seconds(Int(clamping: timeoutSeconds ?? 0)),
            "state": .text(standing.state.text),
          ])
      }
      return nil
    }
  }
}
