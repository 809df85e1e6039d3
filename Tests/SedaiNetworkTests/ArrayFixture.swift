import SedaiArray
import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiModel
import SedaiMonitor
import SedaiNetwork
import Testing

/// A real array on devices in memory: base volume `bv`, generations `sv_01`…, link volume `lv`,
/// all of it assigned to the LD set `hosts`.
struct ArrayFixture {
  let array: DiskArray
  static let capacity: UInt64 = 1 << 20

  init() throws {
    let system = MemoryDevice(size: .mebibytes(16))
    try Engine.format(
      systemArea: system,
      parameters: FormatParameters(
        array: Array(repeating: 7, count: 16), journalBytes: .mebibytes(4)))
    let engine = try Engine.open(
      systemArea: system,
      environment: EngineEnvironment(boot: Array(repeating: 1, count: 16)) {
        _ throws(DeviceError) -> any BlockDevice in throw .readFailed(errno: 2)
      })
    let ticks = Monitor<UInt64>(1_000_000_000_000)
    array = try DiskArray.open(
      engine: engine,
      environment: ArrayEnvironment(
        arrayName: "TEST",
        now: {
          ticks.withLock {
            $0 += 1
            return Timestamp(nanoseconds: $0)
          }
        }, monotonic: { ticks.withLock { $0 } }, random: { ticks.withLock { $0 &* 977 } },
        prepareMember: { (member) throws(PoolMemberRefusal) -> PoolMember in
          PoolMember(
            device: MemoryDevice(size: ByteCount(member.size ?? 0)),
            identity: Array(repeating: 3, count: 16), path: member.path)
        }))
    try configure()
  }

  private func configure() throws {
    let requester = Requester.localAdministrator
    _ = try array.createPool(
      number: 0, name: try #require(PoolName("pool0")),
      members: [PoolMemberSpecification(path: "pool0", size: 64 << 20)], by: requester)
    _ = try array.createReserve(pool: 0, capacity: 16 << 20, by: requester)
    _ = try array.bind(
      DiskSpecification(
        pool: 0, capacity: Self.capacity, name: try name("bv"), osType: .linux), by: requester)
    _ = try array.addGenerations(
      base: .name(try name("bv")), count: 2, name: try name("sv"), by: requester)
    _ = try array.bindLinkVolume(
      base: .name(try name("bv")), name: try name("lv"), by: requester)
    let hosts = try #require(LDSetName("hosts"))
    _ = try array.createLDSet(hosts, osType: .linux, by: requester)
    for disk in ["bv", "lv"] {
      _ = try array.assign(.name(try name(disk)), to: hosts, by: requester)
    }
  }

  func name(_ text: String) throws -> LogicalDiskName { try #require(LogicalDiskName(text)) }

  private func snapshot(_ text: String) throws -> SnapshotReference {
    try #require(SnapshotReference(parsing: text, base: .name(try name("bv"))))
  }

  func create(_ sv: String) throws {
    _ = try array.createSnapshots(
      [CreateRequest(base: .name(try name("bv")), target: .snapshot(try snapshot(sv)))],
      by: .localAdministrator)
  }

  func link(to sv: String, access: AccessMode) throws {
    _ = try array.link(
      .name(try name("lv")), to: .snapshot(try snapshot(sv)), access: access,
      by: .localAdministrator)
  }

  func unlink() throws {
    _ = try array.unlink(.name(try name("lv")), by: .localAdministrator)
  }
}
