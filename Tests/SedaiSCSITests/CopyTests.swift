import SedaiModel
import SedaiSCSI
import Testing

@Suite struct CopyTests {
  let source = UnitUnderTest()
  let destination = UnitUnderTest(creation: 8)

  /// Reads the unit's own identifier from its page.
  static func named(_ unit: UnitUnderTest) -> [UInt8] {
    let page = unit.run(Block.inquiry(0x83)).data
    return [0xE4, 0, 0, 0, 1, 3, 0, 16] + page[8..<24] + [0, 0, 0, 0, 0, 0, 2, 0]
  }

  static func segment(
    _ from: Int, _ to: Int, _ start: UInt64, _ place: UInt64, _ blocks: UInt64, counts: UInt8 = 0
  ) -> [UInt8] {
    [2, counts, 0, 24] + Block.number(UInt64(from), 2) + Block.number(UInt64(to), 2) + [0, 0]
      + Block.number(blocks, 2) + Block.number(start, 8) + Block.number(place, 8)
  }

  static func list(_ ends: [[UInt8]], _ segments: [[UInt8]], usage: UInt8 = 0) -> [UInt8] {
    let (ends, segments) = (ends.flatMap { $0 }, segments.flatMap { $0 })
    return [5, usage] + Block.number(UInt64(ends.count), 2) + [0, 0, 0, 0]
      + Block.number(UInt64(segments.count), 4) + [0, 0, 0, 0] + ends + segments
  }

  static func block(_ list: [UInt8]) -> [UInt8] {
    [0x83, 0, 0, 0, 0, 0, 0, 0, 0, 0] + Block.number(UInt64(list.count), 4) + [0, 0]
  }

  static func results(_ action: UInt8, _ identifier: UInt8 = 5) -> [UInt8] {
    [0x84, action, identifier, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]
  }

  func copy(_ list: [UInt8]) -> SCSIOutcome {
    source.run(Self.block(list), list, others: [destination])
  }

  func refusal(_ list: [UInt8]) -> [UInt8] {
    source.sense(Self.block(list), list, others: [destination])
  }

  private func fill() {
    for start in 0..<4 {
      let data = [UInt8](repeating: UInt8(start + 1), count: 512 * 64)
      #expect(source.run(Block.ten(0x2A, UInt32(start * 128), 64), data).status == .good)
    }
    let old = [UInt8](repeating: 0xEE, count: 512 * 1024)
    #expect(destination.run(Block.ten(0x2A, 0, 1024), old).status == .good)
  }

  @Test func blocksAndHolesAreCopiedToAnotherUnit() {
    fill()
    let ends = [Self.named(source), Self.named(destination)]
    let outcome = copy(
      Self.list(ends, [Self.segment(0, 1, 64, 100, 300), Self.segment(0, 1, 0, 0, 10)]))
    #expect(outcome.status == .good)
    let (from, to) = (source.medium.bytes, destination.medium.bytes)
    #expect(Array(to[100 * 512..<400 * 512]) == Array(from[64 * 512..<364 * 512]))
    #expect(Array(to[..<5120]) == Array(from[..<5120]))
    #expect(to[5120..<100 * 512].allSatisfy { $0 == 0xEE })
    #expect(to[400 * 512..<1024 * 512].allSatisfy { $0 == 0xEE })
    let status = source.run(Self.results(0)).data
    #expect(status == [0, 0, 0, 8, 1, 0, 2, 0] + Block.number(310 * 512, 4))
    #expect(source.sense(Self.results(0), by: source.second) == [5, 0x24, 0])
    #expect(source.sense(Self.results(4)) == [5, 0x24, 0])
  }

  @Test func aUnitMayBeCopiedWithinItself() {
    fill()
    let list = Self.list([], [Self.segment(0xFFFF, 0xFFFF, 0, 1024, 64)], usage: 0x10)
    #expect(copy(list).status == .good)
    let bytes = source.medium.bytes
    #expect(Array(bytes[1024 * 512..<1088 * 512]) == Array(bytes[..<(64 * 512)]))
    // It was not to be remembered.
    #expect(source.sense(Self.results(0)) == [5, 0x24, 0])
  }

