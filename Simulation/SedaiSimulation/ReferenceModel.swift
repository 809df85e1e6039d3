internal import SedaiBytes
internal import SedaiEngine
internal import SedaiFormat

/// What the engine did that it must not.
public struct Violation: Error, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

/// One image as the model knows it.
struct ReferenceImage: Sendable {
  var role: ImageRole
  /// Where it belongs.
  private(set) var pool: PoolID
  /// Pools that its content may have been written to, and those of them that were flushed
  /// since.
  private var writtenTo: Set<PoolID>
  private var flushedPools: Set<PoolID> = []
  /// The volume that it, or what it was copied from, was made as.
  let family: ImageID
  var length: UInt64
  /// Blocks that ever held anything but zeroes.
  private(set) var blocks: [UInt64: BlockState] = [:]
  /// The blocks that are not known for certain, or would not be after a power cut.
  private(set) var unsettled: Set<UInt64> = []
  /// Chunk indices that may have a chunk: no other one may be counted as mapped.
  private(set) var touched: Set<UInt64> = []

  init(family: ImageID, pool: PoolID, length: UInt64) {
    role = .live
    self.family = family
    self.pool = pool
    self.length = length
    writtenTo = [pool]
  }

  mutating func belong(to pool: PoolID) {
    self.pool = pool
    writtenTo.insert(pool)
  }

  func state(of block: UInt64) -> BlockState { blocks[block] ?? .zero }

  /// The states of all blocks that a range touches.
  func states(at offset: UInt64, count: UInt64) -> [UInt64: BlockState] {
    guard count > 0 else { return [:] }
    let first = offset / ChunkGeometry.blockBytes
    let last = (offset + count - 1) / ChunkGeometry.blockBytes
    return Dictionary(uniqueKeysWithValues: (first...last).map { ($0, state(of: $0)) })
  }

  /// Chunk indices that must have a chunk, because they hold something.
  var certainlyMapped: Int {
    var chunks: Set<UInt64> = []
    for (block, state) in blocks where state.now.allSatisfy({ !$0.isZero }) {
      chunks.insert(block / ChunkGeometry.blocksPerChunk)
    }
    return chunks.count
  }

  mutating func change(_ block: UInt64, _ body: (inout BlockState) -> Void) {
    body(&blocks[block, default: .zero])
    unsettled.insert(block)
    flushedPools.remove(pool)
    touched.insert(block / ChunkGeometry.blocksPerChunk)
  }

  /// Only what was written to a flushed pool is sure to be durable.
  mutating func flushed(pool: PoolID) {
    flushedPools.insert(pool)
    guard writtenTo.isSubset(of: flushedPools) else { return }
    flushed()
  }

  mutating func flushed() {
    for block in unsettled { blocks[block]?.flushed() }
  }

  mutating func lostDurability() {
    for block in unsettled { blocks[block]?.lostDurability() }
  }

  mutating func observed(_ block: UInt64, _ content: BlockContent, isSettled: Bool) {
    blocks[block]?.observed(content, isSettled: isSettled)
    if blocks[block]?.isCertain == true { unsettled.remove(block) }
  }

  mutating func merge(_ other: ReferenceImage) {
    for block in Set(blocks.keys).union(other.blocks.keys) {
      blocks[block, default: .zero].merge(other.state(of: block))
      if blocks[block]?.isCertain == false { unsettled.insert(block) }
    }
    touched.formUnion(other.touched)
    writtenTo.formUnion(other.writtenTo)
    flushedPools.formIntersection(other.flushedPools)
  }
}

