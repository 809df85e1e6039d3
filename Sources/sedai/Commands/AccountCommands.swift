import ArgumentParser
import Foundation
import SedaiAPI
import SedaiClient
import SedaiModel

struct OperatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operator", abstract: "Operators: people and programs that manage the array.",
    subcommands: [List.self, Create.self, Change.self, Rotate.self, Remove.self],
    defaultSubcommand: List.self)

  struct List: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "List operators.")
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      try output.show(try await AccountCommands.list(.operator, array)) { accounts in
        var table = Table(
          ("NAME", .left), ("ROLE", .left), ("TOKEN", .left), ("LOCAL USERS", .left),
          ("SINCE", .left))
        for account in accounts.items {
          table.add(
            account.name, account.role?.rawValue, account.hasToken ? "yes" : "no",
            AccountCommands.users(account), Shown.time(account.createdAt))
        }
        return table.text
      }
    }
  }

  struct Create: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make an operator. Its token is printed, this one time.",
      discussion: "With --uid it signs in as that local user, and gets a token only with --token.")
    @Argument(help: "1 to 32 letters, digits, _, - and .") var name: String
    @Option(help: "viewer looks, operator works with volumes, administrator does everything.")
    var role: OperatorRoleName
    @OptionGroup var credentials: CredentialOptions

    func run(_ array: ArrayClient) async throws {
      try await credentials.create(
        AccountCreateRequest(name: name, kind: .operator, role: role), array)
    }
  }

  struct Change: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Change an operator.")
    @Argument(help: "Its name.") var name: String
    @Option(help: "viewer, operator or administrator.") var role: OperatorRoleName?
    @Option(help: "The local users that it has from now on, by number; none for nobody.")
    var uid: [String] = []

    func run(_ array: ArrayClient) async throws {
      let request = AccountChangeRequest(
        role: role, localUsers: try AccountCommands.numbers(uid))
      try await AccountCommands.change(name, .operator, request, array)
    }
  }

  struct Rotate: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print a new token; the one before is worth nothing from now on.")
    @Argument(help: "The operator.") var name: String

    func run(_ array: ArrayClient) async throws {
      try await AccountCommands.rotate(name, .operator, array)
    }
  }

  struct Remove: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Remove an operator.")
    @Argument(help: "Its name.") var name: String

    func run(_ array: ArrayClient) async throws {
      try await AccountCommands.remove(name, .operator, array)
    }
  }
}

/// The part of `sedai host` that is about hosts' accounts.
enum HostAccounts {
  struct List: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "List hosts.")
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      try output.show(try await AccountCommands.list(.host, array)) { accounts in
        var table = Table(
          ("NAME", .left), ("LD SETS", .left), ("TOKEN", .left), ("LOCAL USERS", .left),
          ("SINCE", .left))
        for account in accounts.items {
          table.add(
            account.name, account.ldSets?.joined(separator: ","),
            account.hasToken ? "yes" : "no", AccountCommands.users(account),
            Shown.time(account.createdAt))
        }
        return table.text
      }
    }
  }

  struct Create: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a host. Its token is printed, this one time.",
      discussion: "With --uid it signs in as that local user, and gets a token only with --token.")
    @Argument(help: "1 to 32 letters, digits, _, - and .") var name: String
    @Option(name: .customLong("ldset"), help: "An LD set of it; may be repeated.")
    var sets: [String] = []
    @OptionGroup var credentials: CredentialOptions

    func run(_ array: ArrayClient) async throws {
      try await credentials.create(
        AccountCreateRequest(name: name, kind: .host, ldSets: sets), array)
    }
  }

  struct Change: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Change a host.")
    @Argument(help: "Its name.") var name: String
    @Option(name: .customLong("ldset"), help: "The LD sets that it has from now on, each.")
    var sets: [String] = []
    @Flag(help: "It has no LD set from now on.") var noSets = false
    @Option(help: "The local users that it has from now on, by number; none for nobody.")
    var uid: [String] = []

    func validate() throws {
      guard sets.isEmpty || !noSets else {
        throw ValidationError("--ldset and --no-sets exclude each other.")
      }
    }

    func run(_ array: ArrayClient) async throws {
      let request = AccountChangeRequest(
        ldSets: sets.isEmpty && !noSets ? nil : sets,
        localUsers: try AccountCommands.numbers(uid))
      try await AccountCommands.change(name, .host, request, array)
    }
  }

  struct Rotate: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print a new token; the one before is worth nothing from now on.")
    @Argument(help: "The host.") var name: String

    func run(_ array: ArrayClient) async throws {
      try await AccountCommands.rotate(name, .host, array)
    }
  }

  struct Remove: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Remove a host.")
    @Argument(help: "Its name.") var name: String

    func run(_ array: ArrayClient) async throws {
      try await AccountCommands.remove(name, .host, array)
    }
  }
}

