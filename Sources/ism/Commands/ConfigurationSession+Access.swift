import SedaiAPI
import SedaiClient
import SedaiModel

// LD sets, host ports, and the array itself.

extension ConfigurationSession {
  func addldset() async throws(Problem) {
    let set = try ldSet()
    let isFibreChannel = line.value("-type") == LDSetKindName.fibreChannel.rawValue
    let request = LDSetCreateRequest(
      name: set.name, osType: set.osType, kind: isFibreChannel ? .fibreChannel : .iSCSI,
      targetMode: line.value("-targetmode").map { $0 == "normal" ? .normal : .multiTarget })
    let _: LDSetDocument = try await client.send(.post, APIPath.ldSets, request)
  }

  /// Adds an initiator, a path or a port.
  func addMember(_ option: String, at members: String) async throws(Problem) {
    let request = LDSetMemberRequest(member: try value(option))
    let _: LDSetDocument = try await client.send(.post, try ldSetPath() + members, request)
  }

  func removeMember(_ option: String, at members: String) async throws(Problem) {
    try await client.send(
      .delete, try ldSetPath() + members, query: [(APIQuery.member, try value(option))])
  }

  func addClient() async throws(Problem) {
    let request = LDSetClientRequest(client: try value("-client"))
    let _: LDSetDocument = try await client.send(
      .post, try ldSetPath() + APIPath.clients, request)
  }

  /// - Returns: what the operator has to know about it.
  func addldsetld() async throws(Problem) -> [Problem] {
    let request = LDSetDiskRequest(
      disk: try selector("-ldname"), lun: line.number("-lun").map { UInt16(clamping: $0) })
    let set: LDSetDocument = try await client.send(
      .post, try ldSetPath() + APIPath.disks, request)
    return set.warnings ?? []
  }

  func delldsetld() async throws(Problem) {
    let disk = try selector("-ldname").text
    try await client.send(.delete, APIPath.member(try ldSetPath() + APIPath.disks, disk))
  }

  func changePort() async throws(Problem) {
    let request =
      if let address = line.value("-ipaddress") {
        HostPortChangeRequest(
          address: address, tcpPort: line.number("-tcpport").map { UInt16(clamping: $0) })
      } else {
        HostPortChangeRequest(name: try value("-newname"))
      }
    let port = try value("-port")
    let _: HostPortDocument = try await client.send(
      .put, APIPath.member(APIPath.hostPorts, try Self.segment(port, of: "-port")), request)
  }

  func arrayname() async throws(Problem) {
    let request = StatusChangeRequest(name: try value("-newname"))
    let _: StatusDocument = try await client.send(.patch, APIPath.status, request)
  }

  func startacc() async throws(Problem) {
    let _: StatusDocument = try await client.get(APIPath.status)
  }

  func licenserelease() async throws(Problem) {
    let _: Listing<LicenceDocument> = try await client.send(
      .post, APIPath.licences, LicenceRequest(key: try value("-key")))
  }

  /// The path of the set that `-ldset` names.
  func ldSetPath() throws(Problem) -> String {
    let set = try ldSet()
    return APIPath.member(APIPath.ldSets, (set.osType ?? "") + ":" + set.name)
  }

  private func ldSet() throws(Problem) -> (osType: String?, name: String) {
    guard let reference = line.ldSet("-ldset"), case .exactly(let type) = reference.type else {
      throw Self.missing("-ldset")
    }
    return (type?.rawValue, reference.name.rawValue)
  }

  /// Text as a part of a path.
  private static func segment(_ text: String, of option: String) throws(Problem) -> String {
    guard text.utf8.allSatisfy({ $0.isHexDigitOrHyphen }) else {
      throw Problem(
        .invalidOptionValue, ["value": .text(text), "option": .text(option)])
    }
    return text
  }
}

extension UInt8 {
  fileprivate var isHexDigitOrHyphen: Bool {
    let character = Character(Unicode.Scalar(self))
    return character.isHexDigit || character == "-"
  }
}
