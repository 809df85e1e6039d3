import SedaiSCSI
import Testing

@Suite struct ReservationTests {
  let tested = UnitUnderTest()
  let block = [UInt8](repeating: 1, count: 512)

  private func register(_ key: UInt64, by initiator: AttachmentID) {
    #expect(tested.run(Block.reserve(0), Block.keys(0, key), by: initiator).status == .good)
  }

  private func out(
    _ action: UInt8, _ kind: UInt8 = 0, _ keys: [UInt8], by initiator: AttachmentID
  ) -> SCSIStatus {
    tested.run(Block.reserve(action, kind), keys, by: initiator).status
  }

  private func status(_ block: [UInt8], by initiator: AttachmentID) -> SCSIStatus {
    tested.run(block, self.block, by: initiator).status
  }

  @Test func registrationNeedsTheRightKeyAndIsListed() {
    register(0xA, by: tested.first)
    #expect(out(0, 0, Block.keys(9, 8), by: tested.first) == .reservationConflict)
    #expect(out(0, 0, Block.keys(0xA, 0xB), by: tested.first) == .good)
    #expect(out(6, 0, Block.keys(99, 0xC), by: tested.second) == .good)
    let keys = tested.run([0x5E, 0, 0, 0, 0, 0, 0, 0, 64, 0]).data
    #expect(keys == [0, 0, 0, 3, 0, 0, 0, 16] + Block.number(0xB, 8) + Block.number(0xC, 8))
  }

  @Test(
    arguments: [
      (1, true, false, true, false), (3, false, false, false, false),
      (5, true, false, true, true), (6, false, false, true, true), (7, true, false, true, true),
      (8, false, false, true, true),
    ] as [(UInt8, Bool, Bool, Bool, Bool)])
  func eachKindLetsInWhoItSays(
    _ kind: UInt8, strangerReads: Bool, strangerWrites: Bool, registrantReads: Bool,
    registrantWrites: Bool
  ) {
    register(1, by: tested.first)
    #expect(out(1, kind, Block.keys(1), by: tested.first) == .good)
    let (read, write) = (Block.ten(0x28, 0, 1), Block.ten(0x2A, 0, 1))
    #expect(status(read, by: tested.first) == .good)
    #expect(status(write, by: tested.first) == .good)
    #expect(status(read, by: tested.second) == (strangerReads ? .good : .reservationConflict))
    #expect(status(write, by: tested.second) == (strangerWrites ? .good : .reservationConflict))
    #expect(status(Block.ready, by: tested.second) == .good)
    register(2, by: tested.second)
    #expect(status(read, by: tested.second) == (registrantReads ? .good : .reservationConflict))
    #expect(
      status(write, by: tested.second) == (registrantWrites ? .good : .reservationConflict))
  }

  @Test func releaseByTheHolderTellsTheOtherRegistrants() {
    register(1, by: tested.first)
    register(2, by: tested.second)
    #expect(out(1, 5, Block.keys(1), by: tested.first) == .good)
    #expect(out(2, 5, Block.keys(2), by: tested.second) == .good)
    #expect(tested.sense(Block.reserve(2, 6), Block.keys(1)) == [5, 0x26, 4])
    #expect(out(2, 5, Block.keys(1), by: tested.first) == .good)
    #expect(tested.sense(Block.ready, by: tested.second) == [6, 0x2A, 4])
  }

  @Test func preemptingTakesReservationAndRegistration() {
    register(1, by: tested.first)
    register(2, by: tested.second)
    #expect(out(1, 3, Block.keys(1), by: tested.first) == .good)
    #expect(out(4, 1, Block.keys(2, 7), by: tested.second) == .reservationConflict)
    #expect(out(4, 1, Block.keys(2, 1), by: tested.second) == .good)
    #expect(tested.sense(Block.ready) == [6, 0x2A, 5])
    #expect(status(Block.ten(0x2A, 0, 1), by: tested.first) == .reservationConflict)
    let held = tested.run([0x5E, 1, 0, 0, 0, 0, 0, 0, 64, 0]).data
    #expect(Array(held[8...]) == Block.number(2, 8) + [0, 0, 0, 0, 0, 1, 0, 0])
  }

  @Test func clearingTakesEverythingAndUnregisteringTheLastReservation() {
    register(1, by: tested.first)
    register(2, by: tested.second)
    #expect(out(1, 8, Block.keys(1), by: tested.first) == .good)
    #expect(out(0, 0, Block.keys(1), by: tested.first) == .good)
    #expect(out(0, 0, Block.keys(2), by: tested.second) == .good)
    #expect(tested.run([0x5E, 1, 0, 0, 0, 0, 0, 0, 64, 0]).data.count == 8)
    register(3, by: tested.first)
    register(4, by: tested.second)
    #expect(out(3, 0, Block.keys(4), by: tested.second) == .good)
    #expect(tested.sense(Block.ready) == [6, 0x2A, 3])
    #expect(tested.run([0x5E, 0, 0, 0, 0, 0, 0, 0, 64, 0]).data.count == 8)
  }

  @Test func whatWouldHaveToOutliveTheProcessIsRefused() {
    var parameters = Block.keys(0, 1)
    parameters[20] = 1
    #expect(tested.sense(Block.reserve(0), parameters) == [5, 0x26, 0])
    #expect(tested.sense(Block.reserve(7), Block.keys(0, 1)) == [5, 0x24, 0])
    #expect(
      tested.run([0x5E, 2, 0, 0, 0, 0, 0, 0, 8, 0]).data == [0, 8, 0x10, 0x80, 0xEA, 1, 0, 0])
  }

  @Test func theOlderReservationEndsWithItsSessionAndWithAReset() {
    #expect(status([0x16, 0, 0, 0, 0, 0], by: tested.first) == .good)
    #expect(status(Block.ready, by: tested.second) == .reservationConflict)
    #expect(status(Block.inquiry(nil), by: tested.second) == .good)
    #expect(status([0x17, 0, 0, 0, 0, 0], by: tested.second) == .good)
    #expect(status(Block.ready, by: tested.second) == .reservationConflict)
    tested.unit.detach(tested.first)
    #expect(status(Block.ready, by: tested.second) == .good)
    #expect(status([0x16, 0, 0, 0, 0, 0], by: tested.second) == .good)
    let third = tested.unit.attach(UnitUnderTest.nexus("three")) {}
    #expect(status(Block.ready, by: third) == .checkCondition)
    #expect(status(Block.ready, by: third) == .reservationConflict)
    tested.unit.reset(by: nil)
    #expect(tested.sense(Block.ready, by: third) == [6, 0x29, 3])
    #expect(status(Block.ready, by: third) == .good)
  }
}
