import SedaiSCSI
import Testing

@Suite struct AnswerTests {
  let tested = UnitUnderTest()

  @Test func standardInquiryTellsADiskOfSPC4() {
    let data = tested.run(Block.inquiry(nil)).data
    #expect(Array(data[..<8]) == [0x00, 0x00, 0x06, 0x12, 91, 0x18, 0x10, 0x02])
    #expect(String(decoding: data[8..<36], as: UTF8.self) == "SEDAI   Virtual Disk    0001")
    #expect(data.count == 96 && Array(data[58..<60]) == [0x00, 0xA0])
  }

  @Test func theUnitIsNamedByArrayAndCreation() {
    let data = tested.run(Block.inquiry(0x83)).data
    #expect(data.count == Int(data[3]) + 4)
    // NAA 6 with the locally given company, then NAA 3 with the number.
    #expect(
      Array(data[4..<24])
        == [1, 3, 0, 16, 0x62, 0x24, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0, 0, 0, 0, 0, 0, 0, 0, 7])
    #expect(
      Array(data[24..<36]) == [1, 3, 0, 8, 0x3A, 0xBC, 0xDE, 0xF0, 0, 0, 0, 0x21])
    let serial = tested.run(Block.inquiry(0x80)).data
    #expect(String(decoding: serial[4...], as: UTF8.self) == "123456789abcdef00000000000000007")
  }

  @Test func everyPageThatIsListedIsThereAndAsLongAsItSays() {
    let pages = Array(tested.run(Block.inquiry(0)).data[4...])
    #expect(pages == [0x00, 0x80, 0x83, 0x86, 0x87, 0x8F, 0xB0, 0xB1, 0xB2])
    for page in pages {
      let data = tested.run(Block.inquiry(page)).data
      #expect(data[1] == page && data.count == 4 + Int(data[2]) << 8 + Int(data[3]))
    }
    #expect(tested.sense(Block.inquiry(0xC0)) == [0x05, 0x24, 0x00])
  }

  @Test func capacityIsToldInBlocksOf512WithPhysicalOnesOf4096() {
    #expect(
      tested.run([0x25] + [UInt8](repeating: 0, count: 9)).data == [0, 0, 7, 255, 0, 0, 2, 0])
    let long = tested.run([0x9E, 0x10] + [UInt8](repeating: 0, count: 11) + [32, 0, 0]).data
    #expect(
      Array(long[..<16]) == [0, 0, 0, 0, 0, 0, 7, 255, 0, 0, 2, 0, 0, 3, 0xC0, 0])
  }

  @Test func modePagesTellAVolatileCacheAndWhetherWritesAreRefused() {
    let caching: [UInt8] = [0x1A, 0x08, 0x08, 0, 255, 0]
    #expect(Array(tested.run(caching).data[..<7]) == [23, 0, 0x10, 0, 0x08, 18, 0x04])
    let readOnly = UnitUnderTest(MemoryMedium(isReadOnly: true))
    #expect(readOnly.run(caching).data[2] == 0x90)
    #expect(
      readOnly.sense(Block.ten(0x2A, 0, 1), [UInt8](repeating: 0, count: 512)) == [7, 0x27, 0])
    #expect(tested.sense([0x1A, 0, 0xC8, 0, 255, 0]) == [0x05, 0x39, 0x00])
  }

  @Test func modeSelectChangesTheFormOfErrorsForEverybodyAndTellsTheOthers() {
    let list: [UInt8] = [0, 0, 0, 0, 0x0A, 10, 0x04, 0x10, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0]
    #expect(tested.run([0x15, 0x10, 0, 0, 16, 0], list).status == .good)
    let sense = tested.run(Block.ready, by: tested.second).sense
    #expect(sense == [0x72, 6, 0x2A, 0x01, 0, 0, 0, 0])
    #expect(tested.run(Block.ready, by: tested.second).status == .good)
    var wrong = list
    wrong[7] = 0
    let outcome = tested.run([0x15, 0x10, 0, 0, 16, 0], wrong)
    #expect(outcome.sense == [0x72, 5, 0x26, 0, 0, 0, 0, 8, 2, 6, 0, 0, 0x80, 0, 7, 0])
  }

  @Test func commandsAreListedWithTheBitsThatCount() {
    let one = tested.run([0xA3, 0x0C, 0x01, 0x28, 0, 0, 0, 0, 0, 255, 0, 0]).data
    #expect(one == [0, 3, 0, 10, 0x28, 0xF8, 255, 255, 255, 255, 0, 255, 255, 4])
    let missing = tested.run([0xA3, 0x0C, 0x03, 0x04, 0, 0, 0, 0, 0, 255, 0, 0]).data
    #expect(missing == [0, 1, 0, 0])
    #expect(tested.sense([0xA3, 0x0C, 0x01, 0x9E, 0, 0, 0, 0, 0, 255, 0, 0]) == [5, 0x24, 0])
    #expect(tested.sense([0x04, 0, 0, 0, 0, 0]) == [5, 0x20, 0])
  }

  @Test func unitsAreListedInTheFormThatTheirNumberNeeds() throws {
    let answer = try UnitList.answer(
      units: [0, 255, 256, 16383].map(UnitList.address(of:)), select: 0, allocation: 64)
    #expect(
      answer.data
        == [0, 0, 0, 32, 0, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0, 0] + [0, 255, 0, 0, 0, 0, 0, 0]
        + [0x41, 0, 0, 0, 0, 0, 0, 0] + [0x7F, 0xFF, 0, 0, 0, 0, 0, 0])
    for number in [UInt16(0), 255, 256, 16383] {
      #expect(UnitList.number(in: UnitList.address(of: number)) == number)
    }
    #expect(UnitList.number(in: 0x0100_0000_0000_0000) == nil)
    #expect(UnitList.number(in: 1) == nil)
  }

  @Test func aNumberWithoutUnitSaysSo() {
    #expect(UnitList.absent(CommandBlock(Block.inquiry(nil))).data[0] == 0x7F)
    let refused = UnitList.absent(CommandBlock(Block.ready))
    #expect(refused.sense[2] == 5 && refused.sense[12] == 0x25)
  }
}
