import Foundation
import SedaiModel

let program = Program(
  environment: ProcessInfo.processInfo.environment, clock: LocalClock())
let outcome = await program.run(Invocation(arguments: CommandLine.arguments))
// Who closed the other end wants to read no more; the status still tells how it went.
try? FileHandle.standardOutput.write(contentsOf: Data(outcome.output.utf8))
try? FileHandle.standardError.write(contentsOf: Data(outcome.errors.utf8))
exit(outcome.status.rawValue)
