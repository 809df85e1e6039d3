import SedaiArray
import SedaiModel
import Testing

/// Every operation that changes something, asked for by everybody.
@Suite struct PermissionTests {
  private typealias Request = (DiskArray, Requester) throws -> Void

  /// How to ask for each operation of the table, with the disks of ``rig()``.
  private static func request(_ operation: ArrayOperation, _ rig: Rig) throws -> Request? {
    let base = try rig.disk("bv")
    let link = try rig.disk("lv")
    let newest = try rig.snapshot(".-1")
    let set = try #require(LDSetName("business"))
    let spare = try #require(LDSetName("spare"))
    let paired = PairSelection(master: try rig.disk("mv"), replica: try rig.disk("rv"))
    switch operation {
    case .look: return { array, who in _ = array.seen(by: who).disks() }
    case .lookAtReserveUsage:
      return { array, who in _ = try array.seen(by: who).reserveUsage(of: 0) }
    case .lookAtAccounts: return { array, who in _ = try array.accounts(by: who) }
    case .readAudit: return { _, who in try who.require(.readAudit) }
    case .createSnapshots:
      return { array, who in
        _ = try array.createSnapshots([CreateRequest(base: base, target: .cyclic)], by: who)
      }
    case .deleteSnapshots:
      return { array, who in
        _ = try array.deleteSnapshots(
          [DeleteRequest(base: base, target: .snapshot(newest))], by: who)
      }
    case .restoreSnapshots:
      return { array, who in
        _ = try array.restore([RestoreRequest(base: base, snapshot: newest)], by: who)
      }
    case .undoRestore: return { array, who in try array.undoRestore(of: base, by: who) }
    case .guardSnapshot:
      return { array, who in _ = try array.setGuard(newest, isGuarded: true, by: who) }
    case .linkVolume:
      return { array, who in _ = try array.link(link, to: .snapshot(newest), by: who) }
    case .unlinkVolume:
      let linked = try rig.disk("lv2")
      return { array, who in _ = try array.unlink(linked, by: who) }
    case .bindDisk:
      return { array, who in
        _ = try array.bind(DiskSpecification(pool: 0, capacity: 16 * Rig.chunk), by: who)
      }
    case .renameDisk:
      let name = try Rig.name("other")
      return { array, who in _ = try array.rename(base, to: name, by: who) }
    case .expandDisk:
      return { array, who in _ = try array.expand(base, to: 32 * Rig.chunk, by: who) }
    case .unbindDisk:
      let disk = try rig.disk("single")
      return { array, who in try array.unbind(disk, by: who) }
    case .pairVolumes:
      let pair = PairSelection(master: try rig.disk("single"), replica: try rig.disk("double"))
      return { array, who in _ = try array.pair(pair, by: who) }
    case .unpairVolumes: return { array, who in try array.unpair(paired, by: who) }
    case .changePair:
      return { array, who in _ = try array.changePair(paired, access: .readOnly, by: who) }
    case .copyPair: return { array, who in _ = try array.replicate(paired, by: who) }
    case .limitDisk:
      return { array, who in
        _ = try array.setLimits(base, IOLimitsChange(reportsUpper: true), by: who)
      }
    case .addGenerations:
      let name = try Rig.name("more")
      return { array, who in
        _ = try array.addGenerations(base: base, count: 1, name: name, by: who)
      }
    case .removeGenerations:
      return { array, who in try array.removeGenerations(base: base, count: 1, by: who) }
    case .bindLinkVolume:
      let name = try Rig.name("lv3")
      return { array, who in _ = try array.bindLinkVolume(base: base, name: name, by: who) }
    case .unbindLinkVolume:
      return { array, who in try array.unbindLinkVolume(link, by: who) }
    case .startMerge: return { array, who in _ = try array.startMerge(of: base, by: who) }
    case .changeJob:
      let job = try rig.array.startMerge(of: base, by: Rig.administrator).id
      return { array, who in _ = try array.pauseJob(job, by: who) }
    default: return try administration(operation, set: set, spare: spare, rig)
    }
  }

