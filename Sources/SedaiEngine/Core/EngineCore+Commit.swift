import SedaiBytes
import SedaiFormat

/// Labelled devices that are to join a pool.
struct PreparedMembers {
  var pool: PoolID
  var records: [PoolMemberRecord]
  var devices: [any BlockDevice]
}

/// A commit, decided before anything of it is done.
struct CommitPlan {
  var records: [JournalRecord] = []
  /// Images that must be idle while the commit happens.
  var drained: Set<ImageID> = []
  /// Images whose writes under way the answer waits for.
  var awaited: Set<ImageID> = []
}

/// Checks operations one after another against what the ones before would leave, then
/// applies all of them.
extension EngineCore {
  /// What the operations decided so far would leave.
  private struct Draft {
    var images: [ImageID: ArrayState.Image?] = [:]
    var promised: [PoolID: Int64] = [:]
    var liveMapped: [PoolID: Int64] = [:]
    var liveOverlays: [PoolID: Int64] = [:]
    var reserve: [PoolID: UInt64] = [:]
    var staging: [PoolID: UInt64] = [:]
    var nextImage: UInt64
    var nextEpoch: UInt64
    var segments: Int
    /// Chunks of pools that are made or extended.
    var totals: [PoolID: UInt64] = [:]
    var removedPools: Set<PoolID> = []
    /// Prepared members that operations have taken: one after the other.
    var takenMembers = 0

    mutating func epoch() -> UInt64 {
      defer { nextEpoch += 1 }
      return nextEpoch
    }
  }

  /// Largest image.
  static let lengthLimit: UInt64 = 64 << 40
  /// Smallest image.
  static let lengthFloor: UInt64 = 1 << 20

  func plan(
    _ operations: [EngineOperation], _ catalogue: [CatalogueChange],
    prepared: [PreparedMembers]
  ) throws(CoreSignal) -> CommitPlan {
    try ensureOpen()
    try ensureRoom()
    var draft = Draft(nextImage: nextImage, nextEpoch: nextEpoch, segments: segments.count)
    var plan = CommitPlan()
    for operation in operations { try decide(operation, prepared, &draft, &plan) }
    try reservePages(&draft, &plan)
    for change in catalogue {
      switch change {
      case .put(let key, let value): plan.records.append(.put(key: key, value: value))
      case .remove(let key): plan.records.append(.remove(key: key))
      }
    }
    return plan
  }

  private func lookUp(_ id: ImageID, _ draft: Draft) throws(CoreSignal) -> ArrayState.Image {
    if let drafted = draft.images[id] {
      guard let image = drafted else { throw .failed(.noSuchImage(id)) }
      return image
    }
    return try image(id).record
  }

  private func ensureNew(_ id: ImageID, _ draft: inout Draft) throws(CoreSignal) {
    guard images[id] == nil, draft.images[id] == nil, id.rawValue != 0 else {
      throw .failed(.imageExists(id))
    }
    draft.nextImage = max(draft.nextImage, id.rawValue + 1)
  }

  private func checkedLength(_ length: ByteCount) throws(CoreSignal) {
    guard length.rawValue % ChunkGeometry.blockBytes == 0,
      length.rawValue >= Self.lengthFloor, length.rawValue <= Self.lengthLimit
    else { throw .failed(.badLength) }
  }

  /// Charges `more` chunks to what the pool promises.
  private func charge(
    _ id: PoolID, _ more: UInt64, _ draft: inout Draft
  ) throws(CoreSignal) {
    let pool = try facts(id, draft)
    guard pool.promised + Int64(more) + pool.allowance <= pool.total else {
      throw .failed(.poolFull(id))
    }
    draft.promised[id, default: 0] += Int64(more)
  }

  /// Charges the second chunks of a live image to the reserve, see ``PoolState/takesOverlay``.
  private func chargeOverlays(
    _ id: PoolID, _ more: Int64, _ draft: inout Draft
  ) throws(CoreSignal) {
    let pool = try facts(id, draft)
    guard more <= 0 || pool.liveOverlays + more <= pool.allowance else {
      throw .failed(.reserveFull(id))
    }
    draft.liveOverlays[id, default: 0] += more
  }

