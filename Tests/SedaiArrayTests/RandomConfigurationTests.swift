import SedaiArray
import SedaiModel
import Testing

/// Configuration requests put together by chance, most of which break some rule.
@Suite struct RandomConfigurationTests {
  private static let requests = 600
  private static let rounds = 3

  /// Names are few, so that requests meet what earlier ones made.
  private static let names = ["a", "b", "c", "d"]

  @Test func `a refused request changes nothing, and what is done agrees with itself`() throws {
    for _ in 0..<Self.rounds {
      let seed = UInt64.random(in: .min ... .max)
      var random = Seeded(state: seed)
      let rig = try Rig()
      try rig.makePool(mebibytes: 256, reserveChunks: 64)
      var seen: Set<MessageID> = []
      var done = 0
      for number in 0..<Self.requests {
        let before = rig.array.configuration()
        do {
          try Self.request(rig, &random)
          done += 1
          let problems = ConfigurationViewTests.problems(of: rig.array.configuration())
          #expect(problems == [], "seed \(seed), request \(number)")
        } catch let refusal as DiskArrayError {
          seen.insert(refusal.messageID)
          #expect(!refusal.text().contains("{"), "seed \(seed), request \(number): \(refusal)")
          #expect(
            rig.array.configuration() == before, "seed \(seed), request \(number): \(refusal)")
        }
      }
      #expect(done > 50 && seen.count > 10, "seed \(seed): \(done) done, refused \(seen)")
      rig.settle()
      let before = rig.array.configuration()
      try rig.reopen()
      let after = rig.array.configuration()
      #expect(after.disks == before.disks && after.ldSets == before.ldSets, "seed \(seed)")
      #expect(after.hostPorts == before.hostPorts && after.pools == before.pools, "seed \(seed)")
    }
  }

  private static func request(_ rig: Rig, _ random: inout Seeded) throws {
    let array = rig.array
    let by = Rig.administrator
    func word() -> String { names[Int(random.next() % UInt64(names.count))] }
    let disk = try Rig.name(word())
    let other = try Rig.name(word())
    let set: LDSetName = try #require(LDSetName(word()))
    let initiator: ISCSIName = try #require(ISCSIName("iqn.2026-01.example:" + word()))
    let port: HostPortNumber = try #require(
      HostPortNumber(director: UInt8(random.next() % 2), port: 0))
    let path = FibreChannelPath.port(port)
    let lun = random.next() % 2 == 0 ? nil : UInt16(random.next() % 4)
    let count = Int(random.next() % 3)
    let types: [OSType?] = [nil, .linux, .windows, .windowsGPT]
    let type = types[Int(random.next() % 4)]
    switch random.next() % 22 {
    case 0, 1, 2:
      _ = try array.bind(
        DiskSpecification(
          pool: UInt8(random.next() % 2), capacity: (random.next() % 20) << 18,
          number: LogicalDiskNumber(UInt32(random.next() % 6)), name: disk, osType: type,
          isControlVolume: random.next() % 4 == 0), by: by)
    case 3: try array.unbind(.name(disk), by: by)
    case 4: _ = try array.rename(.name(disk), to: other, osType: .some(type), by: by)
    case 5: _ = try array.expand(.name(disk), to: (random.next() % 20) << 19, by: by)
    case 6:
      _ = try array.addGenerations(base: .name(disk), count: count, name: other, by: by)
    case 7: try array.removeGenerations(base: .name(disk), count: count, by: by)
    case 8: _ = try array.bindLinkVolume(base: .name(disk), name: other, by: by)
    case 9: try array.unbindLinkVolume(.name(disk), by: by)
    case 10:
      let kinds: [LDSetKind] = [.fibreChannel, .iSCSI(.normal), .iSCSI(.multiTarget)]
      _ = try array.createLDSet(
        set, osType: type, kind: kinds[Int(random.next() % 3)], by: by)
    case 11: try array.deleteLDSet(set, by: by)
    case 12, 13, 14: _ = try array.assign(.name(disk), to: set, lun: lun, by: by)
    case 15: _ = try array.unassign(.name(disk), from: set, by: by)
    case 16: _ = try array.addInitiator(initiator, to: set, by: by)
    case 17: _ = try array.removeInitiator(initiator, from: set, by: by)
    case 18: _ = try array.addPath(path, to: set, by: by)
    case 19: _ = try array.removePath(path, from: set, by: by)
    case 20:
      let address: IPv4Address = try #require(IPv4Address("192.0.2.1"))
      let portal = random.next() % 3 == 0 ? nil : ISCSIPortal(address: address)
      _ = try array.setPort(port, portal: portal, by: by)
    default:
      _ =
        try random.next() % 2 == 0
        ? array.addPort(port, to: set, by: by) : array.removePort(port, from: set, by: by)
    }
  }

  /// A small generator whose sequence is known from its seed.
  private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }
}
