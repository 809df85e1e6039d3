import Glibc
import SedaiMonitor
import Testing

@testable import SedaiSimulation

@Suite("Seeded schedule")
struct SeededScheduleTests {
  private func schedule(_ seed: UInt64) -> SeededSchedule {
    SeededSchedule(seed: seed) { problem in preconditionFailure("seed \(seed): \(problem)") }
  }

  private func order(seed: UInt64) -> [Int] {
    let schedule = schedule(seed)
    let log = Monitor<[Int]>([], schedule: schedule)
    schedule.run(
      (0..<3).map { thread in
        (name: "thread \(thread)", body: { for _ in 0..<5 { log.withLock { $0.append(thread) } } })
      })
    return log.withLock { $0 }
  }

  @Test("The same seed gives the same order, and seeds differ")
  func ordersComeFromSeeds() {
    var orders: Set<[Int]> = []
    for seed in 0..<20 as Range<UInt64> {
      let first = order(seed: seed)
      #expect(first == order(seed: seed), "seed \(seed)")
      #expect(first.count == 15)
      orders.insert(first)
    }
    #expect(orders.count > 5)
  }

  @Test("A thread that waits goes on once another has done what it waits for")
  func waitersGoOn() {
    for seed in 0..<20 as Range<UInt64> {
      let schedule = schedule(seed)
      let turn = Monitor(0, schedule: schedule)
      schedule.run([
        (name: "even", body: { for n in [0, 2, 4] { Self.advance(turn, from: n) } }),
        (name: "odd", body: { for n in [1, 3, 5] { Self.advance(turn, from: n) } }),
      ])
      #expect(turn.withLock { $0 } == 6, "seed \(seed)")
    }
  }

  private static func advance(_ turn: Monitor<Int>, from number: Int) {
    turn.wait { turn in
      guard turn == number else { return nil as Void? }
      turn += 1
      return ()
    }
    turn.wakeAll()
  }

  @Test("Threads that all wait for each other are reported as a deadlock")
  func deadlocksAreSeen() async {
    await #expect(processExitsWith: .exitCode(77)) {
      let schedule = SeededSchedule(seed: 1) { problem in
        SeededScheduleTests.leave(77, because: problem)
      }
      let never = Monitor(false, schedule: schedule)
      schedule.run([
        (name: "one", body: { never.wait { $0 ? () : nil } }),
        (name: "two", body: { never.wait { $0 ? () : nil } }),
      ])
    }
  }

  private static func leave(_ status: Int32, because problem: String) -> Never {
    exit(problem.contains("deadlock") ? status : 1)
  }
}