/// What every image must hold, as a dictionary of blocks: the engine's behaviour without
/// chunks, trees, journal or sharing.
public struct ReferenceModel: Sendable {
  var images: [ImageID: ReferenceImage] = [:]
  var pools: [PoolID: ReferencePool] = [:]
  /// The mark of the last commit of each lane.
  var marks: [UInt8: UInt64] = [:]
  /// Devices were made to fail, so calls may fail with device errors.
  var allowsDeviceErrors = false
  /// Images that a call at the same time may have deleted.
  var doomed: Set<ImageID> = []
  /// A commit at the same time was interrupted: others may have been refused because of what
  /// a crash then undid.
  var hasInterruptedCommit = false
  /// Pools that take no writes until the array is opened again.
  var poisoned: Set<PoolID> = []
  /// Something was deleted, replaced or trimmed, and its space may not be back yet.
  var isReclaiming = true

  public init() {}

  // MARK: Operations

  /// Takes note of a call that ended with `result`; nil: it was interrupted and happened
  /// wholly or (data calls) in part.
  ///
  /// - Throws: if the engine must not have answered so.
  mutating func apply(
    _ operation: SimulatedOperation, _ result: OperationResult?
  ) throws(Violation) {
    if case .failed(let error) = result {
      try check(error, of: operation)
      if case .poolPoisoned(let pool) = error { poisoned.insert(pool) }
      // It flushes all pools, and tells of one that failed.
      if case .poolPoisoned = error, case .flushAll = operation { poisoned.formUnion(pools.keys) }
    }
    let succeeded: Bool
    switch result {
    case .done, .data, .moved: succeeded = true
    case .failed, nil: succeeded = false
    }
    switch operation {
    case .write(let id, let offset, let count, let sequence):
      let bytes = Stamp.bytes(image: id, sequence: sequence, at: offset, count: count)
      try change(id, offset, count, succeeded) { content, range, origin in
        content.overlaid(range, by: bytes, origin: origin)
      }
    case .trim(let id, let offset, let count):
      let zeroes = [UInt8](repeating: 0, count: Int(count))
      try change(id, offset, count, succeeded) { content, range, origin in
        content.overlaid(range, by: zeroes, origin: origin)
      }
    case .read(let id, _, _):
      if succeeded { _ = try existing(id) }
    case .flush(let id):
      if succeeded { flushed(pool: try existing(id).pool) }
    case .commit(let operations, let lane, let mark):
      guard succeeded || result == nil else { return }
      for operation in operations { try commit(operation) }
      marks[lane] = mark
    case .flushAll:
      let pools = Set(pools.keys).subtracting(poisoned)
      if succeeded { for pool in pools { flushed(pool: pool) } }
    case .reclaim, .merge, .relocate, .checkpoint, .pushJournal, .ask: break
    }
  }

  private func existing(_ id: ImageID) throws(Violation) -> ReferenceImage {
    guard let image = images[id] else {
      throw Violation("a call on image \(id.rawValue) succeeded, which does not exist")
    }
    return image
  }

  private mutating func change(
    _ id: ImageID, _ offset: UInt64, _ count: UInt64, _ succeeded: Bool,
    _ body: (BlockContent, Range<Int>, Int) -> BlockContent
  ) throws(Violation) {
    guard images[id] != nil else {
      if succeeded { _ = try existing(id) }
      return
    }
    var position = offset
    while position < offset + count {
      let block = position / ChunkGeometry.blockBytes
      let start = block * ChunkGeometry.blockBytes
      let end = min(start + ChunkGeometry.blockBytes, offset + count)
      let range = Int(position - start)..<Int(end - start)
      // Where the first byte of the whole call lies, seen from this block.
      let origin = Int(offset) - Int(start)
      images[id]?.change(block) { state in
        if succeeded {
          state.change { body($0, range, origin) }
        } else {
          state.perhapsChange { body($0, range, origin) }
        }
      }
      position = end
    }
  }

