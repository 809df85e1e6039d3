import SedaiMonitor
import SedaiSCSI
import Testing

/// What initiators are told that happened to a unit.
@Suite struct AttentionTests {
  let tested = UnitUnderTest()

  @Test func aNewSessionIsToldThatEverythingMayBeDifferent() {
    let session = tested.unit.attach(UnitUnderTest.nexus("three")) {}
    #expect(tested.run(Block.inquiry(nil), by: session).status == .good)
    #expect(tested.sense(Block.ready, by: session) == [6, 0x29, 0])
    #expect(tested.run(Block.ready, by: session).status == .good)
  }

  @Test func anotherContentIsToldOnceToEachInitiator() {
    tested.unit.show(.changing)
    #expect(tested.run(Block.ready).status == .busy)
    tested.unit.show(.medium(MemoryMedium(blocks: 4096)))
    for initiator in [tested.first, tested.second] {
      #expect(tested.sense(Block.ready, by: initiator) == [6, 0x28, 0])
      #expect(tested.sense(Block.ready, by: initiator) == [6, 0x2A, 9])
      #expect(tested.run(Block.ready, by: initiator).status == .good)
    }
  }

  @Test func aUnitThatShowsNothingIsThereAndNotReady() {
    tested.unit.show(.notReady)
    #expect(tested.sense(Block.ready) == [6, 0x28, 0])
    #expect(tested.sense(Block.ready) == [2, 4, 3])
    #expect(tested.sense(Block.ten(0x28, 0, 1)) == [2, 4, 3])
    #expect(tested.run(Block.inquiry(0x83)).status == .good)
    #expect(tested.run([0x03, 0, 0, 0, 18, 0]).data[2] == 2)
    tested.unit.show(.medium(MemoryMedium(isReadOnly: true)))
    #expect(tested.sense(Block.ready) == [6, 0x28, 0])
    #expect(tested.run(Block.ready).status == .good)
  }

  @Test func whatWasAskedOfTheContentBeforeIsAskedAgain() {
    #expect(tested.unit.outcome(of: .replaced, writing: true).status == .busy)
  }

  @Test func shortageOfSpaceIsToldOnceToEachInitiator() {
    tested.unit.announceShortage()
    tested.unit.announceShortage()
    for initiator in [tested.first, tested.second] {
      #expect(tested.sense(Block.ready, by: initiator) == [6, 0x38, 7])
      #expect(tested.run(Block.ready, by: initiator).status == .good)
    }
    tested.medium.state.withLock { $0.failure = .noSpace }
    let data = [UInt8](repeating: 1, count: 512)
    #expect(tested.sense(Block.ten(0x2A, 0, 1), data) == [7, 0x27, 7])
  }

  @Test func requestSenseTakesWhatWaits() {
    tested.unit.reset(by: nil)
    #expect(Array(tested.run([0x03, 0, 0, 0, 18, 0]).data[12..<14]) == [0x29, 3])
    #expect(tested.run(Block.ready).status == .good)
  }

  @Test func aResetEndsTheTasksOfEverybody() {
    let aborted = Monitor<[String]>([])
    for name in ["a", "b"] {
      _ = tested.unit.attach(UnitUnderTest.nexus(name)) { aborted.withLock { $0.append(name) } }
    }
    tested.unit.reset(by: nil)
    #expect(aborted.withLock { $0.sorted() } == ["a", "b"])
    tested.unit.clearTasks(by: tested.first)
    #expect(aborted.withLock { $0.count } == 4)
    #expect(tested.sense(Block.ready, by: tested.second) == [6, 0x29, 3])
    #expect(tested.sense(Block.ready, by: tested.second) == [6, 0x2F, 0])
  }
}
