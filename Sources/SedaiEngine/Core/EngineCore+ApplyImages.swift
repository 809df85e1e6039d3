import SedaiBytes
import SedaiFormat

/// Effects of the records that concern whole images and pools.
extension EngineCore {
  func applyToImages(_ record: JournalRecord) throws(CoreSignal) {
    switch record {
    case .create(let id, let role, let poolID, let length, let epoch):
      let new = ArrayState.Image(id: id, role: role, pool: poolID, length: length, epoch: epoch)
      try add(new)
    case .derive(let id, let role, let source, let epoch, let sourceEpoch, let home):
      let source = try image(source)
      try gainRoot(source.record.root)
      var new = source.record
      new.id = id
      new.role = role
      new.epoch = epoch
      if let home {
        new.pool = home
        new.isApart = new.isApart || home != source.record.pool
      }
      source.record.epoch = sourceEpoch
      nextEpoch = max(nextEpoch, sourceEpoch + 1)
      try add(new)
    case .restore(let target, let source, let undo, let epoch, let sourceEpoch):
      try applyRestore(target, source, undo, epoch, sourceEpoch)
    case .delete(let id):
      let image = try image(id)
      forget(image.record)
      if image.record.root != .none { releasing.append(image.record.root) }
      images[id] = nil
    case .resize(let id, let length):
      let image = try image(id)
      if image.record.role == .live, let pool = pools[image.record.pool] {
        pool.promised -= promise(image.record)
        image.record.length = length
        pool.promised += promise(image.record)
      } else {
        image.record.length = length
      }
    case .atHome(let id): try image(id).record.isApart = false
    default: break
    }
  }

  private func gainRoot(_ root: PageNumber) throws(CoreSignal) {
    if root != .none { try gain(place(ofPage: root)) }
  }

  func promise(_ image: ArrayState.Image) -> UInt64 {
    ChunkGeometry.chunks(covering: ByteCount(image.length))
  }

  private func add(_ record: ArrayState.Image) throws(CoreSignal) {
    let pool = try pool(record.pool)
    images[record.id] = ImageState(record)
    nextImage = max(nextImage, record.id.rawValue + 1)
    nextEpoch = max(nextEpoch, record.epoch + 1)
    account(record, in: pool)
  }

  /// Adds what a live image counts for to the sums of its pool.
  func account(_ record: ArrayState.Image, in pool: PoolState) {
    guard record.role == .live else { return }
    pool.promised += promise(record)
    pool.liveMapped += record.mapped
    pool.liveOverlays += record.overlays
    livePages += record.pages
  }

  private func forget(_ record: ArrayState.Image) {
    guard record.role == .live, let pool = pools[record.pool] else { return }
    pool.promised -= promise(record)
    pool.liveMapped -= record.mapped
    pool.liveOverlays -= record.overlays
    livePages -= record.pages
  }

  private func applyRestore(
    _ target: ImageID, _ source: ImageID, _ undo: ImageID, _ epoch: UInt64,
    _ sourceEpoch: UInt64
  ) throws(CoreSignal) {
    let target = try image(target)
    let source = try image(source)
    try gainRoot(source.record.root)
    var old = target.record
    forget(old)
    target.record.root = source.record.root
    target.record.height = source.record.height
    target.record.mapped = source.record.mapped
    target.record.overlays = source.record.overlays
    target.record.pages = source.record.pages
    target.record.isApart = source.record.isApart || source.record.pool != target.record.pool
    target.record.epoch = epoch
    target.checkedTo = 0
    source.record.epoch = sourceEpoch
    nextEpoch = max(nextEpoch, max(epoch, sourceEpoch) + 1)
    if let pool = pools[target.record.pool] { account(target.record, in: pool) }
    if undo.rawValue != 0 {
      old.id = undo
      old.role = .undo
      old.isApart = old.isApart || old.pool != source.record.pool
      old.pool = source.record.pool
      try add(old)
    } else if old.root != .none {
      releasing.append(old.root)
    }
  }

  /// Owner of segments whose pool was removed.
  static let noPool = PoolID(255)

  func applyToPools(_ record: JournalRecord) throws(CoreSignal) {
    switch record {
    case .pool(let id, let isSparse, let members):
      if let pool = pools[id] {
        pool.extend(members)
      } else {
        pools[id] = PoolState(id: id, isSparse: isSparse, members: members, free: nil)
      }
    case .removePool(let id):
      pools[id] = nil
      log.forget(id)
      cache.purge { PageKey.counts($0, areOf: id) }
      for (index, purpose) in segments.enumerated() {
        if case .counts(id, _) = purpose { segments[index] = .counts(Self.noPool, first: 0) }
      }
    case .reserve(let id, let chunks): try pool(id).reserve = chunks
    case .staging(let id, let chunks): try pool(id).staging = chunks
    case .poisoned(let id): try pool(id).condition = .poisoned
    default: break
    }
  }
}
