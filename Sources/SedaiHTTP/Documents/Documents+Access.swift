import SedaiAPI
import SedaiArray
import SedaiModel

// LD sets and host ports, as they travel.

extension LDSetDocument {
  init(_ facts: LDSetFacts) {
    self.init(
      name: facts.name.rawValue, osType: facts.osType?.rawValue,
      disks: facts.assignments.map {
        LDSetDiskDocument(
          name: $0.disk.rawValue, number: $0.number?.rawValue, lun: $0.lun,
          target: $0.target?.rawValue)
      },
      clients: facts.clients)
    switch facts.connection {
    case .fibreChannel(let paths):
      kind = .fibreChannel
      self.paths = paths.map(\.description)
    case .iSCSI(let access):
      kind = .iSCSI
      initiators = access.initiators.map(\.rawValue)
      targetMode = access.mode == .normal ? .normal : .multiTarget
      targetName = access.targetName.rawValue
      portals = access.portals.map(\.description)
      guard !access.chap.isEmpty else { return }
      chap = access.chap.map {
        CHAPDocument(
          initiator: $0.initiator?.rawValue, user: $0.user, targetUser: $0.targetUser)
      }
    }
  }

  init(_ outcome: AssignmentOutcome) {
    self.init(outcome.ldSet)
    guard !outcome.warnings.isEmpty else { return }
    warnings = outcome.warnings.map { Problem($0.messageID, $0.arguments) }
  }
}

extension HostPortDocument {
  init(_ facts: HostPortFacts) {
    self.init(
      number: facts.number.description, name: facts.name?.rawValue,
      address: facts.portal?.address.description, tcpPort: facts.portal?.tcpPort,
      isLinkUp: facts.isLinkUp)
  }
}

extension CHAPRequest {
  func credentials() throws(DiskArrayError) -> CHAPCredentials {
    guard let initiator = Self.identity(user, secret),
      (targetUser == nil) == (targetSecret == nil)
    else { throw DiskArrayError(.invalidRequest, .unusableSecret) }
    var target: CHAPIdentity?
    if let targetUser, let targetSecret {
      target = Self.identity(targetUser, targetSecret)
      guard target != nil else { throw DiskArrayError(.invalidRequest, .unusableSecret) }
    }
    guard let credentials = CHAPCredentials(initiator: initiator, target: target) else {
      throw DiskArrayError(.invalidRequest, .unusableSecret)
    }
    return credentials
  }

  private static func identity(_ user: String, _ secret: String) -> CHAPIdentity? {
    CHAPSecret(secret).flatMap { CHAPIdentity(user: user, secret: $0) }
  }
}

extension LDSetCreateRequest {
  func setKind() throws(DiskArrayError) -> LDSetKind {
    guard kind == .fibreChannel else {
      return .iSCSI(targetMode == .multiTarget ? .multiTarget : .normal)
    }
    guard targetMode == nil else {
      throw DiskArrayError(
        .invalidRequest, .requestNotUnderstood,
        ["reason": .text("a Fibre Channel set has no target mode")])
    }
    return .fibreChannel
  }
}