  /// A pool as the operations decided so far would leave it, in chunks.
  private struct PoolFacts {
    var total: Int64 = 0
    var promised: Int64 = 0
    var reserve: Int64 = 0
    var staging: Int64 = 0
    /// Chunks that live images do not account for.
    var heldBeyondLive: Int64 = 0
    var liveOverlays: Int64 = 0

    var allowance: Int64 { reserve + staging }
  }

  /// A pool that no earlier operation removes.
  private func pool(_ id: PoolID, _ draft: Draft) throws(CoreSignal) -> PoolState {
    if draft.removedPools.contains(id) { throw .failed(.noSuchPool(id)) }
    return try pool(id)
  }

  private func facts(_ id: PoolID, _ draft: Draft) throws(CoreSignal) -> PoolFacts {
    var facts = PoolFacts()
    if let total = draft.totals[id] {
      facts.total = Int64(total)
    } else {
      facts.total = Int64(try pool(id, draft).space.total)
    }
    facts.promised = Int64(pools[id]?.promised ?? 0) + draft.promised[id, default: 0]
    facts.reserve = Int64(draft.reserve[id] ?? pools[id]?.reserve ?? 0)
    facts.staging = Int64(draft.staging[id] ?? pools[id]?.staging ?? 0)
    facts.heldBeyondLive =
      Int64(pools[id]?.held ?? 0) - Int64(pools[id]?.liveMapped ?? 0)
      - draft.liveMapped[id, default: 0]
    facts.liveOverlays =
      Int64(pools[id]?.liveOverlays ?? 0) + draft.liveOverlays[id, default: 0]
    return facts
  }

  private func usable(_ id: PoolID, _ draft: Draft) throws(CoreSignal) {
    if pools[id] == nil, draft.totals[id] != nil { return }
    let pool = try pool(id, draft)
    if pool.condition == .poisoned { throw .failed(.poolPoisoned(id)) }
    if pool.devices == nil { throw .failed(.poolMissing(id)) }
  }

  private func decide(
    _ operation: EngineOperation, _ prepared: [PreparedMembers], _ draft: inout Draft,
    _ plan: inout CommitPlan
  ) throws(CoreSignal) {
    switch operation {
    case .addPool(let id, _, let isSparse):
      guard pools[id] == nil, draft.totals[id] == nil, id != Self.noPool else {
        throw .failed(.poolExists(id))
      }
      try decideMembers(id, isSparse, prepared, &draft, &plan)
    case .extendPool(let id, _):
      try usable(id, draft)
      try decideMembers(id, try pool(id).isSparse, prepared, &draft, &plan)
    case .removePool(let id): try decideRemove(id, &draft, &plan)
    case .setReserve(let id, let chunks):
      let pool = try facts(id, draft)
      try checkAllowance(pool, id, other: pool.staging, chunks)
      draft.reserve[id] = chunks
      plan.records.append(.reserve(id, chunks: chunks))
    case .setStaging(let id, let chunks):
      let pool = try facts(id, draft)
      try checkAllowance(pool, id, other: pool.reserve, chunks)
      draft.staging[id] = chunks
      plan.records.append(.staging(id, chunks: chunks))
    case .create(let id, let poolID, let length):
      try ensureNew(id, &draft)
      try checkedLength(length)
      try usable(poolID, draft)
      try charge(poolID, ChunkGeometry.chunks(covering: length), &draft)
      let image = ArrayState.Image(
        id: id, role: .live, pool: poolID, length: length.rawValue, epoch: draft.epoch())
      draft.images[id] = .some(image)
      plan.records.append(
        .create(id, role: .live, pool: poolID, length: length.rawValue, epoch: image.epoch))
    case .snapshot(let source, let id, let home):
      try derive(id, .generation, source, home, &draft, &plan)
    case .clone(let source, let id): try derive(id, .live, source, nil, &draft, &plan)
    case .restore(let target, let source, let undo):
      try decideRestore(target, source, undo, &draft, &plan)
    case .delete(let id):
      let image = try lookUp(id, draft)
      if image.role == .live {
        draft.promised[image.pool, default: 0] -= Int64(promise(image))
        draft.liveMapped[image.pool, default: 0] -= Int64(image.mapped)
        draft.liveOverlays[image.pool, default: 0] -= Int64(image.overlays)
      }
      draft.images[id] = .some(nil)
      plan.drained.insert(id)
      plan.records.append(.delete(id))
    case .resize(let id, let length):
      var image = try lookUp(id, draft)
      try checkedLength(length)
      guard length.rawValue >= image.length else { throw .failed(.badLength) }
      if image.role == .live {
        let more = ChunkGeometry.chunks(covering: length) - promise(image)
        try charge(image.pool, more, &draft)
      }
      image.length = length.rawValue
      draft.images[id] = .some(image)
      plan.records.append(.resize(id, length: length.rawValue))
    }
  }

