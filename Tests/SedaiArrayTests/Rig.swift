import SedaiArray
import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiModel
import SedaiMonitor
import Testing

/// Devices by path, which stay when an array is closed and opened again.
final class Devices: Sendable {
  private let devices = Monitor<[String: FailingDevice]>([:])
  private let lost = Monitor<Set<String>>([])

  func make(_ path: String, size: UInt64) -> FailingDevice {
    devices.withLock { devices in
      let device = FailingDevice(size: size)
      devices[path] = device
      return device
    }
  }

  func open(_ path: String) throws(DeviceError) -> FailingDevice {
    guard !lost.withLock({ $0.contains(path) }), let device = devices.withLock({ $0[path] })
    else { throw .readFailed(errno: 2) }
    return device
  }

  func lose(_ path: String) { lost.withLock { _ = $0.insert(path) } }
  func find(_ path: String) { lost.withLock { _ = $0.remove(path) } }
}

/// A clock that tests move by hand, and a counter in place of chance.
final class Clock: Sendable {
  private let nanoseconds = Monitor<UInt64>(1_000_000_000_000)

  private let step = Monitor<UInt64>(0)

  /// Every reading is later by the step that was set, if any.
  var now: UInt64 {
    let step = step.withLock { $0 }
    return nanoseconds.withLock {
      $0 += step
      return $0
    }
  }
  /// From now on time passes with every look at the clock: work in the background comes to its
  /// limits.
  func pass(milliseconds: UInt64) { step.withLock { $0 = milliseconds * 1_000_000 } }
  func advance(seconds: UInt64) { nanoseconds.withLock { $0 += seconds * 1_000_000_000 } }
  /// Every reading of the wall clock is a little later than the one before.
  func wall() -> Timestamp {
    nanoseconds.withLock {
      $0 += 1
      return Timestamp(nanoseconds: $0)
    }
  }
}

/// A real array on a real engine on devices in memory.
final class Rig {
  let devices: Devices
  let clock = Clock()
  let system: MemoryDevice
  private(set) var engine: Engine
  private(set) var array: DiskArray
  static let administrator = Requester.localAdministrator

  init() throws {
    devices = Devices()
    system = MemoryDevice(size: .mebibytes(16))
    try Engine.format(
      systemArea: system,
      parameters: FormatParameters(
        array: Array(repeating: 7, count: 16), journalBytes: .mebibytes(4)))
    (engine, array) = try Self.open(system, devices, clock)
  }

  private static func open(
    _ system: MemoryDevice, _ devices: Devices, _ clock: Clock
  ) throws -> (Engine, DiskArray) {
    let engine = try Engine.open(
      systemArea: system,
      environment: EngineEnvironment(boot: Array(repeating: 1, count: 16)) {
        (record) throws(DeviceError) -> any BlockDevice in
        try devices.open(String(decoding: record.path, as: UTF8.self))
      })
    let numbers = Monitor<UInt64>(0x0102_0304_0506_0708)
    let environment = ArrayEnvironment(
      arrayName: "TEST", stagingFloor: 8 * chunk, now: { clock.wall() }, monotonic: { clock.now },
      random: {
        numbers.withLock {
          $0 = $0 &* 6_364_136_223_846_793_005 &+ 1; return $0 >> 7
        }
      },
      prepareMember: { (member) throws(PoolMemberRefusal) -> PoolMember in
        guard let size = member.size else { throw PoolMemberRefusal(reason: "no size") }
        let name = Array(member.path.utf8.suffix(16))
        return PoolMember(
          device: devices.make(member.path, size: size),
          identity: name + Array(repeating: 0, count: 16 - name.count), path: member.path)
      })
    return (engine, try DiskArray.open(engine: engine, environment: environment))
  }

  /// Stops the array and starts it again from what its devices hold.
  func reopen() throws {
    try array.stop()
    try engine.close()
    (engine, array) = try Self.open(system, devices, clock)
  }

  // MARK: Configuration in few words

  static let chunk: UInt64 = 65536

  /// Pool 0 with `mebibytes` of space, and a reserve of `reserveChunks`.
  func makePool(mebibytes: UInt64 = 64, reserveChunks: UInt64? = 256) throws {
    _ = try array.createPool(
      number: 0, name: try #require(PoolName("pool0")),
      members: [
        PoolMemberSpecification(path: "pool0", size: mebibytes << 20 + Self.chunk)
      ], by: Self.administrator)
    guard let reserveChunks else { return }
    _ = try array.createReserve(
      pool: 0, capacity: reserveChunks * Self.chunk, by: Self.administrator)
  }

  @discardableResult
  func bind(_ name: String, chunks: UInt64 = 16, type: OSType? = .linux) throws -> DiskFacts {
    try array.bind(
      DiskSpecification(
        pool: 0, capacity: chunks * Self.chunk, name: try Self.name(name),
        osType: type), by: Self.administrator)
  }

