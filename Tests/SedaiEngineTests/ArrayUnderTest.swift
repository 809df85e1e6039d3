import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiMonitor
import Testing

@testable import SedaiSimulation

/// A small array on a simulated host, with the few calls that the cases are told in.
final class ArrayUnderTest: Sendable {
  static let block: UInt64 = ChunkGeometry.blockBytes
  static let chunk: UInt64 = ChunkGeometry.chunkBytes

  let host: SimulatedHost
  let array: SimulatedArray
  /// Decides the order of threads; nil if they run freely.
  private let schedule: SeededSchedule?
  private let current: Monitor<Engine>

  /// - Parameters:
  ///   - chunks: of each pool, its reserve included.
  ///   - reserve: chunks of each pool's snapshot reserve area.
  ///   - further: chunks of devices that may join each pool later.
  ///   - hasSpare: the last of the pools is not there at first.
  init(
    seed: UInt64 = 1, pools: UInt8 = 1, chunks: UInt64 = 64, reserve: UInt64 = 24,
    further: [UInt64] = [], hasSpare: Bool = false, cachedPages: Int = 256,
    isScheduled: Bool = false
  ) throws(EngineError) {
    schedule =
      isScheduled
      ? SeededSchedule(seed: seed) { preconditionFailure("seed \(seed): \($0)") } : nil
    host = SimulatedHost(seed: seed, schedule: schedule)
    var shape = ArrayShape.tiny
    shape.pools = (0..<pools).map {
      ArrayShape.Pool(id: PoolID($0), members: [chunks], reserve: reserve, further: further)
    }
    shape.spares = hasSpare ? [shape.pools.removeLast()] : []
    shape.limits.cachedPages = cachedPages
    shape.limits.dirtyPages = cachedPages / 2
    array = SimulatedArray(host: host, shape: shape)
    current = Monitor(try array.make())
  }

  /// Devices of a pool, those that may join it included.
  func devices(pool: UInt8 = 0) -> [PoolMember] {
    let shapes = array.shape.pools + array.shape.spares
    return shapes.first { $0.id == PoolID(pool) }.map(array.devices) ?? []
  }

  /// Stops in good order and starts again.
  func reopen() throws(EngineError) {
    try engine.close()
    let engine = try array.open()
    current.withLock { $0 = engine }
  }

  var engine: Engine { current.withLock { $0 } }

  /// Runs the bodies at the same time, in an order drawn from the seed; they must not fail.
  func run(_ bodies: [@Sendable (ArrayUnderTest) throws -> Void]) {
    guard let schedule else { preconditionFailure("made with a schedule") }
    schedule.run(
      bodies.enumerated().map { index, body in
        (
          name: "thread \(index)",
          body: {
            do { try body(self) } catch { Issue.record("thread \(index): \(error)") }
          }
        )
      })
  }

  /// A new, empty volume; 1 MiB is the shortest that there may be.
  func volume(chunks: UInt64 = 16, pool: UInt8 = 0) throws(EngineError) -> ImageID {
    let id = engine.nextImageID()
    try engine.commit([
      .create(id, pool: PoolID(pool), length: ByteCount(chunks * Self.chunk))
    ])
    return id
  }

  func snapshot(_ volume: ImageID) throws(EngineError) -> ImageID {
    let id = engine.nextImageID()
    try engine.commit([.snapshot(source: volume, as: id)])
    return id
  }

  /// Fills whole blocks with one value.
  func write(
    _ value: UInt8, _ id: ImageID, block: UInt64, count: UInt64 = 1
  ) throws(EngineError) {
    try write(
      [UInt8](repeating: value, count: Int(count * Self.block)), id, at: block * Self.block)
  }

  func write(_ bytes: [UInt8], _ id: ImageID, at offset: UInt64) throws(EngineError) {
    let engine = engine
    try bytes.withRawSpan { span throws(EngineError) in
      try engine.write(id, at: offset, from: span)
    }
    try engine.pushJournal()
  }

  func bytes(_ id: ImageID, at offset: UInt64, count: Int) throws(EngineError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xAA, count: count)
    let engine = engine
    try bytes.withMutableRawSpan { span throws(EngineError) in
      try engine.read(id, at: offset, into: &span)
    }
    return bytes
  }

  /// The value that all bytes of each block have; nil for a block with different ones.
  func values(
    _ id: ImageID, block: UInt64 = 0, count: UInt64 = 1
  ) throws(EngineError) -> [UInt8?] {
    let all = try bytes(id, at: block * Self.block, count: Int(count * Self.block))
    return (0..<Int(count)).map { index in
      let part = all[(index * Int(Self.block))..<((index + 1) * Int(Self.block))]
      return part.allSatisfy { $0 == part.first } ? part.first : nil
    }
  }

  /// Releases everything that was deleted, and makes its space usable.
  func reclaimAll() throws(EngineError) {
    while try !engine.reclaim(limit: 100).isDone {}
    try engine.flushAll()
  }

  /// Goes down and comes up again, perhaps with a device of no bytes.
  func crash(by kind: CrashKind, losing device: String? = nil) throws(EngineError) {
    host.crash(by: kind)
    host.restart()
    if let device { host.truncate(device, to: 0) }
    let engine = try array.open()
    current.withLock { $0 = engine }
  }

  func capacity(pool: UInt8 = 0) throws(EngineError) -> PoolCapacity {
    guard let capacity = engine.capacity(of: PoolID(pool)) else {
      throw .noSuchPool(PoolID(pool))
    }
    return capacity
  }
}
