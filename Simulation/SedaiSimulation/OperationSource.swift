internal import SedaiBytes
internal import SedaiEngine
internal import SedaiFormat

/// Draws the next call to make: mostly legal ones, aimed at the places where trees, masks
/// and limits meet.
///
/// Every source draws its own mix, so that one seed snapshots all the time and another
/// hardly ever trims.
struct OperationSource: Sendable {
  private enum Kind: CaseIterable {
    case write, trim, read, flush, snapshot, restore, delete, create, clone, resize
    case snapshotSet, reclaim, merge, relocate, checkpoint, flushAll, ask, illegal
    case addPool, extendPool, removePool, setReserve, setStaging
  }

  /// Chunks of the shortest volume there may be, and one more to take blocks off.
  private static let smallestVolume: UInt64 = 17
  /// Images beyond which deleting comes first.
  private static let imageLimit = 12

  /// Chunks of the largest volume made at once.
  private static let largestVolume: UInt64 = 2000

  let array: SimulatedArray
  private var weights: [(kind: Kind, weight: UInt64)] = []
  /// Tries first, in so many of 4 calls.
  private let tries: UInt64
  /// Generations belong to another pool than their volume, in so many of 4 snapshots.
  private let aparts: UInt64
  private var sequence: UInt64 = 0
  private var mark: UInt64 = 0
  /// Devices that calls of the same step are about to put into pools.
  var joining: Set<String> = []

  init(array: SimulatedArray, random: inout SeededRandom) {
    self.array = array
    tries = random.below(5)
    aparts = random.below(5)
    for kind in Kind.allCases {
      let usual: UInt64 =
        switch kind {
        case .write: 40
        case .trim, .read, .flush, .snapshot, .reclaim: 8
        case .restore, .delete, .merge, .relocate: 4
        case .create, .clone, .resize, .snapshotSet, .checkpoint, .flushAll, .ask, .illegal: 2
        case .addPool, .extendPool, .removePool, .setReserve, .setStaging: 2
        }
      // Each kind is left out, rare, usual or frequent.
      let factor = random.pick([0, 1, 4, 4, 16] as [UInt64]) ?? 4
      weights.append((kind, kind == .write ? usual * 4 : usual * factor))
    }
  }

  /// The calls of a further step begin.
  mutating func beginStep() { joining = [] }

  mutating func next(
    _ model: ReferenceModel, _ engine: Engine, lane: UInt8, _ random: inout SeededRandom
  ) -> SimulatedCall {
    SimulatedCall(
      operation: operation(model, engine, lane: lane, &random),
      triesFirst: random.chance(tries, in: 4))
  }

