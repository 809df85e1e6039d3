import Foundation
import SedaiSimulation

/// Command line: seeds to run, for how long, and how deep the crash search goes.
@main
struct SimulateCommand {
  /// Steps of one seed.
  private static let stepsPerSeed = 300
  /// Without it, sets and dictionaries differ between processes, and so would the runs.
  private static let hashingVariable = "SWIFT_DETERMINISTIC_HASHING"

  private var seed: UInt64?
  private var seconds: Double?
  private var exhaustiveLength: Int?
  private var steps = stepsPerSeed
  private var isTracing = false

  static func main() {
    if ProcessInfo.processInfo.environment[hashingVariable] == nil {
      exit(runAgainWithFixedHashing())
    }
    do throws(UsageError) {
      let command = try SimulateCommand(arguments: Array(CommandLine.arguments.dropFirst()))
      exit(command.run())
    } catch {
      print(error.text)
      print(usage)
      exit(2)
    }
  }

  private static let usage = """
    usage: sedai-simulate [--seed N] [--steps N] [--trace]
           sedai-simulate [--seconds S] [--exhaustive-length L]
      --seed N               run this seed once
      --steps N              calls of each seed (default \(stepsPerSeed))
      --trace                print every call
      --seconds S            run fresh seeds for S seconds (default 30)
      --exhaustive-length L  first crash every sequence of 1…L calls at every device call
    """

  private struct UsageError: Error { let text: String }

  private init(arguments: [String]) throws(UsageError) {
    var rest = arguments[...]
    func number<Value: LosslessStringConvertible>(_ option: String) throws(UsageError) -> Value {
      guard let text = rest.popFirst(), let value = Value(text) else {
        throw UsageError(text: "\(option) needs a number")
      }
      return value
    }
    while let option = rest.popFirst() {
      switch option {
      case "--seed": seed = try number(option)
      case "--seconds": seconds = try number(option)
      case "--steps": steps = try number(option)
      case "--exhaustive-length": exhaustiveLength = try number(option)
      case "--trace": isTracing = true
      default: throw UsageError(text: "unknown option \(option)")
      }
    }
  }

  /// - Returns: the exit status of the same command with fixed hashing.
  private static func runAgainWithFixedHashing() -> Int32 {
    guard let program = Bundle.main.executableURL else { return 2 }
    let process = Process()
    process.executableURL = program
    process.arguments = Array(CommandLine.arguments.dropFirst())
    process.environment = ProcessInfo.processInfo.environment.merging([hashingVariable: "1"]) {
      _, new in new
    }
    do { try process.run() } catch {
      print("cannot start \(program.path): \(error)")
      return 2
    }
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : 1
  }

  private func run() -> Int32 {
    do throws(SimulationFailure) {
      if let exhaustiveLength { try search(upTo: exhaustiveLength) }
      if let seed {
        let summary = try simulate(seed)
        print("seed \(seed): \(Self.words(summary))")
      } else if seconds != nil || exhaustiveLength == nil {
        try simulateFreshSeeds(for: seconds ?? 30)
      }
      return 0
    } catch {
      print("FAILED: \(error)")
      return 1
    }
  }

  private func search(upTo length: Int) throws(SimulationFailure) {
    for layout in CrashPointSearch.Layout.allCases {
      for length in 1...max(length, 1) {
        var search = CrashPointSearch(seed: seed ?? 1, layout: layout)
        search.report = { print("\(layout), length \(length): \($0)") }
        try search.run(length: length)
        print(
          "\(layout): every crash point of \(search.summary.sequences) sequences of length \(length):"
            + " \(search.summary.crashes) crashes, all recovered as promised")
      }
    }
  }

  private func simulate(_ seed: UInt64) throws(SimulationFailure) -> SimulationSummary {
    let simulator = Simulator(seed: seed) { problem in
      print("FAILED: seed \(seed): \(problem)\nagain: \(SimulationFailure.command(seed: seed))")
      exit(1)
    }
    if isTracing { simulator.trace = { print($0) } }
    try simulator.run(steps: steps)
    return simulator.summary
  }

  private func simulateFreshSeeds(for seconds: Double) throws(SimulationFailure) {
    let start = ContinuousClock.now
    let first = UInt64.random(in: 0..<(1 << 40))
    print("seeds from \(first) on, \(steps) steps each")
    var total = SimulationSummary()
    var seeds: UInt64 = 0
    while ContinuousClock.now - start < .seconds(seconds) {
      total += try simulate(first + seeds)
      seeds += 1
    }
    print("\(seeds) seeds: \(Self.words(total))")
  }

  private static func words(_ summary: SimulationSummary) -> String {
    "\(summary.calls) calls, \(summary.crashes) crashes, \(summary.reopenings) clean restarts,"
      + " \(summary.moves) chunks moved, \(summary.losses) starts without a pool,"
      + " \(summary.checks) comparisons, no difference"
  }
}
