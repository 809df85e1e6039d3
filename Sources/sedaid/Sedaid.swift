import ArgumentParser
import Foundation
import SedaiAPI
import SedaiModel

/// The disk array's daemon.
@main struct Sedaid: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sedaid",
    abstract: "The Sedai disk array.",
    discussion: """
      With --data DIR alone it starts an array from nothing: the system area and a pool in \
      DIR, management on the socket DIR/sedaid.sock, NBD on one socket per LD set in DIR/nbd. \
      --config FILE gives everything else; see sedaid.toml for what can be set. What is given \
      on the command line wins over the file.
      """,
    version: "sedaid \(Product.version)",
    subcommands: [RunCommand.self, TokenCommand.self, ManualCommand.self],
    defaultSubcommand: RunCommand.self)

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as StartupFailure {
      complain("sedaid: " + failure.description)
      Foundation.exit(ExitStatus.error.rawValue)
    } catch {
      let code = exitCode(for: error)
      let text = fullMessage(for: error)
      if code == .success {
        try? FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
        Foundation.exit(ExitStatus.success.rawValue)
      }
      complain(text)
      let status: ExitStatus = code == .validationFailure ? .usage : .error
      Foundation.exit(status.rawValue)
    }
  }

  private static func complain(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
  }
}

/// Why the daemon did not start, or did not stop cleanly: what is wrong with which file, and
/// what to do about it.
struct StartupFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