  private mutating func operation(
    _ model: ReferenceModel, _ engine: Engine, lane: UInt8, _ random: inout SeededRandom
  ) -> SimulatedOperation {
    let live = model.images.keys.filter { model.images[$0]?.role == .live }.sorted()
    guard let volume = random.pick(live), let image = model.images[volume] else {
      return create(model, engine, lane, &random)
    }
    if model.images.count > Self.imageLimit && random.chance(1, in: 2) {
      return delete(model, lane, &random)
    }
    switch drawKind(&random) {
    case .write:
      let linked = model.images.filter { $0.value.role == .generation }.keys.sorted()
      let target = random.chance(1, in: 12) ? random.pick(linked) : volume
      return write(target ?? volume, model, &random)
    case .trim:
      let (offset, count) = range(in: image, &random)
      return .trim(volume, at: offset, count: count)
    case .read:
      let id = random.pick(model.images.keys.sorted()) ?? volume
      let (offset, count) = range(in: model.images[id] ?? image, &random)
      return .read(id, at: offset, count: count)
    case .flush: return .flush(volume)
    case .snapshot:
      return commit([snapshot(volume, model, engine, &random)], lane)
    case .snapshotSet:
      let operations = live.map { snapshot($0, model, engine, &random) }
      return commit(operations, lane)
    case .restore: return restore(volume, model, engine, lane, &random)
    case .delete: return delete(model, lane, &random)
    case .create: return create(model, engine, lane, &random)
    case .clone:
      let source = random.pick(model.images.keys.sorted()) ?? volume
      return commit([.clone(source: source, as: engine.nextImageID())], lane)
    case .resize:
      let length = image.length + (1 + random.below(20)) * ChunkGeometry.blockBytes * 3
      return commit([.resize(volume, length: ByteCount(length))], lane)
    case .reclaim: return .reclaim(step: 1 + random.below(40))
    case .merge:
      let id = random.pick(model.images.keys.sorted()) ?? volume
      return .merge(id, from: 0, step: 1 + random.below(30))
    case .relocate:
      let family = model.images.filter { $0.value.family == image.family }.keys
      return .relocate(
        family.sorted(by: >), step: 1 + random.below(20), steps: 1 + random.below(30))
    case .checkpoint: return .checkpoint
    case .flushAll: return .flushAll
    case .ask:
      let images = model.images.keys.sorted()
      return .ask(random.pick(images) ?? volume, random.pick(images) ?? volume)
    case .addPool: return addPool(model, engine, lane, &random)
    case .extendPool: return extendPool(model, engine, lane, &random)
    case .removePool: return removePool(model, lane, &random)
    case .setReserve:
      guard let pool = random.pick(model.pools.keys.sorted()) else { return .checkpoint }
      return commit([.setReserve(pool, chunks: random.below(60))], lane)
    case .setStaging:
      guard let pool = random.pick(model.pools.keys.sorted()) else { return .checkpoint }
      return commit([.setStaging(pool, chunks: random.below(30))], lane)
    case .illegal: return illegal(volume, image, engine, lane, &random)
    }
  }

  private func drawKind(_ random: inout SeededRandom) -> Kind {
    var draw = random.below(weights.reduce(0) { $0 + $1.weight })
    for (kind, weight) in weights {
      if draw < weight { return kind }
      draw -= weight
    }
    return .write
  }

  private func snapshot(
    _ source: ImageID, _ model: ReferenceModel, _ engine: Engine, _ random: inout SeededRandom
  ) -> EngineOperation {
    let isApart = random.chance(aparts, in: 4)
    let home = isApart ? random.pick(model.pools.keys.sorted()) : nil
    return .snapshot(source: source, as: engine.nextImageID(), pool: home)
  }

  mutating func commit(_ operations: [EngineOperation], _ lane: UInt8) -> SimulatedOperation {
    mark += 1
    return .commit(operations, lane: lane, mark: mark)
  }

  mutating func write(
    _ id: ImageID, _ model: ReferenceModel, _ random: inout SeededRandom
  ) -> SimulatedOperation {
    guard let image = model.images[id] else { return .pushJournal }
    let (offset, count) = range(in: image, &random)
    sequence += 1
    return .write(id, at: offset, count: count, sequence: sequence)
  }

  /// A range inside the image, around few places so that calls meet.
  private func range(
    in image: ReferenceImage, _ random: inout SeededRandom
  ) -> (offset: UInt64, count: UInt64) {
    let chunks = ChunkGeometry.chunks(covering: ByteCount(image.length))
    let leaf = UInt64(MapPageLayout.entries)
    let places: [UInt64] = [0, 0, 1, 2, 3, leaf - 1, leaf, leaf + 1, 2 * leaf, chunks - 1]
    let chunk = min(random.pick(places) ?? 0, chunks - 1)
    let block = ChunkGeometry.blockBytes
    let inChunk = random.below(ChunkGeometry.blocksPerChunk) * block
    var offset = chunk * ChunkGeometry.chunkBytes + inChunk
    var count: UInt64
    switch random.below(10) {
    case 0...3: count = block
    case 4, 5:
      offset += random.below(block)
      count = 1 + random.below(block)
    case 6: count = block * (1 + random.below(8))
    case 7:
      offset -= inChunk
      count = ChunkGeometry.chunkBytes
    case 8:
      offset += random.below(block)
      count = 1 + random.below(2 * ChunkGeometry.chunkBytes)
    default:
      offset -= inChunk
      count = block * (1 + random.below(2 * ChunkGeometry.blocksPerChunk))
    }
    offset = min(offset, image.length - 1)
    count = min(count, image.length - offset)
    return (offset, count)
  }