/// How a new account signs in.
struct CredentialOptions: ParsableArguments {
  @Option(help: "A local user that is this account, by number; may be repeated.")
  var uid: [UInt32] = []
  @Flag(help: "Make a token although there are local users.") var token = false

  /// Makes the account and prints its token, if it has one.
  func create(_ request: AccountCreateRequest, _ array: ArrayClient) async throws {
    var request = request
    request.localUsers = uid
    request.makesToken = token || uid.isEmpty
    let made: AccountTokenDocument = try await array.send(.post, APIPath.accounts, request)
    if let token = made.token { Console.print(token) }
  }
}

/// What operators and hosts have in common.
enum AccountCommands {
  static func list(
    _ kind: AccountKindName, _ array: ArrayClient
  ) async throws -> Listing<AccountDocument> {
    let accounts: Listing<AccountDocument> = try await array.get(APIPath.accounts)
    return Listing(items: accounts.items.filter { $0.kind == kind })
  }

  static func users(_ account: AccountDocument) -> String {
    account.localUsers.map(String.init).joined(separator: ",")
  }

  /// Nil for an option that was not given.
  static func numbers(_ texts: [String]) throws -> [UInt32]? {
    if texts.isEmpty { return nil }
    if texts == ["none"] { return [] }
    return try texts.map { text in
      guard let number = UInt32(text) else {
        throw ValidationError("\(text) is not the number of a user.")
      }
      return number
    }
  }

  static func change(
    _ name: String, _ kind: AccountKindName, _ request: AccountChangeRequest,
    _ array: ArrayClient
  ) async throws {
    try await require(name, kind, array)
    let _: AccountDocument = try await array.send(
      .patch, try place(of: name), request)
  }

  static func rotate(
    _ name: String, _ kind: AccountKindName, _ array: ArrayClient
  ) async throws {
    try await require(name, kind, array)
    let made: AccountTokenDocument = try await array.send(
      .post, try place(of: name) + APIPath.token, NoBody())
    if let token = made.token { Console.print(token) }
  }

  static func remove(
    _ name: String, _ kind: AccountKindName, _ array: ArrayClient
  ) async throws {
    try await require(name, kind, array)
    try await array.send(.delete, try place(of: name))
  }

  /// An account never changes its kind, so this look holds for the request that follows.
  private static func require(
    _ name: String, _ kind: AccountKindName, _ array: ArrayClient
  ) async throws {
    let account: AccountDocument = try await array.get(try place(of: name))
    guard account.kind == kind else {
      throw Problem(
        .wrongAccountKind,
        [
          "name": .text(name), "kind": .text(account.kind.rawValue),
          "expected": .text(kind.rawValue),
        ])
    }
  }

  private static func place(of name: String) throws -> String {
    guard AccountName(name) != nil else {
      throw ValidationError("\"\(name)\" is no name of an account.")
    }
    return APIPath.member(APIPath.accounts, name)
  }

  private struct NoBody: Encodable, Sendable {}
}
