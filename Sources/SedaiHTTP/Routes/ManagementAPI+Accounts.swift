import Hummingbird
import SedaiAPI
import SedaiArray
import SedaiModel

extension ManagementAPI {
  func addAccounts(to router: Router<ManagementContext>) {
    router.get("\(APIPath.accounts)") { _, context in
      let requester = try context.signedIn()
      let accounts = try await calls { (array) throws(DiskArrayError) in
        try array.accounts(by: requester)
      }
      return Answer.json(Listing(items: accounts.map(AccountDocument.init)))
    }
    router.post("\(APIPath.accounts)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(AccountCreateRequest.self, from: request)
      let token = body.makesToken ? AccessToken.new() : nil
      let account = try await calls { (array) throws(DiskArrayError) in
        try array.createAccount(
          try RequestValue.accountName(body.name), kind: try body.accountKind(),
          token: token.map(AccessToken.digest), localUsers: body.localUsers, by: requester)
      }
      return Answer.json(
        AccountTokenDocument(account: AccountDocument(account), token: token),
        status: .created)
    }
    router.get("\(APIPath.accounts)/:name") { _, context in
      let requester = try context.signedIn()
      let name = try context.segment("name")
      let account = try await calls { (array) throws(DiskArrayError) in
        try array.account(try RequestValue.accountName(name), by: requester)
      }
      return Answer.json(AccountDocument(account))
    }
    router.patch("\(APIPath.accounts)/:name") { request, context in
      let requester = try context.signedIn()
      let name = try context.segment("name")
      let body = try await Answer.decode(AccountChangeRequest.self, from: request)
      let account = try await calls { (array) throws(DiskArrayError) in
        try array.changeAccount(
          try RequestValue.accountName(name), kind: try body.accountKind(),
          localUsers: body.localUsers, by: requester)
      }
      return Answer.json(AccountDocument(account))
    }
    router.delete("\(APIPath.accounts)/:name") { _, context in
      let requester = try context.signedIn()
      let name = try context.segment("name")
      try await calls { (array) throws(DiskArrayError) in
        try array.removeAccount(try RequestValue.accountName(name), by: requester)
      }
      return Answer.nothing
    }
    router.post("\(APIPath.accounts)/:name\(APIPath.token)") { _, context in
      let token = AccessToken.new()
      let account = try await setToken(token, context)
      return Answer.json(AccountTokenDocument(account: account, token: token))
    }
    router.delete("\(APIPath.accounts)/:name\(APIPath.token)") { _, context in
      _ = try await setToken(nil, context)
      return Answer.nothing
    }
  }

  func addAudit(to router: Router<ManagementContext>) {
    router.get("\(APIPath.audit)") { request, context in
      let requester = try context.signedIn()
      let after = try request.number(APIQuery.after, in: 0...UInt64.max, otherwise: 0)
      let limit = try request.number(
        APIQuery.limit, in: 1...APIQuery.maximumEntries, otherwise: 100)
      let entries = try await calls { [audit] (_) throws(DiskArrayError) in
        try requester.require(.readAudit)
        return audit.entries(after: after, limit: limit)
      }
      return Answer.json(Listing(items: entries))
    }
  }

  private func setToken(
    _ token: String?, _ context: ManagementContext
  ) async throws(Problem) -> AccountDocument {
    let requester = try context.signedIn()
    let name = try context.segment("name")
    let account = try await calls { (array) throws(DiskArrayError) in
      try array.setToken(
        token.map(AccessToken.digest), of: try RequestValue.accountName(name), by: requester)
    }
    return AccountDocument(account)
  }
}

extension AccountCreateRequest {
  fileprivate func accountKind() throws(DiskArrayError) -> AccountKind {
    switch (kind, role, ldSets) {
    case (.operator, let role?, nil): .operator(role.role)
    case (.host, nil, let sets): .host(ldSets: try RequestValue.sets(sets ?? []))
    default:
      throw DiskArrayError(
        .invalidRequest, .requestNotUnderstood,
        ["reason": .text("an operator has a role, a host has LD sets")])
    }
  }
}

extension AccountChangeRequest {
  /// Nil if that is to stay.
  fileprivate func accountKind() throws(DiskArrayError) -> AccountKind? {
    switch (role, ldSets) {
    case (nil, nil): nil
    case (let role?, nil): .operator(role.role)
    case (nil, let sets?): .host(ldSets: try RequestValue.sets(sets))
    default:
      throw DiskArrayError(
        .invalidRequest, .requestNotUnderstood,
        ["reason": .text("an operator has a role, a host has LD sets")])
    }
  }
}

extension OperatorRoleName {
  fileprivate var role: OperatorRole {
    switch self {
    case .viewer: .viewer
    case .operator: .operator
    case .administrator: .administrator
    }
  }

  fileprivate init(_ role: OperatorRole) {
    self =
      switch role {
      case .viewer: .viewer
      case .operator: .operator
      case .administrator: .administrator
      }
  }
}

extension AccountDocument {
  fileprivate init(_ facts: AccountFacts) {
    var role: OperatorRoleName?
    var sets: [String]?
    let kind: AccountKindName
    switch facts.kind {
    case .operator(let held):
      kind = .operator
      role = OperatorRoleName(held)
    case .host(let names):
      kind = .host
      sets = names.map(\.rawValue)
    }
    self.init(
      name: facts.name.rawValue, kind: kind, role: role, ldSets: sets,
      hasToken: facts.hasToken, localUsers: facts.localUsers,
      createdAt: facts.createdAt.secondsSince1970)
  }
}

extension RequestValue {
  fileprivate static func accountName(_ text: String) throws(DiskArrayError) -> AccountName {
    guard let name = AccountName(text) else { throw invalid(text, "account name") }
    return name
  }

  fileprivate static func sets(_ texts: [String]) throws(DiskArrayError) -> [LDSetName] {
    var names: [LDSetName] = []
    for text in texts { names.append(try newSetName(text)) }
    return names
  }
}
