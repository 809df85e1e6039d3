import SedaiModel
import Testing

@testable import SedaiArray

/// The places that requests of a limited disk take.
@Suite struct PaceScheduleTests {
  private static let second: UInt64 = 1_000_000_000
  private static let start: UInt64 = 1_000 * second

  /// Requests that begin within `seconds` if there is always one more to be had.
  private func served(perSecond: UInt32, seconds: UInt64) -> Int {
    var schedule = PaceSchedule()
    schedule.change(to: perSecond)
    var count = 0
    while schedule.take(at: Self.start) < seconds * Self.second { count += 1 }
    return count
  }

  @Test(arguments: [10, 11, 333, 2_000, 65_537, 1_000_000] as [UInt32])
  func `over ten seconds a rate is kept within five percent`(_ rate: UInt32) {
    let wanted = Double(rate) * 10
    let got = Double(served(perSecond: rate, seconds: 10))
    #expect(abs(got - wanted) <= wanted * 0.05)
  }

  @Test func `what was not used long ago is not made up for`() {
    var schedule = PaceSchedule()
    schedule.change(to: 1_000)
    _ = schedule.take(at: Self.start)
    let later = Self.start + 3_600 * Self.second
    var atOnce = 0
    while schedule.take(at: later) == 0 { atOnce += 1 }
    #expect(atOnce <= 1 + 1_000 * Int(PaceSchedule.catchUpNanoseconds) / Int(Self.second))
  }

  @Test func `without a limit nothing waits, and a limit that ends leaves no places behind`() {
    var schedule = PaceSchedule()
    #expect((0..<1_000).allSatisfy { _ in schedule.take(at: Self.start) == 0 })
    schedule.change(to: 10)
    #expect((0..<1_000).map { _ in schedule.take(at: Self.start) }.contains { $0 > 0 })
    schedule.change(to: nil)
    #expect(schedule.take(at: Self.start) == 0)
  }
}

/// Lower limits, against a model of disks that share what one array can do.
@Suite struct ShareControlTests {
  /// A disk's hosts: how much they would take, and what they are promised.
  private struct Host {
    var demand: Double
    var lower: Double?
    /// How much of the array's time a request of it takes, against others: a host with a deep
    /// queue gets more than its share.
    var weight = 1.0
  }

  private static let capacity = 20_000.0

  /// What every host gets in one look when none gets more than its cap or its demand: the
  /// array is divided by weight, and what one leaves goes to the others.
  private func divide(_ hosts: [Host], _ caps: [Int: Double]) -> [Double] {
    var rates = hosts.map { _ in 0.0 }
    var open = Set(hosts.indices)
    var left = Self.capacity
    while !open.isEmpty, left > 0.001 {
      let weights = open.reduce(0.0) { $0 + hosts[$1].weight }
      var given = 0.0
      for index in open {
        let most = min(hosts[index].demand, caps[index] ?? .infinity)
        let part = min(left * hosts[index].weight / weights, most - rates[index])
        rates[index] += part
        given += part
        if rates[index] >= most - 0.001 { open.remove(index) }
      }
      if given < 0.001 { break }
      left -= given
    }
    return rates
  }