  private static func administration(
    _ operation: ArrayOperation, set: LDSetName, spare: LDSetName, _ rig: Rig
  ) throws -> Request? {
    let base = try rig.disk("bv")
    let single = try rig.disk("single")
    let name = try #require(LDSetName("new"))
    let member = PoolMemberSpecification(path: "more", size: 8 << 20)
    let pool = try #require(PoolName("pool1"))
    let port = try #require(HostPortNumber(parsing: "00-05"))
    let arrayName = try #require(ArrayName("other"))
    let account = try #require(AccountName("new"))
    switch operation {
    case .createLDSet: return { array, who in _ = try array.createLDSet(name, by: who) }
    case .deleteLDSet: return { array, who in try array.deleteLDSet(spare, by: who) }
    case .changeLDSetMembers:
      return { array, who in _ = try array.addClient("client", to: set, by: who) }
    case .assignDisk: return { array, who in _ = try array.assign(single, to: set, by: who) }
    case .unassignDisk: return { array, who in _ = try array.unassign(base, from: set, by: who) }
    case .createPool:
      return { array, who in
        _ = try array.createPool(number: 1, name: pool, members: [member], by: who)
      }
    case .expandPool:
      return { array, who in _ = try array.expandPool(0, members: [member], by: who) }
    case .deletePool: return { array, who in try array.deletePool(9, by: who) }
    case .createReserve:
      return { array, who in
        _ = try array.createReserve(pool: 9, capacity: 4 << 20, by: who)
      }
    case .expandReserve:
      return { array, who in _ = try array.expandReserve(pool: 0, to: 20 << 20, by: who) }
    case .deleteReserve:
      return { array, who in
        _ = try array.deleteReserve(pool: 8, by: who)
      }
    case .changeReserve:
      return { array, who in
        _ = try array.setReservePolicy(pool: 0, policy: .keepGenerations, thresholds: nil, by: who)
      }
    case .changeHostPort:
      return { array, who in _ = try array.namePort(port, PortName("p"), by: who) }
    case .renameArray: return { array, who in _ = try array.renameArray(to: arrayName, by: who) }
    case .releaseLicence:
      return { array, who in _ = try array.releaseLicence(key: "DSV-V3-10TB-84", by: who) }
    case .changeAccounts:
      return { array, who in
        _ = try array.createAccount(
          account, kind: .operator(.administrator), token: nil, by: who)
      }
    default: return nil
    }
  }

