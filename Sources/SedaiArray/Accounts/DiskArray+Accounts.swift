public import SedaiModel
import SedaiMonitor

extension DiskArray {
  // MARK: Signing in

  /// Whose token it is; nil if it is nobody's. Waits for no disk.
  public func requester(token: TokenDigest) -> Requester? {
    signIns.withLock { $0.account(token: token)?.requester }
  }

  /// Who a user of this machine is to the array; nil for one who is nobody to it. Root needs no
  /// account. Waits for no disk.
  public func requester(localUser: UInt32) -> Requester? {
    if localUser == 0 { return .localAdministrator }
    return signIns.withLock { $0.account(localUser: localUser)?.requester }
  }

  // MARK: Accounts

  /// All operators and hosts, by name.
  ///
  /// - Throws: `.notPermitted`
  public func accounts(by requester: Requester) throws(DiskArrayError) -> [AccountFacts] {
    try requester.require(.lookAtAccounts)
    return look { state in
      state.accounts.values.sorted { $0.name < $1.name }.map(AccountFacts.init)
    }
  }

  /// One of them.
  ///
  /// - Throws: `.notPermitted`, `.unknownAccount`
  public func account(
    _ name: AccountName, by requester: Requester
  ) throws(DiskArrayError) -> AccountFacts {
    try requester.require(.lookAtAccounts)
    return try look { (state) throws(DiskArrayError) in
      AccountFacts(try state.account(name))
    }
  }

  /// Makes an operator or a host.
  ///
  /// - Parameters:
  ///   - token: of a token that the caller made and shows once; nil for an account that signs
  ///     in as a local user only.
  /// - Throws: `.accountExists`, `.unknownLDSet`, `.localUserTaken`, `.tooMany`
  public func createAccount(
    _ name: AccountName, kind: AccountKind, token: TokenDigest?, localUsers: [UInt32] = [],
    by requester: Requester
  ) throws(DiskArrayError) -> AccountFacts {
    try perform(.changeAccounts, by: requester) { (state, change) throws(DiskArrayError) in
      guard state.accounts[name] == nil else {
        throw DiskArrayError(.alreadyExists, .accountExists, ["name": .text(name.rawValue)])
      }
      try Self.require(
        state.accounts.count < ArrayLimits.accounts, "accounts", ArrayLimits.accounts)
      let account = Account(
        name: name, kind: kind, tokenDigest: token, localUsers: localUsers,
        createdAt: change.now)
      try Self.check(account, in: state)
      return Self.keep(account, in: state, &change)
    }
  }

  /// Changes what an account is and who is it locally; nil leaves that alone.
  ///
  /// - Throws: `.unknownAccount`, `.wrongAccountKind`: an operator never becomes a host.
  public func changeAccount(
    _ name: AccountName, kind: AccountKind? = nil, localUsers: [UInt32]? = nil,
    by requester: Requester
  ) throws(DiskArrayError) -> AccountFacts {
    try changeAccount(name, by: requester) { (account, state) throws(DiskArrayError) in
      if let kind {
        guard kind.word == account.kind.word else { throw Self.wrongKind(account, kind) }
        account.kind = kind
      }
      if let localUsers { account.localUsers = localUsers }
      try Self.check(account, in: state)
    }
  }

  /// Gives an account a new token; the one before is worth nothing from now on.
  public func setToken(
    _ token: TokenDigest?, of name: AccountName, by requester: Requester
  ) throws(DiskArrayError) -> AccountFacts {
    try changeAccount(name, by: requester) { (account, _) in account.tokenDigest = token }
  }

  /// Removes an account. Its next request is nobody's.
  public func removeAccount(
    _ name: AccountName, by requester: Requester
  ) throws(DiskArrayError) {
    try perform(.changeAccounts, by: requester) { (state, change) throws(DiskArrayError) in
      let account = try state.account(name)
      change.remove(account)
      change.tell(.accountChanged, ["name": .text(name.rawValue)], in: state)
    }
  }

  private func changeAccount(
    _ name: AccountName, by requester: Requester,
    _ body: (inout Account, ArrayState) throws(DiskArrayError) -> Void
  ) throws(DiskArrayError) -> AccountFacts {
    try perform(.changeAccounts, by: requester) { (state, change) throws(DiskArrayError) in
      var account = try state.account(name)
      try body(&account, state)
      return Self.keep(account, in: state, &change)
    }
  }

  private static func keep(
    _ account: Account, in state: ArrayState, _ change: inout Change
  ) -> AccountFacts {
    change.put(account)
    change.tell(.accountChanged, ["name": .text(account.name.rawValue)], in: state)
    return AccountFacts(account)
  }

  // MARK: Rules

  private static func check(
    _ account: Account, in state: ArrayState
  ) throws(DiskArrayError) {
    let limit = ArrayLimits.entriesPerAccount
    try require(account.localUsers.count <= limit, "local users of an account", limit)
    try require(account.ldSets.count <= limit, "LD sets of a host", limit)
    for set in account.ldSets { _ = try state.ldSet(set) }
    for user in account.localUsers {
      // Root is the administrator and needs no other name.
      let owner =
        user == 0
        ? "administrator"
        : state.accounts.values.first {
          $0.name != account.name && $0.localUsers.contains(user)
        }?.name.rawValue
      guard let owner else { continue }
      throw DiskArrayError(
        .alreadyExists, .localUserTaken,
        ["user": .text(String(user)), "name": .text(owner)])
    }
  }

  private static func require(
    _ isPossible: Bool, _ what: String, _ limit: Int
  ) throws(DiskArrayError) {
    guard !isPossible else { return }
    throw DiskArrayError(
      .noSpace, .tooMany, ["limit": .count(UInt64(limit)), "what": .text(what)])
  }

  private static func wrongKind(_ account: Account, _ expected: AccountKind) -> DiskArrayError {
    DiskArrayError(
      .stateConflict, .wrongAccountKind,
      [
        "name": .text(account.name.rawValue), "kind": .text(account.kind.word),
        "expected": .text(expected.word),
      ])
  }
}

extension ArrayState {
  func account(_ name: AccountName) throws(DiskArrayError) -> Account {
    guard let account = accounts[name] else {
      throw DiskArrayError(.notFound, .unknownAccount, ["name": .text(name.rawValue)])
    }
    return account
  }
}
