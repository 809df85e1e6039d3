import Foundation
import SedaiModel

let program = Program(
  environment: ProcessInfo.processInfo.environment, clock: LocalClock())
let outcome = await program.run(Invocation(arguments: CommandLine.arguments))
FileHandle.standardOutput.write(Data(outcome.output.utf8))
FileHandle.standardError.write(Data(outcome.errors.utf8))
exit(outcome.status.rawValue)
