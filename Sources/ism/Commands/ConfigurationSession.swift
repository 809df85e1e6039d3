import SedaiAPI
import SedaiClient
import SedaiModel

/// One run of a verb of `iSMcfg` or `iSMioc` against an array: one request.
struct ConfigurationSession: Sendable {
  let client: ArrayClient
  let command: ConfigurationCommand
  let line: CommandWords

  /// Does what the command line asks.
  func run() async throws(Problem) -> CommandOutcome {
    var warnings: [Problem] = []
    switch command {
    case .poolbind: try await poolbind()
    case .poolunbind: try await client.send(.delete, try pool())
    case .poolexpand: try await poolexpand()
    case .srabind, .sraexpand: try await reserve()
    case .sraunbind:
      try await client.send(.delete, APIPath.member(APIPath.reserves, try poolSelector()))
    case .ldbind: try await ldbind()
    case .ldunbind: try await client.send(.delete, try disk(APIPath.logicalDisks))
    case .ldexpand:
      try await change(LogicalDiskChangeRequest(capacity: try capacity()))
    case .nickname: try await nickname()
    case .generationadd: try await generationadd()
    case .generationdel: try await generationdel()
    case .lvbind: try await lvbind()
    case .lvunbind: try await client.send(.delete, try disk(APIPath.linkVolumes))
    case .addldset: try await addldset()
    case .delldset: try await client.send(.delete, try ldSetPath())
    case .addldsetinitiator: try await addMember("-initiatorname", at: APIPath.initiators)
    case .delldsetinitiator: try await removeMember("-initiatorname", at: APIPath.initiators)
    case .addldsetpath: try await addMember("-path", at: APIPath.paths)
    case .delldsetpath: try await removeMember("-path", at: APIPath.paths)
    case .addldsetport: try await addMember("-port", at: APIPath.servingPorts)
    case .delldsetport: try await removeMember("-port", at: APIPath.servingPorts)
    case .addldsetclient: try await addClient()
    case .delldsetclient:
      try await client.send(
        .delete, try ldSetPath() + APIPath.clients,
        query: [(APIQuery.client, try value("-client"))])
    case .addldsetld: warnings = try await addldsetld()
    case .delldsetld: try await delldsetld()
    case .setiscsiport, .portname: try await changePort()
    case .arrayname: try await arrayname()
    case .startacc: try await startacc()
    case .licenserelease: try await licenserelease()
    case .setlimit: try await setlimit()
    }
    let end = MessageLine(
      command.program, .configurationEnded,
      ["program": .text(command.program), "verb": .text(command.rawValue)])
    return CommandOutcome(
      output: end.text + "\n",
      errors: warnings.map { MessageLine(command.program, $0).text + "\n" }.joined())
  }

  // MARK: Pools

  private func poolbind() async throws(Problem) {
    let number = UInt8(clamping: try number("-poolnumber"))
    let digits = String(number)
    let request = PoolCreateRequest(
      name: line.value("-poolname") ?? "pool" + (digits.count < 2 ? "0" : "") + digits,
      number: number, members: [try member()],
      kind: line.value("-poolattr").flatMap(PoolKind.init(rawValue:)) ?? .dynamic)
    let _: PoolDocument = try await client.send(.post, APIPath.pools, request)
  }

  private func poolexpand() async throws(Problem) {
    let _: PoolDocument = try await client.send(
      .post, try pool() + APIPath.members, PoolExpandRequest(members: [try member()]))
  }

  private func member() throws(Problem) -> PoolMemberRequest {
    if let device = line.value("-device") { return PoolMemberRequest(path: device, size: nil) }
    return PoolMemberRequest(
      path: try value("-file"), size: try capacity(), isSparse: line.has("-sparse"))
  }

  private func reserve() async throws(Problem) {
    let pool = try poolSelector()
    let capacity = try capacity()
    if command == .srabind {
      let _: ReserveDocument = try await client.send(
        .post, APIPath.reserves, ReserveCreateRequest(pool: pool, capacity: capacity))
    } else {
      let _: ReserveDocument = try await client.send(
        .patch, APIPath.member(APIPath.reserves, pool), ReserveChangeRequest(capacity: capacity))
    }
  }

