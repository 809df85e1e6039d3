import Foundation
import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiMonitor
import Testing

@testable import SedaiSimulation

/// Threads that run as they like, for ThreadSanitizer above all:
/// `swift test --sanitize=thread --filter LoadTests`.
@Suite("Control operations during load")
struct LoadTests {
  private static let writers = 3
  private static let rounds: UInt8 = 120

  /// Runs the bodies in threads of their own until all have returned.
  private func run(_ bodies: [@Sendable () throws -> Void]) {
    let left = Monitor(bodies.count)
    for body in bodies {
      Thread.detachNewThread {
        do { try body() } catch { Issue.record("\(error)") }
        left.withLock { $0 -= 1 }
        left.wakeAll()
      }
    }
    left.wait { $0 == 0 ? () : nil }
  }

  @Test("Snapshots, restores, deletes and reclaim under load: every block is whole and its own")
  func controlUnderLoad() throws {
    let array = try ArrayUnderTest(chunks: 400, reserve: 300)
    let volume = try array.volume(chunks: 32)
    let other = try array.volume(chunks: 32)
    let writing = Monitor(Self.writers)
    var bodies: [@Sendable () throws -> Void] = (0..<UInt64(Self.writers)).map { writer in
      {
        defer { writing.withLock { $0 -= 1 } }
        // Each writer has blocks of its own in chunks that all of them share.
        for round in 1...Self.rounds {
          let block = (UInt64(round) * 7 % 100) * UInt64(Self.writers) + writer
          try array.write(round, other, block: block)
          #expect(try array.values(other, block: block) == [round])
          try array.write(round, volume, block: block)
          if round % 16 == 0 { try array.engine.flush(volume) }
          if round % 25 == 0 { try array.engine.trim(volume, at: block * 4096, count: 4096) }
        }
      }
    }
    bodies.append {
      var generations: [ImageID] = []
      while writing.withLock({ $0 > 0 }) {
        generations.append(try array.snapshot(volume))
        if let oldest = generations.first, generations.count > 3 {
          try array.engine.commit([.restore(target: volume, from: oldest, undo: nil)])
          try array.engine.commit([.delete(oldest)])
          generations.removeFirst()
        }
        _ = try array.engine.reclaim(limit: 20)
        for generation in generations {
          let found = try array.values(generation, count: 300)
          #expect(found.allSatisfy { $0.map { $0 <= Self.rounds } ?? false })
        }
      }
    }
    bodies.append {
      while writing.withLock({ $0 > 0 }) {
        try array.engine.checkpoint()
        _ = try array.engine.merge(other, from: ChunkIndex(0), limit: 100)
        _ = array.engine.images()
        _ = try array.capacity()
      }
    }
    run(bodies)
    let found = try array.values(other, count: 300)
    #expect(found.allSatisfy { $0.map { $0 <= Self.rounds } ?? false })
    try array.crash(by: .process)
    #expect(try array.values(other, count: 300) == found)
    array.host.crash(by: .process)
    array.host.restart()
    #expect(try array.array.checker().check().findings.isEmpty)
  }
}
