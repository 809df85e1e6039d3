import SedaiMonitor
import SedaiNBDTestSupport
import SedaiSCSI
import Testing

@Suite struct BlockTests {
  let tested = UnitUnderTest()

  static func blocks(_ byte: UInt8, _ count: Int) -> [UInt8] {
    [UInt8](repeating: byte, count: count * 512)
  }

  @Test func whatIsWrittenIsReadByEveryFormOfTheCommands() {
    #expect(tested.run([0x0A, 0, 0, 1, 2, 0], Self.blocks(1, 2)).status == .good)
    #expect(tested.run(Block.ten(0x2A, 3, 2), Self.blocks(2, 2)).status == .good)
    #expect(
      tested.run([0xAA, 0] + Block.number(5, 4) + Block.number(2, 4) + [0, 0], Self.blocks(3, 2))
        .status == .good)
    #expect(tested.run(Block.sixteen(0x8A, 7, 2), Self.blocks(4, 2)).status == .good)
    let all = (1...4).flatMap { Self.blocks(UInt8($0), 2) }
    #expect(tested.run([0x08, 0, 0, 1, 8, 0]).data == all)
    #expect(tested.run(Block.ten(0x28, 1, 8)).data == all)
    #expect(
      tested.run([0xA8, 0] + Block.number(1, 4) + Block.number(8, 4) + [0, 0]).data == all)
    #expect(tested.run(Block.sixteen(0x88, 1, 8)).data == all)
  }

  @Test func whatLiesOutsideIsRefused() {
    for block in [
      Block.ten(0x28, 2047, 2), Block.ten(0x28, 2049, 0), Block.sixteen(0x88, .max, 2),
      Block.ten(0x2A, 2048, 1), Block.ten(0x2F, 2048, 1), Block.ten(0x34, 2048, 1),
      Block.ten(0x35, 2049, 0), Block.ten(0x41, 2048, 1, flags: 8), Block.sixteen(0x8B, 2048, 1),
    ] {
      #expect(tested.sense(block, Self.blocks(0, 1)) == [5, 0x21, 0], "\(block)")
    }
    #expect(tested.sense(Block.ten(0x28, 0, 1, flags: 0x20)) == [5, 0x24, 0])
  }

  @Test func comparisonTellsWhereTheFirstDifferenceIs() {
    tested.run(Block.ten(0x2A, 0, 2), Self.blocks(5, 2))
    #expect(tested.run(Block.ten(0x2F, 0, 2, flags: 2), Self.blocks(5, 2)).status == .good)
    #expect(tested.run(Block.ten(0x2F, 0, 2, flags: 6), Self.blocks(5, 1)).status == .good)
    var other = Self.blocks(5, 2)
    other[700] = 6
    let outcome = tested.run(Block.ten(0x2F, 0, 2, flags: 2), other)
    #expect(Array(outcome.sense[..<8]) == [0xF0, 0, 0x0E, 0, 0, 2, 188, 10])
    #expect(tested.run(Block.ten(0x2F, 0, 2), []).status == .good)
  }

  @Test func compareAndWriteWritesOnlyWhatWasExpected() {
    let block = Block.sixteen(0x89, 4, 0).replacing(13, by: 1)
    #expect(tested.run(block, Self.blocks(0, 1) + Self.blocks(7, 1)).status == .good)
    #expect(tested.sense(block, Self.blocks(0, 1) + Self.blocks(8, 1)) == [0x0E, 0x1D, 0])
    #expect(Array(tested.medium.bytes[2048..<2560]) == Self.blocks(7, 1))
    #expect(tested.sense(block, Self.blocks(7, 1)) == [5, 0x0E, 3])
  }

  @Test func compareAndWriteByManyLosesNothing() async {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<50 { increment(tested) }
        }
      }
    }
    #expect(Array(tested.medium.bytes[..<2]) == [200, 0])
  }

  @Test func orWriteSetsBits() {
    tested.run(Block.ten(0x2A, 0, 1), Self.blocks(0x50, 1))
    #expect(tested.run(Block.sixteen(0x8B, 0, 1), Self.blocks(0x0A, 1)).status == .good)
    #expect(Array(tested.medium.bytes[..<512]) == Self.blocks(0x5A, 1))
  }

  @Test func writeSameFillsAndGivesBackOnlyWhatReadsAsItSays() {
    #expect(tested.run(Block.ten(0x41, 8, 16), Self.blocks(9, 1)).status == .good)
    #expect(Array(tested.medium.bytes[4096..<12288]) == Self.blocks(9, 16))
    #expect(tested.run(Block.ten(0x41, 8, 8, flags: 8), Self.blocks(3, 1)).status == .good)
    #expect(Array(tested.medium.bytes[4096..<8192]) == Self.blocks(3, 8))
    #expect(tested.run(Block.sixteen(0x93, 8, 8, flags: 9)).status == .good)
    #expect(Array(tested.medium.bytes[4096..<8192]) == Self.blocks(0, 8))
    #expect(tested.run(Block.ten(0x41, 2040, 0), Self.blocks(1, 1)).status == .good)
    #expect(Array(tested.medium.bytes.suffix(4096)) == Self.blocks(1, 8))
  }

  @Test func unmapGivesBackEveryRangeOfItsList() {
    tested.run(Block.ten(0x2A, 0, 64), Self.blocks(1, 64))
    func list(_ ranges: [(UInt64, UInt64)]) -> [UInt8] {
      let count = UInt64(ranges.count * 16)
      return Block.number(count + 6, 2) + Block.number(count, 2) + [0, 0, 0, 0]
        + ranges.flatMap { Block.number($0.0, 8) + Block.number($0.1, 4) + [0, 0, 0, 0] }
    }
    func unmap(_ list: [UInt8]) -> ([UInt8], [UInt8]) {
      ([0x42, 0, 0, 0, 0, 0, 0] + Block.number(UInt64(list.count), 2) + [0], list)
    }
    let (block, data) = unmap(list([(0, 8), (16, 8), (40, 0)]))
    #expect(tested.run(block, data).status == .good)
    #expect(
      Array(tested.medium.bytes[..<16384])
        == Self.blocks(0, 8) + Self.blocks(1, 8) + Self.blocks(0, 8) + Self.blocks(1, 8))
    let (far, beyond) = unmap(list([(2048, 1)]))
    #expect(tested.sense(far, beyond) == [5, 0x21, 0])
    #expect(tested.sense([0x42, 0, 0, 0, 0, 0, 0, 0, 4, 0], [0, 0, 0, 0]) == [5, 0x1A, 0])
    let (many, list) = unmap(list((0..<300).map { (UInt64($0), 1) }))
    #expect(tested.sense(many, list) == [5, 0x26, 0])
  }

  @Test func blockStatusTellsWhatIsThere() {
    tested.run(Block.ten(0x2A, 8, 8), Self.blocks(1, 8))
    let data = tested.run([0x9E, 0x12] + Block.number(8, 8) + [0, 0, 0, 40, 0, 0]).data
    #expect(Array(data[8..<24]) == [0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0, 0])
    #expect(data[36] == 1)
  }

  @Test func whatFailsIsToldAndWhatMustBeDurableIsFlushed() {
    tested.medium.state.withLock { $0.failure = .inputOutput }
    #expect(tested.sense(Block.ten(0x28, 0, 1)) == [3, 0x11, 0])
    #expect(tested.sense(Block.ten(0x2E, 0, 1), Self.blocks(0, 1)) == [3, 0x0C, 0])
    tested.medium.state.withLock { $0.failure = .noSpace }
    #expect(tested.sense(Block.ten(0x2A, 0, 1), Self.blocks(0, 1)) == [7, 0x27, 7])
    tested.medium.state.withLock { $0.failure = nil }
    #expect(tested.run(Block.ten(0x35, 0, 0)).status == .good)
    #expect(tested.medium.state.withLock { $0.flushes } == 1)
  }

  @Test func randomCommandsDoNoHarm() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    let codes: [UInt8] = [
      0x00, 0x03, 0x08, 0x0A, 0x12, 0x15, 0x1A, 0x1B, 0x25, 0x28, 0x2A, 0x2E, 0x2F, 0x34, 0x35,
      0x41, 0x42, 0x55, 0x5A, 0x5E, 0x5F, 0x88, 0x89, 0x8A, 0x8B, 0x8F, 0x91, 0x93, 0x9E, 0xA0,
      0xA3, 0xA8, 0xAA,
    ]
    for round in 0..<20_000 {
      var block = (0..<16).map { _ in
        Bool.random(using: &generator) ? 0 : UInt8.random(in: 0...255, using: &generator)
      }
      block[0] = codes.randomElement(using: &generator) ?? 0
      let count = Int.random(in: 0...1100, using: &generator)
      let data = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      // A write that is cut short is the transport's to refuse.
      if case .write(let transfer, _) = tested.unit.begin(CommandBlock(block), from: tested.first),
        transfer.count > count
      {
        continue
      }
      let outcome = tested.run(block, data)
      #expect(
        (outcome.status == .checkCondition) == !outcome.sense.isEmpty, "seed \(seed) \(round)")
    }
    #expect(UInt64(tested.medium.bytes.count) == tested.medium.size)
  }
}

/// Raises the number in the first bytes by one, whoever else does.
private func increment(_ tested: UnitUnderTest) {
  while true {
    let before = tested.run(Block.ten(0x28, 0, 1)).data
    var after = before
    let number = UInt16(before[0]) | UInt16(before[1]) << 8
    after[0] = UInt8(truncatingIfNeeded: number + 1)
    after[1] = UInt8(truncatingIfNeeded: (number + 1) >> 8)
    let block = Block.sixteen(0x89, 0, 0).replacing(13, by: 1)
    if tested.run(block, before + after).status == .good { return }
  }
}

extension [UInt8] {
  fileprivate func replacing(_ place: Int, by byte: UInt8) -> [UInt8] {
    var copy = self
    copy[place] = byte
    return copy
  }
}