  /// Whether a pool can set `chunks` aside, beside `other` ones for another purpose, and
  /// whether that is enough for what is held.
  private func checkAllowance(
    _ pool: PoolFacts, _ id: PoolID, other: Int64, _ chunks: UInt64
  ) throws(CoreSignal) {
    guard Int64(clamping: chunks) <= pool.total - pool.promised - other else {
      throw .failed(.poolFull(id))
    }
    let allowance = Int64(chunks) + other
    guard pool.heldBeyondLive <= allowance, pool.liveOverlays <= allowance else {
      throw .failed(.reserveFull(id))
    }
  }

  private func decideMembers(
    _ id: PoolID, _ isSparse: Bool, _ prepared: [PreparedMembers], _ draft: inout Draft,
    _ plan: inout CommitPlan
  ) throws(CoreSignal) {
    let members = prepared[draft.takenMembers].records
    draft.takenMembers += 1
    plan.records.append(.pool(id, isSparse: isSparse, members: members))
    let before = draft.totals[id] ?? pools[id]?.space.total ?? 0
    let chunks = before + members.reduce(0) { $0 + $1.chunks }
    guard chunks < ChunkAddress.indexLimit else { throw .failed(.badLength) }
    draft.totals[id] = chunks
    let each = UInt64(MapPageLayout.counts * countPagesPerSegment)
    for number in Int((before + each - 1) / each)..<Int((chunks + each - 1) / each) {
      let first = UInt64(number * countPagesPerSegment)
      try addSegment(.counts(id, first: first), &draft, &plan)
    }
  }

  private func addSegment(
    _ purpose: SegmentPurpose, _ draft: inout Draft, _ plan: inout CommitPlan
  ) throws(CoreSignal) {
    plan.records.append(.segment(index: UInt64(draft.segments), purpose))
    draft.segments += 1
    if draft.segments > grownSegments { throw .grow(draft.segments) }
  }

  /// Takes as many segments as the promised images may need map pages at worst.
  private func reservePages(_ draft: inout Draft, _ plan: inout CommitPlan) throws(CoreSignal) {
    var wanted: UInt64 = 0
    var isGrowing = false
    for (id, drafted) in draft.images {
      guard let image = drafted, image.role == .live else { continue }
      let before = images[id].map { MapPageLayout.pages(chunks: promise($0.record)) } ?? 0
      let after = MapPageLayout.pages(chunks: promise(image))
      if after > before {
        wanted += after - before
        isGrowing = true
      }
    }
    guard isGrowing || !draft.reserve.isEmpty || !draft.staging.isEmpty else { return }
    for (id, chunks) in draft.reserve {
      wanted += chunks > (pools[id]?.reserve ?? 0) ? chunks / Self.reserveChunksPerPage : 0
    }
    for (id, chunks) in draft.staging {
      wanted += chunks > (pools[id]?.staging ?? 0) ? chunks / Self.reserveChunksPerPage : 0
    }
    wanted += pagesWanted
    guard wanted > map.total else { return }
    let segments = (wanted - map.total + UInt64(pagesPerSegment) - 1) / UInt64(pagesPerSegment)
    if draft.segments + Int(segments) > grownSegments {
      throw .grow(draft.segments + Int(segments))
    }
    for _ in 0..<segments { try addSegment(.mapPages, &draft, &plan) }
  }

