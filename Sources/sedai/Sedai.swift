import ArgumentParser
import Foundation
import SedaiAPI
import SedaiClient
import SedaiModel

/// The operator's command.
@main struct Sedai: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sedai",
    abstract: "Operates a Sedai disk array.",
    discussion: """
      The array is found by SEDAI_URL (unix:///DIR/sedaid.sock, https://HOST:PORT or \
      http://HOST:PORT), else by ~/.config/sedai/client.toml or /etc/sedai/client.toml. \
      SEDAI_TOKEN_FILE names the file with the token for an array reached over TCP.

      A volume is named by its name, a generation also by its base volume and its place: \
      bv001.-1 is the newest snapshot of bv001, bv001.3 its third generation.
      """,
    version: "sedai \(Product.version)",
    subcommands: [
      StatusCommand.self, PoolCommand.self, ReserveCommand.self, LogicalDiskCommand.self,
      GenerationCommand.self, LinkVolumeCommand.self, PairCommand.self, LDSetCommand.self,
      HostPortCommand.self, JobCommand.self, AttachCommand.self, DetachCommand.self,
      HostCommand.self,
      OperatorCommand.self, AuditCommand.self,
      EventCommand.self, MessageCommand.self, ManualCommand.self,
    ])

  /// Ends with the statuses that the iSM commands have: 1 for a refusal, 2 for wrong usage, 3
  /// for a wait whose time is over.
  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let problem as Problem {
      Console.complain(problem)
      Foundation.exit(problem.exitStatus.rawValue)
    } catch {
      let code = exitCode(for: error)
      let text = fullMessage(for: error)
      if code == .success {
        Console.print(text)
        Foundation.exit(ExitStatus.success.rawValue)
      }
      Console.complain(text)
      let status: ExitStatus = code == .validationFailure ? .usage : .error
      Foundation.exit(status.rawValue)
    }
  }
}