  mutating func commit(_ operation: EngineOperation) throws(Violation) {
    switch operation {
    case .create(let id, let pool, let length):
      try absent(id)
      _ = try existing(pool)
      images[id] = ReferenceImage(family: id, pool: pool, length: length.rawValue)
    case .snapshot(let source, let id, let home):
      try absent(id)
      var copy = try existing(source)
      copy.role = .generation
      if let home {
        _ = try existing(home)
        copy.belong(to: home)
      }
      images[id] = copy
    case .clone(let source, let id):
      try absent(id)
      var copy = try existing(source)
      copy.role = .live
      images[id] = copy
    case .restore(let target, let source, let undo):
      let old = try existing(target)
      var new = try existing(source)
      new.role = .live
      new.length = old.length
      let home = new.pool
      new.belong(to: old.pool)
      if let undo {
        try absent(undo)
        images[undo] = old
        images[undo]?.role = .undo
        images[undo]?.belong(to: home)
      }
      images[target] = new
    case .delete(let id):
      _ = try existing(id)
      images[id] = nil
    case .resize(let id, let length):
      guard try existing(id).length <= length.rawValue else {
        throw Violation("image \(id.rawValue) was made smaller")
      }
      images[id]?.length = length.rawValue
    case .addPool(let id, let members, _):
      guard pools[id] == nil else { throw Violation("pool \(id.rawValue) was made twice") }
      pools[id] = ReferencePool(members: members)
    case .extendPool(let id, let members):
      _ = try existing(id)
      pools[id]?.extend(members)
    case .removePool(let id):
      _ = try existing(id)
      if images.values.contains(where: { $0.pool == id }) {
        throw Violation("pool \(id.rawValue) was removed with images in it")
      }
      pools[id] = nil
    case .setReserve(let id, let chunks):
      _ = try existing(id)
      pools[id]?.reserve = chunks
    case .setStaging(let id, let chunks):
      _ = try existing(id)
      pools[id]?.staging = chunks
    }
  }

  private func existing(_ id: PoolID) throws(Violation) -> ReferencePool {
    guard let pool = pools[id] else {
      throw Violation("a call on pool \(id.rawValue) succeeded, which does not exist")
    }
    return pool
  }

  private func absent(_ id: ImageID) throws(Violation) {
    if images[id] != nil {
      throw Violation("image \(id.rawValue) was made twice")
    }
  }

  // MARK: Durability

  private mutating func flushed(pool: PoolID) {
    for id in images.keys { images[id]?.flushed(pool: pool) }
  }

  /// The array was stopped in good order.
  mutating func allFlushed() {
    for id in images.keys { images[id]?.flushed() }
  }

  /// A flush failed or the power was cut: everything that was not durable is in doubt.
  mutating func lostDurability() {
    for id in images.keys { images[id]?.lostDurability() }
  }

  // MARK: Possible worlds

  /// What is wrong with the images and the catalogue of `engine`; nil if nothing is.
  func difference(from engine: Engine) -> String? {
    if let problem = poolDifference(from: engine) { return problem }
    let facts = engine.images()
    for fact in facts {
      guard let image = images[fact.id] else { return "image \(fact.id.rawValue) should not be" }
      guard image.role == fact.role, image.pool == fact.pool else {
        return "image \(fact.id.rawValue) is \(fact.role) in pool \(fact.pool.rawValue),"
          + " not \(image.role) in \(image.pool.rawValue)"
      }
      guard image.length == fact.length.rawValue else {
        return "image \(fact.id.rawValue) has \(fact.length.rawValue) bytes, not \(image.length)"
      }
    }
    if let lost = images.keys.filter({ id in !facts.contains { $0.id == id } }).min() {
      return "image \(lost.rawValue) is lost"
    }
    let catalogue = engine.catalogue().filter { $0.key.count == 1 }
    let found = Dictionary(uniqueKeysWithValues: catalogue.map { ($0.key[0], $0.value) })
    let expected = marks.mapValues(SimulatedOperation.encoded)
    return found == expected ? nil : "the catalogue holds \(found), not \(expected)"
  }

  /// Allows what either of two models with the same images allows.
  mutating func merge(_ other: ReferenceModel) {
    for (id, image) in other.images { images[id]?.merge(image) }
  }
}
