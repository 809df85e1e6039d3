import SedaiArray
import SedaiModel
import Testing

@Suite struct ReservationTests {
  private let agreed = UnitReservations(
    registrations: [
      UnitReservations.Registration(initiator: "iqn.x:a,i,0x1", target: "iqn.x:t,t,0x1", key: .max),
      UnitReservations.Registration(initiator: "iqn.x:b,i,0x2", target: "iqn.x:t,t,0x1", key: 2),
    ], held: UnitReservations.Held(kind: 5, holder: 1))

  private func rig() throws -> (Rig, DiskFacts, LDSetName) {
    let rig = try Rig()
    try rig.makePool()
    let disk = try rig.bind("disk")
    let hosts = try #require(LDSetName("hosts"))
    _ = try rig.array.createLDSet(hosts, by: Rig.administrator)
    _ = try rig.array.assign(.name(disk.name), to: hosts, by: Rig.administrator)
    return (rig, disk, hosts)
  }

  @Test func `what initiators agreed on is there after a restart, until they agree otherwise`()
    throws
  {
    let (rig, disk, _) = try rig()
    #expect(rig.array.reservations(of: disk.id) == nil)
    try rig.array.keep(agreed, of: disk.id)
    try rig.reopen()
    #expect(rig.array.reservations(of: disk.id) == agreed)
    try rig.array.keep(nil, of: disk.id)
    try rig.reopen()
    #expect(rig.array.reservations(of: disk.id) == nil)
  }

  @Test func `what the hosts of one LD set agreed on does not bind those of another`() throws {
    let (rig, disk, hosts) = try rig()
    let others = try #require(LDSetName("others"))
    _ = try rig.array.createLDSet(others, by: Rig.administrator)
    _ = try rig.array.assign(.name(disk.name), to: others, by: Rig.administrator)
    try rig.array.keep(agreed, of: disk.id)
    _ = try rig.array.unassign(.name(disk.name), from: hosts, by: Rig.administrator)
    #expect(rig.array.reservations(of: disk.id) == agreed)
    _ = try rig.array.unassign(.name(disk.name), from: others, by: Rig.administrator)
    #expect(rig.array.reservations(of: disk.id) == nil)
    #expect(refusal { try rig.array.keep(agreed, of: disk.id) } == .notInLDSet)
    try rig.array.unbind(.name(disk.name), by: Rig.administrator)
    try rig.reopen()
    #expect(rig.array.reservations(of: disk.id) == nil)
  }

  @Test func `the size of logical blocks stays with a disk and its link volumes`() throws {
    let (rig, disk, hosts) = try rig()
    #expect(disk.blockSize == .bytes512)
    let name = try Rig.name("native")
    _ = try rig.array.bind(
      DiskSpecification(pool: 0, capacity: 1 << 20, name: name, blockSize: .bytes4096),
      by: Rig.administrator)
    _ = try rig.array.addGenerations(
      base: .name(name), count: 1, name: try Rig.name("sv"), by: Rig.administrator)
    _ = try rig.array.bindLinkVolume(
      base: .name(name), name: try Rig.name("lv"), by: Rig.administrator)
    for other in [name, try Rig.name("lv")] {
      _ = try rig.array.assign(.name(other), to: hosts, by: Rig.administrator)
    }
    try rig.reopen()
    let sizes = try rig.array.ldSet(hosts).assignments.map(\.blockSize)
    #expect(sizes == [.bytes512, .bytes4096, .bytes4096])
  }
}
