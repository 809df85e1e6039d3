public import SedaiModel

/// Who asks for an operation. Decided by the edge that received the request.
public enum Requester: Hashable, Sendable {
  /// Root over the local socket, or the array itself.
  case localAdministrator
  /// Somebody who showed a credential of an operator.
  case `operator`(name: String, role: OperatorRole)
  /// A host: it sees its own disks and those related to them, and nothing else.
  case host(name: AccountName)

  /// As events, refusals and the audit log name it.
  public var name: String {
    switch self {
    case .localAdministrator: "administrator"
    case .operator(let name, _): name
    case .host(let name): name.rawValue
    }
  }

  /// What it may do, as the audit log names it.
  public var roleName: String {
    switch self {
    case .localAdministrator: OperatorRole.administrator.rawValue
    case .operator(_, let role): role.rawValue
    case .host: "host"
    }
  }

  var isHost: Bool {
    if case .host = self { return true }
    return false
  }

  /// Refuses what this requester may not do to any disk at all. With which disks a host may do
  /// the rest is settled by what it sees.
  ///
  /// - Throws: `.notPermitted`
  public func require(_ operation: ArrayOperation) throws(DiskArrayError) {
    let isAllowed =
      switch self {
      case .localAdministrator: true
      case .operator(_, let role): role >= operation.leastRole
      case .host: operation.isForHosts
      }
    guard isAllowed else {
      throw DiskArrayError(
        .notPermitted, .notPermitted,
        ["requester": .text(name), "operation": .text(operation.rawValue)])
    }
  }
}
