import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiMonitor
import Testing

@testable import SedaiSimulation

/// Each case runs in many orders of its threads, drawn from a seed, switching at every lock
/// and device call.
@Suite("Calls at the same time: cases that break naive engines")
struct ConcurrencyCases {
  private static let seeds: Range<UInt64> = 0..<40

  @Test("A slow read of a generation that is given up sees the generation or an error")
  func slowReadRacesGiveUp() throws {
    for seed in Self.seeds {
      let array = try ArrayUnderTest(seed: seed, chunks: 36, reserve: 4, isScheduled: true)
      let volume = try array.volume()
      let other = try array.volume()
      try array.write(1, volume, block: 0, count: 64)
      let generation = try array.snapshot(volume)
      try array.write(2, volume, block: 0, count: 64)
      array.run([
        { array in
          do {
            let found = try array.values(generation, count: 64)
            #expect(found == [UInt8?](repeating: 1, count: 64), "seed \(seed)")
          } catch EngineError.noSuchImage {}
        },
        { array in
          try array.engine.commit([.delete(generation)])
          try array.reclaimAll()
          try array.write(3, other, block: 0, count: 64)
        },
        { array in try array.write(4, volume, block: 0, count: 64) },
      ])
      #expect(try array.values(volume, count: 64) == [UInt8?](repeating: 4, count: 64))
    }
  }

  @Test("A write in flight at a snapshot is in the volume, and whole blocks of it in the copy")
  func writeInFlightAtSnapshot() throws {
    for seed in Self.seeds {
      let array = try ArrayUnderTest(seed: seed, isScheduled: true)
      let volume = try array.volume()
      try array.write(1, volume, block: 0, count: 32)
      let generation = array.engine.nextImageID()
      array.run([
        { array in try array.write(2, volume, block: 8, count: 16) },
        { array in try array.engine.commit([.snapshot(source: volume, as: generation)]) },
        { array in try array.write([UInt8](repeating: 3, count: 100), volume, at: 50) },
      ])
      let copy = try array.values(generation, block: 1, count: 31)
      for (index, value) in copy.enumerated() {
        let isWritten = (7..<23).contains(index)
        #expect(value == 1 || (isWritten && value == 2), "seed \(seed), block \(index + 1)")
      }
      var expected = [UInt8?](repeating: 1, count: 31)
      for index in 7..<23 { expected[index] = 2 }
      #expect(try array.values(volume, block: 1, count: 31) == expected, "seed \(seed)")
      let head = try array.bytes(volume, at: 0, count: 200)
      #expect(head == (0..<200).map { (50..<150).contains($0) ? 3 : 1 }, "seed \(seed)")
      // The copy has stopped changing.
      let frozen = try array.bytes(generation, at: 0, count: 32 * 4096)
      try array.write(9, volume, block: 0, count: 32)
      #expect(try array.bytes(generation, at: 0, count: 32 * 4096) == frozen, "seed \(seed)")
    }
  }

  @Test("A write in flight at a restore lands before it or after it, never in a generation")
  func writeInFlightAtRestore() throws {
    for seed in Self.seeds {
      let array = try ArrayUnderTest(seed: seed, chunks: 40, reserve: 20, isScheduled: true)
      let volume = try array.volume()
      try array.write(1, volume, block: 0, count: 32)
      let generation = try array.snapshot(volume)
      try array.write(2, volume, block: 0, count: 32)
      let undo = array.engine.nextImageID()
      array.run([
        { array in try array.write(3, volume, block: 4, count: 4) },
        { array in
          try array.engine.commit([.restore(target: volume, from: generation, undo: undo)])
        },
        { array in try array.write(4, volume, block: 20) },
      ])
      #expect(try array.values(generation, count: 32) == [UInt8?](repeating: 1, count: 32))
      let now = try array.values(volume, count: 32)
      let before = try array.values(undo, count: 32)
      for block in 0..<32 {
        let written: UInt8? = (4..<8).contains(block) ? 3 : block == 20 ? 4 : nil
        #expect(now[block] == 1 || now[block] == written, "seed \(seed), block \(block)")
        #expect(before[block] == 2 || before[block] == written, "seed \(seed), block \(block)")
        // An acknowledged write is somewhere.
        if let written {
          #expect(now[block] == written || before[block] == written, "seed \(seed)")
        }
      }
    }
  }

  @Test("Draining a linked generation waits for its calls; what was written stays in it")
  func writeInFlightAtLinkChange() throws {
    for seed in Self.seeds {
      let array = try ArrayUnderTest(seed: seed, isScheduled: true)
      let volume = try array.volume()
      try array.write(1, volume, block: 0, count: 16)
      let generation = try array.snapshot(volume)
      let log = Monitor<[String]>([])
      array.run([
        { array in
          log.withLock { $0.append("writing") }
          try array.write(2, generation, block: 3)
          log.withLock { $0.append("written") }
        },
        { array in
          array.engine.drain(generation)
          let bytes = try array.values(generation, block: 3)
          log.withLock { $0.append(bytes == [2] ? "new" : "old") }
        },
      ])
      #expect(try array.values(generation, block: 3) == [2], "seed \(seed)")
      #expect(try array.values(volume, block: 3) == [1], "seed \(seed)")
      // Once the write was answered a drain cannot show what was there before it.
      let events = log.withLock { $0 }
      #expect(events.last != "old" || events.first == "old" || events.contains("written"))
    }
  }

  @Test("Writes to parts of one block at the same time all count")
  func partsOfOneBlock() throws {
    for seed in Self.seeds {
      let array = try ArrayUnderTest(seed: seed, isScheduled: true)
      let volume = try array.volume()
      try array.write(9, volume, block: 0, count: 16)
      _ = try array.snapshot(volume)
      array.run(
        (0..<3 as Range<UInt64>).map { thread in
          { array in
            let bytes = [UInt8](repeating: UInt8(thread), count: 100)
            try array.write(bytes, volume, at: thread * 1000)
          }
        })
      for thread in 0..<3 {
        let part = try array.bytes(volume, at: UInt64(thread) * 1000, count: 101)
        #expect(
          part == [UInt8](repeating: UInt8(thread), count: 100) + [9],
          "seed \(seed): a write to the same block was lost")
      }
    }
  }

  @Test("A set of volumes is snapshotted at one moment of a writer that goes from one to the next")
  func setsAreOneMoment() throws {
    for seed in Self.seeds {
      let array = try ArrayUnderTest(seed: seed, chunks: 60, reserve: 20, isScheduled: true)
      let volumes = [try array.volume(), try array.volume()]
      let copies = [array.engine.nextImageID(), array.engine.nextImageID()]
      array.run([
        { array in
          // The second volume is written only after the first was.
          for round in 1...4 as ClosedRange<UInt8> {
            for volume in volumes { try array.write(round, volume, block: 0) }
          }
        },
        { array in
          try array.engine.commit(
            zip(volumes, copies).map { .snapshot(source: $0, as: $1) })
        },
      ])
      let first = try #require(try array.values(copies[0])[0])
      let second = try #require(try array.values(copies[1])[0])
      #expect(first == second || first == second + 1, "seed \(seed): \(first), \(second)")
    }
  }
}