  @discardableResult
  func addGenerations(_ count: Int, to base: String, name: String) throws -> [SnapshotFacts] {
    try array.addGenerations(
      base: try disk(base), count: count, name: try Self.name(name),
      by: Self.administrator)
  }

  @discardableResult
  func addLink(_ name: String, to base: String) throws -> LinkFacts {
    try array.bindLinkVolume(
      base: try disk(base), name: try Self.name(name), by: Self.administrator)
  }

  /// A base volume `bv` of 16 chunks with generations `sv_01`… and a link volume `lv`.
  func makeFamily(generations: Int = 3, type: OSType? = .linux) throws {
    try makePool()
    try bind("bv", type: type)
    try addGenerations(generations, to: "bv", name: generations == 1 ? "sv_01" : "sv")
    try addLink("lv", to: "bv")
  }

  // MARK: Operations in few words

  static func name(_ text: String) throws -> LogicalDiskName {
    try #require(LogicalDiskName(text))
  }

  func disk(_ name: String) throws -> DiskReference {
    .name(try Self.name(name))
  }
  func snapshot(_ text: String, of base: String = "bv") throws -> SnapshotReference {
    try #require(SnapshotReference(parsing: text, base: try disk(base)))
  }

  @discardableResult
  func create(_ sv: String? = nil, of base: String = "bv") throws -> SnapshotFacts {
    let target: CreateRequest.Target =
      if let sv { .snapshot(try snapshot(sv, of: base)) } else { .cyclic }
    let taken = try array.createSnapshots(
      [CreateRequest(base: try disk(base), target: target)], by: Self.administrator)
    return try #require(taken.first)
  }

  func delete(_ sv: String, of base: String = "bv") throws {
    _ = try array.deleteSnapshots(
      [DeleteRequest(base: try disk(base), target: .snapshot(try snapshot(sv, of: base)))],
      by: Self.administrator)
  }

  func restore(
    _ sv: String, to base: String = "bv", derived: DerivedGenerations = .keep,
    keepsUndo: Bool = true
  ) throws {
    _ = try array.restore(
      [
        RestoreRequest(
          base: try disk(base), snapshot: try snapshot(sv, of: base), derived: derived,
          keepsUndo: keepsUndo)
      ], by: Self.administrator)
  }

  func link(_ lv: String = "lv", to sv: String, access: AccessMode = .readWrite) throws {
    _ = try array.link(
      try disk(lv), to: .snapshot(try snapshot(sv)), access: access, by: Self.administrator)
  }

  func unlink(_ lv: String = "lv") throws {
    _ = try array.unlink(try disk(lv), by: Self.administrator)
  }

  func guardSnapshot(_ sv: String, _ isGuarded: Bool = true) throws {
    _ = try array.setGuard(
      try snapshot(sv), isGuarded: isGuarded, by: Self.administrator)
  }

  func facts(_ sv: String) throws -> SnapshotFacts {
    try #require(try array.query(snapshot: try snapshot(sv)).generations.first)
  }

  func state(_ sv: String) throws -> String { try facts(sv).state.text }

  // MARK: Data

  func open(_ name: String) throws -> Volume {
    try #require(array.open(export: name, for: .localAdministrator))
  }

  /// Fills a range of a volume, opened anew, with one byte.
  func fill(
    _ name: String, _ byte: UInt8, at offset: UInt64 = 0, count: Int = 4096
  ) throws {
    try open(name).fill(byte, at: offset, count: count)
  }

  func byte(_ name: String, at offset: UInt64 = 0) throws -> UInt8 {
    try #require(try open(name).bytes(at: offset, count: 1).first)
  }

  /// Runs background ticks until no job is under way.
  func settle() {
    for _ in 0..<1000 {
      array.tick()
      if array.status().jobs == 0 { return }
    }
    Issue.record("jobs never end")
  }
}

extension Volume {
  func fill(_ byte: UInt8, at offset: UInt64 = 0, count: Int = 4096) throws(VolumeError) {
    try write(Array(repeating: byte, count: count), at: offset)
  }

  func write(_ bytes: [UInt8], at offset: UInt64) throws(VolumeError) {
    try bytes.withBytes(0..<bytes.count) { (span) throws(VolumeError) in
      try write(at: offset, from: span)
    }
  }

  func bytes(at offset: UInt64, count: Int) throws(VolumeError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: count)
    try bytes.withMutableBytes(0..<count) { (span) throws(VolumeError) in
      try read(at: offset, into: &span)
    }
    return bytes
  }
}

/// The message with which `body` is refused; nil if it is not.
func refusal(_ body: () throws -> Void) -> MessageID? {
  do {
    try body()
    return nil
  } catch let error as DiskArrayError {
    return error.messageID
  } catch {
    Issue.record("not the array's error: \(error)")
    return nil
  }
}

/// Collects events from any thread.
final class EventBox: Sendable {
  private let kept = Monitor<[ArrayEvent]>([])
  var events: [ArrayEvent] { kept.withLock { $0 } }
  func add(_ event: ArrayEvent) { kept.withLock { $0.append(event) } }
}