  // MARK: Logical disks

  private func ldbind() async throws(Problem) {
    let isControl = line.has("-ldattr")
    let request = LogicalDiskCreateRequest(
      name: nil, pool: try poolSelector(), capacity: isControl ? 0 : try capacity(),
      number: line.number("-ldn").map { UInt32(clamping: $0) },
      kind: isControl ? .control : .individual)
    let _: LogicalDiskDocument = try await client.send(.post, APIPath.logicalDisks, request)
  }

  private func nickname() async throws(Problem) {
    let new = try fullName("-newname")
    try await change(
      LogicalDiskChangeRequest(name: new.name.rawValue, osType: new.osType?.rawValue ?? ""))
  }

  private func setlimit() async throws(Problem) {
    func limit(_ option: String) -> UInt32? { line.number(option).map { UInt32(clamping: $0) } }
    try await change(
      LogicalDiskChangeRequest(
        limits: LimitsChangeRequest(
          upper: limit("-upperlimit"), lower: limit("-lowerlimit"),
          reportsUpper: line.value("-upperreport").map { $0 == "on" })))
  }

  private func change(_ request: LogicalDiskChangeRequest) async throws(Problem) {
    let _: LogicalDiskDocument = try await client.send(
      .patch, try disk(APIPath.logicalDisks), request)
  }

  // MARK: Generations and link volumes

  private func generationadd() async throws(Problem) {
    let request = GenerationBuildRequest(
      baseVolume: try selector("-bvname"), count: Int(clamping: try number("-count")),
      pool: line.has("-poolnumber") ? try poolSelector() : nil, name: try value("-svname"))
    let _: GenerationSetDocument = try await client.send(
      .post, APIPath.buildGenerations, request)
  }

  private func generationdel() async throws(Problem) {
    try await client.send(
      .post, APIPath.removeGenerations,
      GenerationRemoveRequest(
        baseVolume: try selector("-bvname"), count: Int(clamping: try number("-count"))))
  }

  private func lvbind() async throws(Problem) {
    let request = LinkVolumeCreateRequest(
      name: try value("-lvname"), baseVolume: try selector("-bvname"),
      number: line.number("-lvn").map { UInt32(clamping: $0) })
    let _: LinkVolumeDocument = try await client.send(.post, APIPath.linkVolumes, request)
  }

  // MARK: Words of the line

  func value(_ option: String) throws(Problem) -> String {
    guard let value = line.value(option) else { throw Self.missing(option) }
    return value
  }

  func number(_ option: String) throws(Problem) -> UInt64 {
    guard let number = line.number(option) else { throw Self.missing(option) }
    return number
  }

  func fullName(_ option: String) throws(Problem) -> FullName {
    guard let name = line.fullName(option) else { throw Self.missing(option) }
    return name
  }

  func selector(_ option: String) throws(Problem) -> DiskSelector {
    let name = try fullName(option)
    return .fullName(osType: name.osType?.rawValue, name: name.name.rawValue)
  }

  /// The path of the disk that `-ldn` or `-ldname` names.
  private func disk(_ collection: String) throws(Problem) -> String {
    let selector =
      if let number = line.number("-ldn") {
        DiskSelector.number(UInt32(clamping: number))
      } else {
        try selector("-ldname")
      }
    return APIPath.member(collection, selector.text)
  }

  private func poolSelector() throws(Problem) -> String {
    APIPath.numbered(try number("-poolnumber"))
  }

  private func pool() throws(Problem) -> String {
    APIPath.member(APIPath.pools, try poolSelector())
  }

  /// Bytes of `-capacity` and `-unit`.
  private func capacity() throws(Problem) -> UInt64 {
    let unit = line.value("-unit").flatMap(CapacityUnit.init(rawValue:)) ?? .gibibyte
    let (bytes, overflow) = try number("-capacity").multipliedReportingOverflow(
      by: 1 << unit.shift)
    guard !overflow else {
      throw Problem(
        .invalidOptionValue,
        ["value": .text(try value("-capacity")), "option": .text("-capacity")])
    }
    return bytes
  }

  static func missing(_ option: String) -> Problem {
    Problem(.missingOption, ["option": .text(option)])
  }
}