  /// A family with snapshots, one linked, assigned to `business`, as is `mv`, whose copy
  /// is `rv`; a restore to undo; `single` and `double` beside it; pool 8 with a reserve only, pool 9 with nothing; host `owner` with `business`, host `stranger` with `spare`.
  private func rig() throws -> Rig {
    let rig = try Rig()
    try rig.makeFamily(generations: 3)
    try rig.addLink("lv2", to: "bv")
    for name in ["single", "double", "mv", "rv"] { try rig.bind(name) }
    _ = try rig.array.pair(
      PairSelection(master: try rig.disk("mv"), replica: try rig.disk("rv")),
      by: Rig.administrator)
    try rig.create()
    try rig.create()
    try rig.link("lv2", to: ".-2")
    try rig.restore(".-1")
    for number: UInt8 in [8, 9] {
      _ = try rig.array.createPool(
        number: number, name: try #require(PoolName("pool\(number)")),
        members: [PoolMemberSpecification(path: "pool\(number)", size: 16 << 20)],
        by: Rig.administrator)
    }
    _ = try rig.array.createReserve(pool: 8, capacity: 4 << 20, by: Rig.administrator)
    for (set, host) in [("business", "owner"), ("spare", "stranger")] {
      let name = try #require(LDSetName(set))
      _ = try rig.array.createLDSet(name, by: Rig.administrator)
      _ = try rig.array.createAccount(
        try #require(AccountName(host)), kind: .host(ldSets: [name]), token: nil,
        by: Rig.administrator)
    }
    for name in ["bv", "mv"] {
      _ = try rig.array.assign(
        try rig.disk(name), to: try #require(LDSetName("business")), by: Rig.administrator)
    }
    return rig
  }

  private func everything(_ rig: Rig) throws -> [String] {
    let configuration = rig.array.configuration()
    return [
      "\(configuration.disks)", "\(configuration.ldSets)", "\(configuration.pools)",
      "\(configuration.hostPorts)", "\(configuration.licences)", configuration.status.name,
      "\(configuration.status.newestEvent)", "\(rig.array.jobs())",
      "\(try rig.array.accounts(by: Rig.administrator))",
      "\(try rig.array.query(base: try rig.disk("bv")))",
    ]
  }

  @Test func `who may not do something is refused by number and nothing has changed`() throws {
    let rig = try rig()
    let owner = Requester.host(name: try #require(AccountName("owner")))
    let stranger = Requester.host(name: try #require(AccountName("stranger")))
    let people = OperatorRole.allCases.map { Requester.operator(name: "x", role: $0) }
    for operation in ArrayOperation.allCases {
      let request = try #require(try Self.request(operation, rig), "\(operation) is not tried")
      let before = try everything(rig)
      for requester in people + [owner, stranger] {
        let isPermitted = refusal { try requester.require(operation) } == nil
        if isPermitted {
          guard requester == stranger, operation != .look else { continue }
          // What it may not see does not exist.
          let missing = refusal { try request(rig.array, requester) }
          #expect(missing == .unknownVolume, "\(operation)")
        } else {
          #expect(
            refusal { try request(rig.array, requester) } == .notPermitted,
            "\(operation) by \(requester)")
        }
      }
      #expect(try everything(rig) == before, "\(operation) changed something")
    }
  }

  @Test(arguments: ArrayOperation.allCases)
  func `who may do something can`(operation: ArrayOperation) throws {
    var able: [Requester] = [.operator(name: "x", role: operation.leastRole)]
    if operation.isForHosts {
      able.append(.host(name: try #require(AccountName("owner"))))
    }
    for requester in able {
      let rig = try rig()
      let request = try #require(try Self.request(operation, rig))
      #expect(refusal { try request(rig.array, requester) } == nil, "\(requester)")
    }
  }

  @Test func `a host sees its disks, those related to them, and nothing else`() throws {
    let rig = try rig()
    let owner = rig.array.seen(by: .host(name: try #require(AccountName("owner"))))
    #expect(
      Set(owner.disks().map(\.name.rawValue))
        == ["bv", "sv_01", "sv_02", "sv_03", "lv", "lv2", "mv", "rv"])
    #expect(owner.ldSets().map(\.name.rawValue) == ["business"])
    #expect(owner.pools().map(\.number) == [0])
    #expect(owner.pools().allSatisfy { $0.members.isEmpty })
    #expect(owner.linkVolumes().count == 2 && owner.pairs().count == 1)
    #expect(owner.status().logicalDisks == 8)
    #expect(refusal { _ = try owner.disk(try rig.disk("single")) } == .unknownDisk)
    #expect(refusal { _ = try owner.pool(9) } == .unknownPool)
    #expect(owner.events(after: 0, limit: 1000).isEmpty)
    let stranger = rig.array.seen(by: .host(name: try #require(AccountName("stranger"))))
    #expect(stranger.disks().isEmpty && stranger.pools().isEmpty && stranger.jobs().isEmpty)
    #expect(stranger.configuration().disks.isEmpty && stranger.linkVolumes().isEmpty)
    #expect(stranger.pairs().isEmpty)
    #expect(
      refusal { _ = try stranger.query(snapshot: try rig.snapshot(".-1")) } == .unknownVolume)
    let nobody = rig.array.seen(by: .host(name: try #require(AccountName("gone"))))
    #expect(nobody.disks().isEmpty && nobody.ldSets().isEmpty)
  }

  @Test func `a host that has the link volume only operates the whole family`() throws {
    let rig = try rig()
    _ = try rig.array.unassign(
      try rig.disk("bv"), from: try #require(LDSetName("business")), by: Rig.administrator)
    _ = try rig.array.assign(
      try rig.disk("lv"), to: try #require(LDSetName("business")), by: Rig.administrator)
    let owner = Requester.host(name: try #require(AccountName("owner")))
    _ = try rig.array.link(
      try rig.disk("lv"), to: .snapshot(try rig.snapshot(".-1")), by: owner)
    #expect(
      rig.array.seen(by: owner).events(after: 0, limit: 9).map(\.messageID) == [.volumeLinked])
  }
}

@Suite struct AccountTests {
  private func name(_ text: String) throws -> AccountName { try #require(AccountName(text)) }
  private func digest(_ byte: UInt8) throws -> TokenDigest {
    try #require(TokenDigest(bytes: Array(repeating: byte, count: TokenDigest.byteCount)))
  }

  @Test func `accounts survive a restart and sign in by token or local user`() throws {
    let rig = try Rig()
    let set = try #require(LDSetName("business"))
    _ = try rig.array.createLDSet(set, by: Rig.administrator)
    _ = try rig.array.createAccount(
      try name("anna"), kind: .operator(.viewer), token: try digest(1), by: Rig.administrator)
    _ = try rig.array.createAccount(
      try name("web-1"), kind: .host(ldSets: [set]), token: nil, localUsers: [1001, 1002],
      by: Rig.administrator)
    let before = try rig.array.accounts(by: Rig.administrator)
    try rig.reopen()
    #expect(try rig.array.accounts(by: Rig.administrator) == before)
    #expect(
      rig.array.requester(token: try digest(1)) == .operator(name: "anna", role: .viewer))
    #expect(rig.array.requester(token: try digest(2)) == nil)
    #expect(rig.array.requester(localUser: 1002) == .host(name: try name("web-1")))
    #expect(rig.array.requester(localUser: 1003) == nil)
    #expect(rig.array.requester(localUser: 0) == .localAdministrator)
  }

  @Test func `a new token ends the old one, and a removed account is nobody`() throws {
    let rig = try Rig()
    let anna = try name("anna")
    _ = try rig.array.createAccount(
      anna, kind: .operator(.viewer), token: try digest(1), by: Rig.administrator)
    _ = try rig.array.setToken(try digest(2), of: anna, by: Rig.administrator)
    #expect(rig.array.requester(token: try digest(1)) == nil)
    _ = try rig.array.changeAccount(
      anna, kind: .operator(.administrator), by: Rig.administrator)
    #expect(
      rig.array.requester(token: try digest(2)) == .operator(name: "anna", role: .administrator))
    try rig.array.removeAccount(anna, by: Rig.administrator)
    #expect(rig.array.requester(token: try digest(2)) == nil)
    #expect(refusal { try rig.array.removeAccount(anna, by: Rig.administrator) } == .unknownAccount)
  }

  @Test func `an LD set that is made anew is no host's by itself`() throws {
    let rig = try Rig()
    let set = try #require(LDSetName("business"))
    let host = try name("web")
    _ = try rig.array.createLDSet(set, by: Rig.administrator)
    _ = try rig.array.createAccount(
      host, kind: .host(ldSets: [set]), token: nil, by: Rig.administrator)
    try rig.array.deleteLDSet(set, by: Rig.administrator)
    _ = try rig.array.createLDSet(set, by: Rig.administrator)
    #expect(try rig.array.account(host, by: Rig.administrator).kind == .host(ldSets: []))
    #expect(rig.array.seen(by: .host(name: host)).ldSets().isEmpty)
  }

  @Test func `names, kinds and local users that do not fit are refused`() throws {
    let rig = try Rig()
    for text in ["", "-a", "a b", "a\nb", "ä", String(repeating: "a", count: 33), "a/b"] {
      #expect(AccountName(text) == nil, "\(text)")
    }
    let anna = try name("anna")
    _ = try rig.array.createAccount(
      anna, kind: .operator(.viewer), token: nil, localUsers: [1001], by: Rig.administrator)
    func create(_ kind: AccountKind, _ text: String, users: [UInt32] = []) -> MessageID? {
      refusal {
        _ = try rig.array.createAccount(
          try name(text), kind: kind, token: nil, localUsers: users, by: Rig.administrator)
      }
    }
    #expect(create(.operator(.viewer), "anna") == .accountExists)
    #expect(create(.host(ldSets: []), "anna") == .accountExists)
    #expect(create(.operator(.viewer), "ben", users: [1001]) == .localUserTaken)
    #expect(create(.operator(.viewer), "ben", users: [0]) == .localUserTaken)
    #expect(create(.host(ldSets: [try #require(LDSetName("no"))]), "ben") == .unknownLDSet)
    #expect(
      refusal {
        _ = try rig.array.changeAccount(anna, kind: .host(ldSets: []), by: Rig.administrator)
      } == .wrongAccountKind)
    #expect(try rig.array.accounts(by: Rig.administrator).count == 1)
  }
}