  @Test func blocksOfTwoSizesAreCountedAsIsSaid() {
    let large = UnitUnderTest(creation: 8, blockBytes: 4096)
    let data = [UInt8](repeating: 7, count: 512 * 64)
    #expect(source.run(Block.ten(0x2A, 0, 64), data).status == .good)
    let ends = [Self.named(source), Self.named(large)]
    let bySource = Self.list(ends, [Self.segment(0, 1, 0, 1, 16)])
    #expect(source.run(Self.block(bySource), bySource, others: [large]).status == .good)
    #expect(large.medium.bytes.firstIndex(of: 7) == 4096)
    #expect(large.medium.bytes.lastIndex(of: 7) == 3 * 4096 - 1)
    let byDestination = Self.list(ends, [Self.segment(0, 1, 0, 1, 4, counts: 2)])
    #expect(source.run(Self.block(byDestination), byDestination, others: [large]).status == .good)
    #expect(large.medium.bytes.lastIndex(of: 7) == 5 * 4096 - 1)
  }

  @Test func whatTheInitiatorMayNotSeeIsNotThere() {
    fill()
    let before = destination.medium.bytes
    let list = Self.list(
      [Self.named(source), Self.named(destination)], [Self.segment(0, 1, 0, 0, 8)])
    #expect(source.sense(Self.block(list), list) == [0xA, 0x0D, 2])
    #expect(destination.medium.bytes == before)
    #expect(source.run(Self.results(0)).data == [0, 0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0])
    let details = source.run(Self.results(4)).data
    #expect(details[56] == 2 && details[60] == 0x70 && details[62] == 0xA)
  }

  @Test func theDestinationsRulesHoldForCopiesToo() {
    let ends = [Self.named(source), Self.named(destination)]
    let list = Self.list(ends, [Self.segment(0, 1, 0, 0, 8)])
    let readOnly = UnitUnderTest(MemoryMedium(isReadOnly: true), creation: 8)
    #expect(source.sense(Self.block(list), list, others: [readOnly]) == [0xA, 0x27, 0])
    #expect(
      destination.run(Block.reserve(0), Block.keys(0, 1), by: destination.second).status == .good)
    #expect(
      destination.run(Block.reserve(1, 1), Block.keys(1), by: destination.second).status == .good)
    #expect(refusal(list) == [0xA, 0x0D, 1])
    destination.unit.show(.notReady)
    #expect(refusal(list) == [0xA, 4, 3])
  }

  @Test func damagedListsAreRefusedBeforeAnythingIsCopied() {
    fill()
    let before = destination.medium.bytes
    let ends = [Self.named(source), Self.named(destination)]
    let segment = Self.segment(0, 1, 0, 0, 8)
    var other = Self.named(destination)
    other[0] = 0xE0
    #expect(refusal(Self.list([Self.named(source), other], [segment])) == [5, 0x26, 7])
    var stream = segment
    stream[0] = 3
    #expect(refusal(Self.list(ends, [segment, stream])) == [5, 0x26, 9])
    #expect(
      refusal(Self.list([[UInt8]](repeating: ends[0], count: 17), [segment])) == [5, 0x26, 6])
    #expect(refusal(Self.list(ends, [[UInt8]](repeating: segment, count: 65))) == [5, 0x26, 8])
    #expect(refusal(Array(Self.list(ends, [segment]).dropLast())) == [5, 0x1A, 0])
    #expect(refusal([1, 2, 3]) == [5, 0x1A, 0])
    #expect(copy([]).status == .good)
    #expect(source.sense([0x83, 1] + [UInt8](repeating: 0, count: 14)) == [5, 0x24, 0])
    #expect(destination.medium.bytes == before)
    #expect(refusal(Self.list(ends, [Self.segment(0, 1, 0, 2041, 8)])) == [0xA, 0, 0])
    #expect(refusal(Self.list(ends, [Self.segment(0, 2, 0, 0, 8)])) == [0xA, 0x0D, 2])
  }

  @Test func theLimitsAreTold() {
    let parameters = source.run(Self.results(3)).data
    #expect(Array(parameters[..<4]) == Block.number(UInt64(parameters.count - 4), 4))
    #expect(Array(parameters[8..<16]) == [0, 16, 0, 64] + Block.number(16 * 32 + 64 * 28, 4))
    #expect(Array(parameters[43...]) == [2, 2, 0xE4])
    let page = source.run([0x12, 1, 0x8F, 1, 0, 0]).data
    #expect(Array(page[..<4]) == [0, 0x8F] + Block.number(UInt64(page.count - 4), 2))
    #expect(Array(page[4..<18]) == [0, 1, 0, 12, 8, 0x83, 1, 0, 0x84, 3, 0, 3, 4, 0])
  }
}
