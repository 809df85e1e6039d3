/// An operator or a host; credentials are never shown.
public struct AccountDocument: Codable, Hashable, Sendable {
  public var name: String
  public var kind: AccountKindName
  /// Of an operator.
  public var role: OperatorRoleName?
  /// Of a host: the LD sets whose disks it operates.
  public var ldSets: [String]?
  public var hasToken: Bool
  /// Numbers of users of the array's machine who are this account over the local socket.
  public var localUsers: [UInt32]
  /// Seconds since 1970 UTC.
  public var createdAt: Int64

  public init(
    name: String, kind: AccountKindName, role: OperatorRoleName?, ldSets: [String]?,
    hasToken: Bool, localUsers: [UInt32], createdAt: Int64
  ) {
    self.name = name
    self.kind = kind
    self.role = role
    self.ldSets = ldSets
    self.hasToken = hasToken
    self.localUsers = localUsers
    self.createdAt = createdAt
  }
}

/// What an account is.
public enum AccountKindName: String, Codable, Hashable, Sendable {
  case `operator`, host
}

/// What an operator may do.
public enum OperatorRoleName: String, Codable, CaseIterable, Hashable, Sendable {
  case viewer, `operator`, administrator
}

/// Makes an operator (with `role`) or a host (with `ldSets`).
public struct AccountCreateRequest: Codable, Hashable, Sendable {
  public var name: String
  public var kind: AccountKindName
  public var role: OperatorRoleName?
  public var ldSets: [String]?
  public var localUsers: [UInt32]
  /// Make a token too.
  public var makesToken: Bool

  public init(
    name: String, kind: AccountKindName, role: OperatorRoleName? = nil,
    ldSets: [String]? = nil, localUsers: [UInt32] = [], makesToken: Bool = true
  ) {
    self.name = name
    self.kind = kind
    self.role = role
    self.ldSets = ldSets
    self.localUsers = localUsers
    self.makesToken = makesToken
  }
}

/// What is to be different; what is missing stays.
public struct AccountChangeRequest: Codable, Hashable, Sendable {
  public var role: OperatorRoleName?
  public var ldSets: [String]?
  public var localUsers: [UInt32]?

  public init(
    role: OperatorRoleName? = nil, ldSets: [String]? = nil, localUsers: [UInt32]? = nil
  ) {
    self.role = role
    self.ldSets = ldSets
    self.localUsers = localUsers
  }
}

/// An account with its new token, which is told this one time.
public struct AccountTokenDocument: Codable, Hashable, Sendable {
  public var account: AccountDocument
  /// Nil for an account without one.
  public var token: String?

  public init(account: AccountDocument, token: String?) {
    self.account = account
    self.token = token
  }
}
