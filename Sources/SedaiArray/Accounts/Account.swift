public import SedaiModel

/// An operator or a host as the catalogue keeps it.
struct Account: Hashable, Sendable {
  let name: AccountName
  var kind: AccountKind
  /// Of the only token it has.
  var tokenDigest: TokenDigest?
  /// Numbers of users of this machine who are this account over the local socket.
  var localUsers: [UInt32]
  let createdAt: Timestamp

  /// Those of a host.
  var ldSets: [LDSetName] {
    switch kind {
    case .operator: []
    case .host(let ldSets): ldSets
    }
  }

  /// Who asks, once the account has shown that it is the one.
  var requester: Requester {
    switch kind {
    case .operator(let role): .operator(name: name.rawValue, role: role)
    case .host: .host(name: name)
    }
  }
}

/// What an account is.
public enum AccountKind: Hashable, Sendable {
  case `operator`(OperatorRole)
  /// A host operates the disks of these LD sets, and those related to them.
  case host(ldSets: [LDSetName])

  /// The word for it.
  public var word: String {
    switch self {
    case .operator: "operator"
    case .host: "host"
    }
  }
}

/// SHA-256 of a token: tokens are long and random, so that a plain digest does not give them
/// away.
public struct TokenDigest: Hashable, Sendable {
  /// 32 bytes.
  public let bytes: [UInt8]

  public static let byteCount = 32

  public init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// Reads 64 hexadecimal digits.
  public init?(hexadecimal text: String) {
    let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
    guard digits.count == 2 * Self.byteCount else { return nil }
    var bytes: [UInt8] = []
    for place in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[place], let low = digits[place + 1] else { return nil }
      bytes.append(UInt8(high << 4 | low))
    }
    self.bytes = bytes
  }

  public var hexadecimal: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Whether two are the same; the time taken tells nothing about where they differ.
  public func matches(_ other: TokenDigest) -> Bool {
    var difference: UInt8 = 0
    for (left, right) in zip(bytes, other.bytes) { difference |= left ^ right }
    return difference == 0
  }
}

/// Who may sign in, apart from the rest of the state: nobody waits for a disk to sign in.
struct SignIns: Sendable {
  private let accounts: [AccountName: Account]

  init(_ accounts: [AccountName: Account]) { self.accounts = accounts }

  /// - Complexity: O(accounts), whichever it is.
  func account(token: TokenDigest) -> Account? {
    var found: Account?
    for account in accounts.values where account.tokenDigest?.matches(token) == true {
      found = account
    }
    return found
  }

  func account(localUser: UInt32) -> Account? {
    accounts.values.first { $0.localUsers.contains(localUser) }
  }
}

/// An operator or a host as administrators see it; credentials are never shown.
public struct AccountFacts: Hashable, Sendable {
  public let name: AccountName
  public let kind: AccountKind
  public let hasToken: Bool
  /// Numbers of local users.
  public let localUsers: [UInt32]
  public let createdAt: Timestamp

  init(_ account: Account) {
    name = account.name
    kind = account.kind
    hasToken = account.tokenDigest != nil
    localUsers = account.localUsers
    createdAt = account.createdAt
  }
}