  private mutating func create(
    _ model: ReferenceModel, _ engine: Engine, _ lane: UInt8, _ random: inout SeededRandom
  ) -> SimulatedOperation {
    guard let id = random.pick(model.pools.keys.sorted()), let pool = model.pools[id] else {
      return .pushJournal
    }
    return commit([volume(in: id, room: pool.total - pool.allowance, engine, &random)], lane)
  }

  func volume(
    in pool: PoolID, room: UInt64, _ engine: Engine, _ random: inout SeededRandom
  ) -> EngineOperation {
    let most = min(max(1, room / 2), Self.largestVolume)
    let chunks = Self.smallestVolume + random.below(most)
    let blocks = chunks * ChunkGeometry.blocksPerChunk - random.below(ChunkGeometry.blocksPerChunk)
    let length = ByteCount(blocks * ChunkGeometry.blockBytes)
    return .create(engine.nextImageID(), pool: pool, length: length)
  }

  private mutating func restore(
    _ volume: ImageID, _ model: ReferenceModel, _ engine: Engine, _ lane: UInt8,
    _ random: inout SeededRandom
  ) -> SimulatedOperation {
    guard let image = model.images[volume] else { return .pushJournal }
    // A generation of its own family, or any of its pool that it is to become a copy of. What
    // a volume of another pool is now comes by copying, as the array does it.
    let sources = model.images.filter {
      $0.key != volume && $0.value.length <= image.length
        && ($0.value.pool == image.pool
          || $0.value.family == image.family && $0.value.role != .live)
    }
    guard let source = random.pick(sources.keys.sorted()) else {
      return commit([.snapshot(source: volume, as: engine.nextImageID())], lane)
    }
    let undo = random.chance(1, in: 2) ? engine.nextImageID() : nil
    var operations: [EngineOperation] = [.restore(target: volume, from: source, undo: undo)]
    if random.chance(1, in: 4), model.images[source]?.role != .live {
      operations.append(.delete(source))
    }
    return commit(operations, lane)
  }

  private mutating func delete(
    _ model: ReferenceModel, _ lane: UInt8, _ random: inout SeededRandom
  ) -> SimulatedOperation {
    let generations = model.images.keys.filter { model.images[$0]?.role != .live }.sorted()
    let all = model.images.keys.sorted()
    guard let id = random.pick(generations.isEmpty || random.chance(1, in: 6) ? all : generations)
    else { return .pushJournal }
    var set = [id]
    if random.chance(1, in: 4), let other = random.pick(generations), other != id {
      set.append(other)
    }
    return commit(set.map { .delete($0) }, lane)
  }

  /// What has to be refused without a trace.
  private mutating func illegal(
    _ volume: ImageID, _ image: ReferenceImage, _ engine: Engine, _ lane: UInt8,
    _ random: inout SeededRandom
  ) -> SimulatedOperation {
    let nobody = ImageID(1 << 40)
    switch random.below(5) {
    case 0: return .read(nobody, at: 0, count: 4096)
    case 1:
      sequence += 1
      return .write(volume, at: image.length - 1, count: 2, sequence: sequence)
    case 2:
      return commit(
        [.snapshot(source: volume, as: engine.nextImageID()), .delete(nobody)], lane)
    case 3: return commit([.snapshot(source: volume, as: volume)], lane)
    default:
      let tooLong = ByteCount(1 << 50)
      return commit(
        [
          .snapshot(source: volume, as: engine.nextImageID()), .resize(volume, length: tooLong),
        ], lane)
    }
  }
}
