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
