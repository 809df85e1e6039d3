import SedaiModel
import Testing

@Suite struct StateTextTests {
  private let time = Timestamp(nanoseconds: 1_000_000_000)

  @Test func `snapshot states show the words that programs parse`() {
    #expect(SnapshotState.empty.text == "-")
    #expect(SnapshotState.active(since: time).text == "snap/active")
    #expect(SnapshotState.deleting(since: time).text == "snap/deleting")
    #expect(SnapshotState.deleted(at: time).text == "snap/deleted")
    #expect(SnapshotState.restoring(since: time, started: time).text == "rst/exec")
    #expect(SnapshotState.fault(since: time).text == "snap/fault")
  }

  @Test func `pair states show the words that programs parse`() {
    #expect(
      PairState.allCases.map(\.rawValue) == [
        "rpl/exec", "rpl/sync", "sep/exec", "separated", "rst/exec", "rst/sync", "cancel",
        "fault",
      ])
  }

  @Test func `roles combine so that each is found in the text`() {
    #expect(VolumeRoles([]).text == "IV")
    #expect(VolumeRoles.base.text == "BV")
    #expect(VolumeRoles([.replication, .base]).text == "RV/BV")
    #expect(VolumeRoles([.replication, .master]).text == "RV/MV")
    #expect(!VolumeRoles.snapshot.isAssignable)
    #expect(!VolumeRoles.snapshotReserve.isAssignable)
    #expect(VolumeRoles.link.isAssignable && VolumeRoles([]).isAssignable)
  }

  @Test func `a reserve passes its thresholds at their percentage`() throws {
    let thresholds = ReserveThresholds.standard
    let levels = [0, 74, 75, 89, 90, 99, 100, 120].map {
      ReserveLevel(used: $0, capacity: 100, thresholds: thresholds)
    }
    #expect(
      levels == [.normal, .normal, .warning, .warning, .critical, .critical, .full, .full])
    #expect(ReserveLevel(used: 0, capacity: 0, thresholds: thresholds) == .full)
    #expect(ReserveThresholds(warning: 0, critical: 90) == nil)
    #expect(ReserveThresholds(warning: 91, critical: 90) == nil)
    #expect(ReserveThresholds(warning: 90, critical: 101) == nil)
  }
}
