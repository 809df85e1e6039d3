import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiMonitor
import Testing

@testable import SedaiSimulation

/// A device reports lost writes to one flush only; those at the same time find nothing wrong.
@Suite("Flushes that fail while others are under way")
struct FlushFailureCases {
  private static let seeds: Range<UInt64> = 0..<40

  @Test("A flush does not answer for writes that another flush of the pool has lost")
  func poolFlushesAtTheSameTime() throws {
    for seed in Self.seeds {
      let array = try ArrayUnderTest(seed: seed, isScheduled: true)
      let volumes = [try array.volume(), try array.volume()]
      let flushed = Monitor(Set<ImageID>())
      array.host.failNext(.flush, on: "pool0.0")
      array.run(
        volumes.map { volume in
          { array in
            do {
              try array.write(1, volume, block: 0, count: 8)
              try array.engine.flush(volume)
            } catch { return }
            flushed.withLock { _ = $0.insert(volume) }
          }
        })
      try array.crash(by: .powerCut)
      for volume in flushed.withLock({ $0 }) {
        #expect(
          try array.values(volume, count: 8) == [UInt8?](repeating: 1, count: 8), "seed \(seed)")
      }
    }
  }

  @Test("A checkpoint does not count on pages that a failed flush of the journal has lost")
  func checkpointWhileTheJournalFails() throws {
    for seed in Self.seeds {
      let array = try ArrayUnderTest(seed: seed, chunks: 128, reserve: 100, isScheduled: true)
      let volume = try array.volume()
      for round in 1...4 as ClosedRange<UInt8> {
        try array.write(round, volume, block: 0, count: 64)
        _ = try array.snapshot(volume)
      }
      try array.engine.flush(volume)
      let writes = Monitor(0)
      // Home pages are under way when the flush of the commit fails.
      array.host.beforeEveryCall { device, call in
        guard device == "system", call == .write else { return }
        let count = writes.withLock {
          $0 += 1
          return $0
        }
        if count == 3 { array.host.failNext(.flush, on: "system") }
      }
      array.run([
        { array in try? array.engine.checkpoint() },
        { array in
          for _ in 0..<3 { _ = try? array.snapshot(volume) }
        },
      ])
      array.host.beforeEveryCall(nil)
      try array.crash(by: .powerCut)
      let report = try array.array.checker().check()
      #expect(report.findings.isEmpty, "seed \(seed): \(report.findings.map(\.text))")
      #expect(
        try array.values(volume, count: 64) == [UInt8?](repeating: 4, count: 64),
        "seed \(seed)")
    }
  }
}
