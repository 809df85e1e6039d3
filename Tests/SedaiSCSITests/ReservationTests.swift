import SedaiBytes
import SedaiModel
import SedaiMonitor
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

  /// Keeps in memory, or fails.
  final class Keeper: ReservationKeeper {
    let kept = Monitor<UnitReservations?>(nil)
    let fails = Monitor(false)

    func keep(_ reservations: UnitReservations?) throws(MediumError) {
      if fails.withLock({ $0 }) { throw .inputOutput }
      kept.withLock { $0 = reservations }
    }
  }

  private static let capabilities: [UInt8] = [0x5E, 2, 0, 0, 0, 0, 0, 0, 8, 0]

  private static func keptKeys(_ own: UInt64, _ other: UInt64) -> [UInt8] {
    var parameters = Block.keys(own, other)
    parameters[20] = 1
    return parameters
  }

  @Test func whatIsToSurviveAPowerCutIsThereAgain() {
    let keeper = Keeper()
    let before = UnitUnderTest(keeper: keeper)
    #expect(before.run(Block.reserve(0), Block.keys(0, 1)).status == .good)
    #expect(keeper.kept.withLock { $0 } == nil)
    #expect(before.run(Self.capabilities).data == [0, 8, 1, 0x80, 0xEA, 1, 0, 0])
    // The last registration speaks for all.
    #expect(
      before.run(Block.reserve(0), Self.keptKeys(0, 2), by: before.second).status == .good)
    #expect(before.run(Self.capabilities).data == [0, 8, 1, 0x81, 0xEA, 1, 0, 0])
    #expect(before.run(Block.reserve(1, 5), Block.keys(1)).status == .good)
    let after = UnitUnderTest(kept: keeper.kept.withLock { $0 }, keeper: keeper)
    let held = after.run([0x5E, 1, 0, 0, 0, 0, 0, 0, 64, 0]).data
    #expect(held == [0, 0, 0, 0, 0, 0, 0, 16] + Block.number(1, 8) + [0, 0, 0, 0, 0, 5, 0, 0])
    let third = after.unit.attach(UnitUnderTest.nexus("three")) {}
    _ = after.run(Block.ready, by: third)
    let write = Block.ten(0x2A, 0, 1)
    #expect(after.run(write, block, by: after.second).status == .good)
    #expect(after.run(write, block, by: third).status == .reservationConflict)
    #expect(after.run(Block.reserve(0), Block.keys(1, 3)).status == .good)
    #expect(keeper.kept.withLock { $0 } == nil)
  }

  @Test func whatCannotBeKeptDoesNotCount() {
    let keeper = Keeper()
    let tested = UnitUnderTest(keeper: keeper)
    keeper.fails.withLock { $0 = true }
    #expect(tested.sense(Block.reserve(0), Self.keptKeys(0, 1)) == [5, 0x55, 2])
    #expect(tested.run([0x5E, 0, 0, 0, 0, 0, 0, 0, 64, 0]).data.count == 8)
  }

  private func move(_ own: UInt64, _ other: UInt64, to name: String, unregisters: Bool) -> [UInt8] {
    let port = Array("iqn.2026-11.test:\(name),i,0x1".utf8)
    let filled = port + [UInt8](repeating: 0, count: 4 - port.count % 4)
    let identifier: [UInt8] = [0x45, 0] + Block.number(UInt64(filled.count), 2) + filled
    return Block.number(own, 8) + Block.number(other, 8) + [0, unregisters ? 2 : 0, 0, 1]
      + Block.number(UInt64(identifier.count), 4) + identifier
  }

  @Test func theHolderMovesItsReservationToAnother() {
    let block: (Int) -> [UInt8] = { [0x5F, 7, 0, 0, 0] + Block.number(UInt64($0), 4) + [0] }
    func moving(_ parameters: [UInt8], by initiator: AttachmentID) -> SCSIOutcome {
      tested.run(block(parameters.count), parameters, by: initiator)
    }
    register(1, by: tested.first)
    let toSecond = move(1, 9, to: "two", unregisters: true)
    #expect(tested.sense(block(toSecond.count), toSecond) == [5, 0x24, 0])
    #expect(out(1, 3, Block.keys(1), by: tested.first) == .good)
    let toItself = move(1, 9, to: "one", unregisters: false)
    #expect(tested.sense(block(toItself.count), toItself) == [5, 0x26, 0])
    let withoutKey = move(1, 0, to: "two", unregisters: false)
    #expect(tested.sense(block(withoutKey.count), withoutKey) == [5, 0x26, 0])
    #expect(moving(toSecond, by: tested.second).status == .reservationConflict)
    #expect(moving(toSecond, by: tested.first).status == .good)
    #expect(status(Block.ten(0x2A, 0, 1), by: tested.second) == .good)
    #expect(status(Block.ten(0x28, 0, 1), by: tested.first) == .reservationConflict)
    let keys = tested.run([0x5E, 0, 0, 0, 0, 0, 0, 0, 64, 0]).data
    #expect(Array(keys[4...]) == [0, 0, 0, 8] + Block.number(9, 8))
  }

  @Test func whoIsPreemptedAndAbortedWritesNothingMore() throws {
    register(1, by: tested.first)
    register(2, by: tested.second)
    guard
      case .write(let transfer, _) = tested.unit.begin(
        CommandBlock(Block.ten(0x2A, 0, 1)), from: tested.first)
    else { throw MediumError.inputOutput }
    #expect(out(5, 0, Block.keys(2, 1), by: tested.second) == .good)
    #expect(throws: MediumError.replaced) {
      try block.withBytes(0..<block.count) { (bytes) throws(MediumError) in
        try tested.unit.write(transfer, from: bytes)
      }
    }
    #expect(tested.medium.bytes.allSatisfy { $0 == 0 })
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