  private func decideRemove(
    _ id: PoolID, _ draft: inout Draft, _ plan: inout CommitPlan
  ) throws(CoreSignal) {
    let pool = try pool(id, draft)
    let isUsed = images.values.contains {
      $0.record.pool == id && draft.images[$0.record.id] == nil
    }
    guard !isUsed, releasing.isEmpty, pool.held == 0,
      !draft.images.values.contains(where: { $0?.pool == id })
    else { throw .failed(.poolInUse(id)) }
    // Its count pages are forgotten with it; a checkpoint may be writing them just now. What
    // a flush or discard under way notes must not fall to a later pool of the same number.
    // After a power cut its chunks may be in use again.
    if !pool.uncoveredWriters().isEmpty { throw .cover(id) }
    if isCheckpointing || pool.isFlushing || pool.discarding > 0 { throw .wait }
    draft.removedPools.insert(id)
    plan.records.append(.removePool(id))
  }

  private func derive(
    _ id: ImageID, _ role: ImageRole, _ source: ImageID, _ home: PoolID?, _ draft: inout Draft,
    _ plan: inout CommitPlan
  ) throws(CoreSignal) {
    try ensureNew(id, &draft)
    var image = try lookUp(source, draft)
    try usable(image.pool, draft)
    let home = home == image.pool ? nil : home
    if let home { try usable(home, draft) }
    if role == .live {
      try charge(image.pool, promise(image), &draft)
      try chargeOverlays(image.pool, Int64(image.overlays), &draft)
    }
    if image.root != .none { _ = try place(ofPage: image.root) }
    let epoch = draft.epoch()
    image.epoch = draft.epoch()
    draft.images[source] = .some(image)
    plan.records.append(
      .derive(
        id, role: role, source: source, epoch: epoch, sourceEpoch: image.epoch, pool: home))
    image.id = id
    image.role = role
    image.epoch = epoch
    if let home {
      image.pool = home
      image.isApart = true
    }
    draft.images[id] = .some(image)
    if role == .live { draft.liveMapped[image.pool, default: 0] += Int64(image.mapped) }
    plan.awaited.insert(source)
  }

  private func decideRestore(
    _ target: ImageID, _ source: ImageID, _ undo: ImageID?, _ draft: inout Draft,
    _ plan: inout CommitPlan
  ) throws(CoreSignal) {
    if let undo { try ensureNew(undo, &draft) }
    var old = try lookUp(target, draft)
    var from = try lookUp(source, draft)
    guard target != source else { throw .failed(.imageExists(source)) }
    guard from.length <= old.length else { throw .failed(.badLength) }
    try usable(old.pool, draft)
    if from.pool != old.pool { try usable(from.pool, draft) }
    if from.root != .none { _ = try place(ofPage: from.root) }
    let change = Int64(from.mapped) - Int64(old.mapped)
    let pool = try pool(old.pool)
    if old.role == .live {
      let live = Int64(pool.liveMapped) + draft.liveMapped[old.pool, default: 0] + change
      if undo != nil, Int64(pool.held) > live + Int64(pool.allowance) {
        throw reserveSignal(pool)
      }
      draft.liveMapped[old.pool, default: 0] += change
      let overlays = Int64(from.overlays) - Int64(old.overlays)
      if from.pool == old.pool {
        try chargeOverlays(old.pool, overlays, &draft)
      } else {
        // Copying back makes them whole.
        draft.liveOverlays[old.pool, default: 0] += overlays
      }
    }
    let epoch = draft.epoch()
    from.epoch = draft.epoch()
    plan.records.append(
      .restore(
        target: target, source: source, undo: undo ?? ImageID(0), epoch: epoch,
        sourceEpoch: from.epoch))
    if let undo {
      var kept = old
      kept.id = undo
      kept.role = .undo
      kept.pool = from.pool
      kept.isApart = kept.isApart || old.pool != from.pool
      draft.images[undo] = .some(kept)
    }
    old.isApart = from.isApart || from.pool != old.pool
    old.root = from.root
    old.height = from.height
    old.mapped = from.mapped
    old.overlays = from.overlays
    old.epoch = epoch
    draft.images[target] = .some(old)
    draft.images[source] = .some(from)
    plan.drained.insert(target)
    plan.awaited.insert(source)
  }

  /// Applies a plan made under the same lock, with nothing in between.
  func commit(_ plan: CommitPlan) throws(CoreSignal) {
    for record in plan.records { try perform(record) }
    changes &+= 1
  }
}
