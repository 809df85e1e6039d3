import Foundation
import SedaiArray
import SedaiModel
import SedaiMonitor
import Testing

@Suite struct ConfigurationViewTests {
  /// Views taken of an array that changes all the time.
  private static let views = 1_000

  private static let workers = 2

  @Test func `every view agrees with itself while the array changes`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 2)
    let array = rig.array
    let isOver = Monitor(false)
    let failures = Monitor<[String]>([])
    let working = Monitor(Self.workers)
    for worker in 0..<Self.workers {
      Thread {
        var round = 0
        while !isOver.withLock({ $0 }) {
          do {
            try Self.change(array, "w\(worker)_\(round % 3)")
          } catch {
            failures.withLock { $0.append("\(error)") }
          }
          round += 1
        }
        working.withLock { $0 -= 1 }
        working.wakeAll()
      }.start()
    }
    for _ in 0..<Self.views { Self.check(array.configuration()) }
    isOver.withLock { $0 = true }
    working.wait { $0 == 0 ? () : nil }
    #expect(failures.withLock { $0 }.isEmpty)
  }

  /// Binds a disk, shows it to a set of its own, takes both away again.
  private static func change(_ array: DiskArray, _ text: String) throws {
    let name: LogicalDiskName = try #require(LogicalDiskName(text))
    let set: LDSetName = try #require(LDSetName(text))
    _ = try array.bind(
      DiskSpecification(pool: 0, capacity: 1 << 20, name: name), by: Rig.administrator)
    _ = try array.createLDSet(set, by: Rig.administrator)
    _ = try array.assign(.name(name), to: set, by: Rig.administrator)
    _ = try array.unassign(.name(name), from: set, by: Rig.administrator)
    try array.deleteLDSet(set, by: Rig.administrator)
    try array.unbind(.name(name), by: Rig.administrator)
  }

  private static func check(_ view: ArrayConfiguration) {
    let disks = Dictionary(view.disks.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    #expect(disks.count == view.disks.count && view.status.logicalDisks == disks.count)
    #expect(Set(view.disks.compactMap(\.number)).count == view.disks.count)
    let pools = Set(view.pools.map(\.number))
    #expect(view.disks.allSatisfy { pools.contains($0.pool) })
    var assigned: [VolumeID: [LDSetName]] = [:]
    for set in view.ldSets {
      for unit in set.assignments {
        #expect(disks[unit.volume]?.name == unit.disk)
        assigned[unit.volume, default: []].append(set.name)
      }
    }
    for disk in view.disks { #expect(disk.ldSets == assigned[disk.id] ?? []) }
    // Whole chunks are promised to each disk with contents of its own, and to the reserve.
    let promised = view.disks.filter { $0.roles.isDisjoint(with: [.snapshot, .link]) }
      .reduce(0) { $0 + $1.capacity }
    for pool in view.pools {
      #expect(pool.promised == promised + (pool.reserve?.capacity ?? 0))
      #expect(pool.free + pool.promised == pool.capacity)
    }
  }
}
