import ArgumentParser
import Foundation
import SedaiAPI
import SedaiClient

extension LDSetCommand {
  struct CHAP: ArrayCommand {
    static let configuration = CommandConfiguration(
      commandName: "chap",
      abstract: "Have iSCSI initiators prove who they are when they log in.",
      discussion: """
        Secrets have 12 to 255 bytes and are read from files, or from standard input: first the \
        initiator's, then, on a line of its own, the target's. They are shown by nothing. \
        Sessions that are logged in stay so.
        """)
    @Argument(help: "The LD set.") var name: String
    @Option(help: "The name that initiators log in with.") var user: String?
    @Option(help: "Where the secret is; - is standard input.") var secretFile = "-"
    @Option(help: "The name that the target proves to have, if an initiator asks for it.")
    var targetUser: String?
    @Option(help: "Where the target's secret is; - is standard input.")
    var targetSecretFile = "-"
    @Option(help: "For this initiator of the set only, in place of what all have to prove.")
    var initiator: String?
    @Flag(help: "Nothing has to be proven any more.") var off = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard off == (user == nil) else {
        throw ValidationError("Either --user or --off is needed.")
      }
      if off && targetUser != nil { throw ValidationError("--off goes with --initiator only.") }
    }

    func run(_ array: ArrayClient) async throws {
      let chap = try path(APIPath.ldSets, name) + APIPath.chap
      guard let user else {
        return try await array.send(
          .delete, chap, query: initiator.map { [(APIQuery.member, $0)] } ?? [])
      }
      let request = CHAPRequest(
        initiator: initiator, user: user, secret: try Self.secret(in: secretFile),
        targetUser: targetUser,
        targetSecret: targetUser == nil ? nil : try Self.secret(in: targetSecretFile))
      let set: LDSetDocument = try await array.send(.put, chap, request)
      try output.show(set, as: LDSetCommand.sheet)
    }

    /// The first line of a file, or the next one of standard input.
    private static func secret(in file: String) throws -> String {
      if file == "-" {
        guard let line = readLine() else {
          throw ValidationError("Standard input holds no secret.")
        }
        return line
      }
      let text = try String(contentsOfFile: file, encoding: .utf8)
      return String(text.prefix { !$0.isNewline })
    }
  }
}
