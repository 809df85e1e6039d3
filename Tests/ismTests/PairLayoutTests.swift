import Foundation
import SedaiAPI
import SedaiModel
import Testing

@testable import ism

@Suite struct PairLayoutTests {
  private func clock() throws -> LocalClock {
    LocalClock(timeZone: try #require(TimeZone(secondsFromGMT: 0)))
  }

  private func pair(
    _ replica: String, _ state: PairState, _ activity: PairActivity, endedAt: Int64? = nil
  ) -> PairDocument {
    PairDocument(
      master: PairDocument.Member(name: "master_01", number: 0, osType: "LX", pool: "pool0"),
      replica: PairDocument.Member(name: replica, number: 1, osType: nil, pool: "pool0"),
      state: state, activity: activity, previousActivity: .replicate,
      startedAt: 1_769_850_900, endedAt: endedAt, differenceBytes: 4097,
      remainingBytes: endedAt == nil ? 65536 : 0)
  }

  @Test func aQueryShowsTheMasterOnceAndEachCopyBelow() throws {
    let text = PairLayout(clock: try clock()).text([
      pair("copy_01", .separated, .separate, endedAt: 1_769_850_901),
      pair("copy_02", .replicating, .replicate),
    ])
    #expect(
      text == """
        MV: Special File     -
            LD Name          master_01
            Type             LX
        RV: Special File     -
            LD Name          copy_01
            Type             -
            Activity State   separate
            Sync State       separated
            Copy Control State background copy
            Separate Start Time 2026/01/31 09:15:00
            Separate End Time 2026/01/31 09:15:01
            Separate Diff    5KB
            Copy Diff        0KB
            RV Access        rw
            Previous Active  replicate
        RV: Special File     -
            LD Name          copy_02
            Type             -
            Activity State   replicate
            Sync State       rpl/exec
            Copy Control State background copy
            Replicate Start Time 2026/01/31 09:15:00
            Replicate End Time -
            Separate Diff    0KB
            Copy Diff        64KB
            RV Access        rw
            Previous Active  replicate

        """)
  }

  /// As a program reads it: by what a line begins with.
  @Test(arguments: PairState.allCases) func aProgramFindsNamesStateAndDifference(
    state: PairState
  ) throws {
    let lines = PairLayout(clock: try clock()).text([pair("copy_01", state, .separate)])
      .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    func values(_ label: String) -> [String] {
      lines.filter { $0.contains(label) }.map {
        $0.dropFirst(label.count).split(separator: " ").joined(separator: " ")
      }
    }
    #expect(values("LD Name") == ["master_01", "copy_01"])
    #expect(values("Sync State") == [state.rawValue])
    #expect(values("Separate Diff") == [state.isIdle ? "5KB" : "0KB"])
    #expect(lines.allSatisfy { !$0.dropFirst(3).contains(": ") })
  }

  @Test func theListShowsNumbersNamesAndAttributes() {
    func disk(_ name: String, _ kind: LogicalDiskKind, _ roles: String) -> LogicalDiskDocument {
      LogicalDiskDocument(
        name: name, number: 10, kind: kind, osType: "LX", pool: "pool0", capacity: 1 << 30,
        state: "normal", roles: roles)
    }
    #expect(
      DiskListLayout().text(
        [disk("db", .master, "MV"), disk("copy", .base, "RV/BV")], array: "A1") == """
          --- Logical Disk List ---
          LDN   LD Name                  Type  Attribute  Special File  Disk Array Name
          000a  db                       LX    MV         -             A1
          000a  copy                     LX    RV/BV      -             A1

          """)
  }

  @Test func theArrayIsShownWithItsReplicationFunction() {
    let status = StatusDocument(
      product: "Sedai", version: "1", name: "A1", worldWideName: "2000000000000001",
      startedAt: 0, pools: 1, logicalDisks: 1, snapshots: 0, linkVolumes: 0, runningJobs: 0,
      newestEvent: 0, replicasPerMaster: 3)
    #expect(
      ArrayInfoLayout().text(status) == """
        Disk Array Name           A1
        SAA                       2000000000000001
        Differential Map          Build
        Replication Status        Ready
        Max Number of RV Setting  3

        """)
  }
}
