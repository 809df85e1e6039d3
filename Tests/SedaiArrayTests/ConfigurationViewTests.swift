import Foundation
import SedaiArray
import SedaiModel
import SedaiMonitor
import Testing

@Suite struct ConfigurationViewTests {
  /// Views taken of an array that changes all the time.
  private static let views = 1_000

  @Test func `every view agrees with itself while the array changes`() async throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 2)
    let array = rig.array
    let isOver = Monitor(false)
    let problems = Monitor<[String]>([])
    let changing = Thread {
      var round = 0
      while !isOver.withLock({ $0 }) {
        do {
          try Self.change(array, "w\(round % 3)")
        } catch {
          problems.withLock { $0.append("\(error)") }
        }
        round += 1
      }
    }
    changing.start()
    // On a thread of its own: it would hold up the tests beside it.
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      Thread {
        for _ in 0..<Self.views {
          let found = Self.problems(of: array.configuration())
          problems.withLock { $0 += found }
        }
        isOver.withLock { $0 = true }
        done.resume()
      }.start()
    }
    #expect(problems.withLock { $0 } == [])
  }

  @Test func `a view of numbers below a limit leaves the others out`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 2)
    let all = rig.array.configuration()
    #expect(all.disks.map { $0.number?.rawValue } == [0, 1, 2, 3])
    let some = rig.array.configuration(below: LogicalDiskNumber(2))
    #expect(some.disks == Array(all.disks.prefix(2)))
    #expect(some.pools == all.pools && some.status == all.status)
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

  /// What in a view does not agree with something else in it.
  static func problems(of view: ArrayConfiguration) -> [String] {
    var problems: [String] = []
    func require(_ holds: Bool, _ what: String) { if !holds { problems.append(what) } }
    let disks = Dictionary(view.disks.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    require(view.status.logicalDisks == disks.count, "number of disks")
    require(Set(view.disks.compactMap(\.number)).count == view.disks.count, "numbers")
    let pools = Set(view.pools.map(\.number))
    require(view.disks.allSatisfy { pools.contains($0.pool) }, "a disk without pool")
    var assigned: [VolumeID: [LDSetName]] = [:]
    for set in view.ldSets {
      for unit in set.assignments {
        require(disks[unit.volume]?.name == unit.disk, "\(set.name) has no disk \(unit.disk)")
        assigned[unit.volume, default: []].append(set.name)
      }
    }
    for disk in view.disks {
      require(disk.ldSets == assigned[disk.id] ?? [], "sets of \(disk.name)")
    }
    // Whole chunks are promised to each disk with contents of its own, and to the reserve.
    let promised = view.disks.filter { $0.roles.isDisjoint(with: [.snapshot, .link]) }
      .reduce(0) { $0 + ($1.capacity + 65535) / 65536 * 65536 }
    for pool in view.pools {
      require(pool.promised == promised + (pool.reserve?.capacity ?? 0), "promised space")
      require(pool.free + pool.promised == pool.capacity, "free space")
    }
    return problems
  }
}