  /// Average rates over `looks`, after as many looks to settle in as `settling`.
  private func run(
    _ hosts: [Host], settling: Int = 30, looks: Int, seed: UInt64 = 1
  ) -> [Double] {
    var control = ShareControl()
    var caps: [Int: Double] = [:]
    var random = seed
    var sums = hosts.map { _ in 0.0 }
    for look in 0..<(settling + looks) {
      var rates = divide(hosts, caps)
      for index in rates.indices {
        // What is counted in a tenth of a second is never exact.
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        rates[index] *= 0.99 + 0.02 * Double(random >> 40) / Double(1 << 24)
        if look >= settling { sums[index] += rates[index] }
      }
      let readings = rates.indices.map {
        (VolumeID(UInt64($0)), ShareControl.Reading(rate: rates[$0], lower: hosts[$0].lower))
      }
      let shares = control.look(Dictionary(uniqueKeysWithValues: readings))
      caps = Dictionary(
        uniqueKeysWithValues: shares.map { (Int($0.key.rawValue), Double($0.value)) })
    }
    return sums.map { $0 / Double(looks) }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `a promised rate is kept to nine tenths beside a host that takes all it can`(
    _ seed: UInt64
  ) {
    let rates = run(
      [Host(demand: 1e9, lower: 5_000, weight: 1), Host(demand: 1e9, weight: 15)], looks: 300,
      seed: seed)
    #expect(rates[0] >= 4_500, "seed \(seed)")
    // What is promised is all that is taken from the other: the array stays busy.
    #expect(rates[1] >= 0.6 * (Self.capacity - 5_000), "seed \(seed)")
  }

  @Test func `a host that asks for less than it was promised costs the others next to nothing`() {
    let rates = run(
      [Host(demand: 50, lower: 5_000, weight: 1), Host(demand: 1e9, weight: 15)], settling: 0,
      looks: 3_000)
    #expect(rates[0] > 49)
    #expect(rates[1] >= 0.9 * (Self.capacity - 50))
  }

  @Test func `nobody is slowed down below its own lower limit or to nothing`() {
    let rates = run(
      [
        Host(demand: 1e9, lower: 19_000, weight: 1), Host(demand: 1e9, lower: 3_000, weight: 15),
        Host(demand: 1e9, weight: 15),
      ], looks: 300)
    #expect(rates[1] >= 2_700)
    #expect(rates[2] >= 300)
    #expect(rates[0] > 10_000)
  }

  @Test func `without promises nobody is slowed down and nothing is remembered`() {
    var control = ShareControl()
    let readings = [
      VolumeID(1): ShareControl.Reading(rate: 10_000), VolumeID(2): .init(rate: 1),
    ]
    #expect(control.look(readings).isEmpty)
    #expect(control.isIdle)
  }

  @Test func `when a promised disk falls silent the others have all at once`() {
    var control = ShareControl()
    let busy = ShareControl.Reading(rate: 10_000)
    for _ in 0..<5 {
      _ = control.look([VolumeID(1): .init(rate: 100, lower: 1_000), VolumeID(2): busy])
    }
    #expect(!control.isIdle)
    let shares = control.look([VolumeID(1): .init(rate: 0, lower: 1_000), VolumeID(2): busy])
    #expect(shares.isEmpty)
    #expect(control.isIdle)
  }
}

/// I/O limits as operators and hosts meet them.
@Suite struct IOLimitTests {
  private func limit(
    _ rig: Rig, _ name: String, upper: UInt32? = nil, lower: UInt32? = nil, report: Bool? = nil
  ) throws -> DiskFacts {
    try rig.array.setLimits(
      try rig.disk(name),
      IOLimitsChange(
        upper: try #require(IOLimitsChange.Limit(upper)),
        lower: try #require(IOLimitsChange.Limit(lower)), reportsUpper: report),
      by: Rig.administrator)
  }

  private func open(_ rig: Rig, _ name: String) throws -> Volume {
    try #require(rig.array.open(export: name, for: .localAdministrator))
  }

  @Test func `only what is given changes, zero takes a limit away, and all of it lasts`() throws {
    let rig = try Rig()
    try rig.makePool()
    try rig.bind("vol")
    #expect(try limit(rig, "vol", upper: 2_000, report: true).limits.upper == IORate(2_000))
    let both = try limit(rig, "vol", lower: 100).limits
    #expect(both == IOLimits(upper: IORate(2_000), lower: IORate(100), reportsUpper: true))
    try rig.reopen()
    #expect(try rig.array.disk(try rig.disk("vol")).limits == both)
    #expect(try limit(rig, "vol", upper: 0, lower: 0, report: false).limits == IOLimits())
  }

  @Test func `limits that cannot be are refused and change nothing`() throws {
    let rig = try Rig()
    try rig.makeFamily()
    #expect(IOLimitsChange.Limit(9) == nil && IOLimitsChange.Limit(1_000_001) == nil)
    _ = try limit(rig, "bv", upper: 100)
    #expect(throws: DiskArrayError.self) { try limit(rig, "bv", lower: 101) }
    #expect(throws: DiskArrayError.self) { try limit(rig, "sv_01", upper: 100) }
    #expect(throws: DiskArrayError.self) { try limit(rig, "nobody", upper: 100) }
    #expect(try rig.array.disk(try rig.disk("bv")).limits == IOLimits(upper: IORate(100)))
  }

  @Test func `a limit holds for all who have the disk open, and from the next request on`() throws {
    let rig = try Rig()
    try rig.makePool()
    try rig.bind("vol")
    let (one, other) = (try open(rig, "vol"), try open(rig, "vol"))
    #expect((0..<100).allSatisfy { _ in one.takePlace() == 0 })
    _ = try limit(rig, "vol", upper: 10)
    // The clock stands still: places lie a tenth of a second apart, whoever takes them.
    _ = (0..<10).map { _ in one.takePlace() }
    let waits = (one.takePlace(), other.takePlace())
    #expect(waits.1 == waits.0 + 100_000_000)
    _ = try limit(rig, "vol", upper: 0)
    #expect(one.takePlace() == 0 && other.takePlace() == 0)
  }

  @Test func `reaching the upper limit is told if asked for, once a minute`() throws {
    let rig = try Rig()
    try rig.makePool()
    try rig.bind("vol")
    let volume = try open(rig, "vol")
    func told() -> Int {
      rig.array.events(after: 0, limit: 1_000).count { $0.messageID == .upperIOLimitReached }
    }
    func press() {
      for _ in 0..<20 { _ = volume.takePlace() }
      rig.clock.advance(seconds: 1)
      rig.array.tick()
    }
    _ = try limit(rig, "vol", upper: 10)
    press()
    #expect(told() == 0)
    _ = try limit(rig, "vol", report: true)
    for _ in 0..<5 { press() }
    #expect(told() == 1)
    rig.clock.advance(seconds: 60)
    press()
    #expect(told() == 2)
    rig.clock.advance(seconds: 60)
    rig.array.tick()
    #expect(told() == 2)
  }
}
