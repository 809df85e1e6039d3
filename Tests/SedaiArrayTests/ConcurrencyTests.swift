import Foundation
import SedaiArray
import SedaiModel
import SedaiMonitor
import Synchronization
import Testing

/// Hosts read and write while operators snapshot, restore, link and delete.
@Suite struct ConcurrencyTests {
  private static let chunk: UInt64 = 65536
  private static let rounds = 60

  /// Runs bodies at once and waits for all of them.
  private func together(_ bodies: [@Sendable () -> Void]) {
    let left = Monitor(bodies.count)
    for body in bodies {
      let thread = Thread {
        body()
        left.withLock { $0 -= 1 }
        left.wakeAll()
      }
      thread.start()
    }
    left.wait { $0 == 0 ? () : nil }
  }

  /// Each chunk of the base volume holds, in its first and last block, the number of the round
  /// that wrote it; a snapshot must show both from one write, whatever goes on beside it.
  @Test func `what a link volume shows never changes while the base volume is written`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 2)
    try rig.fill("bv", 1, count: 16 * 65536)
    let array = rig.array
    let isOver = Atomic<Bool>(false)
    let problems = Monitor<[String]>([])
    let writer: @Sendable () -> Void = {
      var byte: UInt8 = 1
      while !isOver.load(ordering: .relaxed) {
        byte = byte == 255 ? 1 : byte + 1
        guard let volume = array.open(export: "bv", for: .localAdministrator) else { continue }
        for index in 0..<UInt64(16) {
          do throws(VolumeError) {
            try volume.fill(byte, at: index * Self.chunk, count: 4096)
          } catch {
            if error != .shutDown { problems.withLock { $0.append("write: \(error)") } }
            break
          }
        }
      }
    }
    let reader: @Sendable () -> Void = {
      while !isOver.load(ordering: .relaxed) {
        guard let volume = array.open(export: "lv", for: .localAdministrator) else { continue }
        var first: [UInt8]?
        for _ in 0..<4 {
          do throws(VolumeError) {
            var seen: [UInt8] = []
            for index in 0..<UInt64(16) {
              seen += try volume.bytes(at: index * Self.chunk, count: 1)
            }
            if let first, first != seen {
              problems.withLock { $0.append("a snapshot changed: \(first) \(seen)") }
            }
            first = seen
          } catch {
            if error != .shutDown && error != .notReady {
              problems.withLock { $0.append("read: \(error)") }
            }
            break
          }
        }
      }
    }
    let rigBox = try Operator(rig)
    let administrator: @Sendable () -> Void = {
      for round in 0..<Self.rounds {
        do { try rigBox.work(round) } catch { problems.withLock { $0.append("\(error)") } }
      }
      isOver.store(true, ordering: .relaxed)
    }
    together([writer, writer, reader, administrator])
    #expect(problems.withLock { $0 }.isEmpty, "\(problems.withLock { $0.prefix(3) })")
  }

  /// What the administrator's thread does, by names found out before.
  private struct Operator: Sendable {
    let array: DiskArray
    let base: DiskReference
    let link: DiskReference
    let newest: SnapshotReference

    init(_ rig: Rig) throws {
      array = rig.array
      base = try rig.disk("bv")
      link = try rig.disk("lv")
      newest = try rig.snapshot(".-1")
    }

    func work(_ round: Int) throws {
      let by = Requester.localAdministrator
      _ = try array.createSnapshots([CreateRequest(base: base, target: .cyclic)], by: by)
      _ = try array.link(link, to: .snapshot(newest), access: .readOnly, by: by)
      if round % 3 == 0 {
        _ = try array.restore([RestoreRequest(base: base, snapshot: newest)], by: by)
      }
      array.tick()
      _ = try array.unlink(link, by: by)
      if round % 5 == 0 {
        _ = try array.deleteSnapshots(
          [DeleteRequest(base: base, target: .snapshot(newest))], by: by)
      }
    }
  }

  @Test func `writers that all lack room share what is given up, and none fails`() throws {
    let rig = try Rig()
    try rig.makePool(reserveChunks: 20)
    try rig.bind("bv")
    try rig.addGenerations(8, to: "bv", name: "sv")
    try rig.addLink("lv", to: "bv")
    try rig.fill("bv", 1, count: 16 * 65536)
    let array = rig.array
    let base = try rig.disk("bv")
    let problems = Monitor<[String]>([])
    let writers: [@Sendable () -> Void] = (0..<4).map { lane in
      {
        for round in 0..<40 {
          guard let volume = array.open(export: "bv", for: .localAdministrator) else { continue }
          for index in stride(from: UInt64(lane), to: 16, by: 4) {
            do throws(VolumeError) {
              try volume.fill(UInt8(round + 1), at: index * Self.chunk, count: 65536)
            } catch {
              problems.withLock { $0.append("write: \(error)") }
            }
          }
        }
      }
    }
    let administrator: @Sendable () -> Void = {
      for _ in 0..<40 {
        do {
          _ = try array.createSnapshots(
            [CreateRequest(base: base, target: .cyclic)], by: .localAdministrator)
          array.tick()
        } catch { problems.withLock { $0.append("create: \(error)") } }
      }
    }
    together(writers + [administrator])
    #expect(problems.withLock { $0 }.isEmpty, "\(problems.withLock { $0.prefix(3) })")
    let volume = try rig.open("bv")
    for index in 0..<UInt64(16) {
      #expect(try volume.bytes(at: index * Self.chunk + 65535, count: 1) == [40])
    }
  }

  @Test func `a wait wakes when another thread takes the snapshot`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 1)
    let array = rig.array
    let snapshot = try rig.snapshot("sv_01")
    let base = try rig.disk("bv")
    let seen = Monitor<String?>(nil)
    together([
      {
        let facts = try? array.wait(for: .active, of: snapshot)
        seen.withLock { $0 = facts?.state.text }
      },
      {
        _ = try? array.createSnapshots(
          [CreateRequest(base: base, target: .snapshot(snapshot))], by: .localAdministrator)
      },
    ])
    #expect(seen.withLock { $0 } == "snap/active")
  }

  @Test func `the array's own thread flushes, ends jobs, and stops when told`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 1)
    rig.array.start()
    rig.array.start()
    try rig.fill("bv", 1, count: 16 * 65536)
    try rig.create()
    try rig.array.stop()
    #expect(refusal { try rig.create() } == .arrayStopped)
    #expect(rig.array.open(export: "bv", for: .localAdministrator) == nil)
  }
}
