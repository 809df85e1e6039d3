import SedaiAPI
import Testing

@testable import sedai

@Suite struct ReserveUsageTests {
  @Test func showsEachFamilyWhatIsBeingReclaimedAndTheTotal() {
    let usage = ReserveUsageDocument(
      pool: "p", capacity: 1 << 20, usedBytes: 393_216, validBytes: 69632,
      beingReclaimedBytes: 65536,
      families: [
        FamilyUsageDocument(
          baseVolume: "bv1", generations: 12, hasUndo: false, allocatedBytes: 65536,
          validBytes: 4096),
        FamilyUsageDocument(
          baseVolume: "bv2", generations: 1, hasUndo: true, allocatedBytes: 262_144,
          validBytes: 65536),
      ])
    #expect(
      ReserveCommand.table(usage) == """
        BASE VOLUME        GENERATIONS  UNDO  ALLOCATED  VALID
        bv1                         12  no        64KiB   4KiB
        bv2                          1  yes      256KiB  64KiB
        (being reclaimed)            -  -         64KiB      -
        (total)                     13  -        384KiB  68KiB
        384KiB of 1MiB used (38%)

        """)
  }
}
