import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiModel
import SedaiMonitor

extension ArrayState {
  /// The pool of a volume's generations; its own while it has none.
  func homeOfGenerations(of base: Disk) -> PoolID {
    families[base.id]?.generations.first.flatMap { disks[$0.volume]?.pool } ?? base.pool
  }

  /// Volumes of a pool whose generations are in another one.
  func apart(in pool: PoolID) -> [Disk] {
    disks.values.filter {
      $0.pool == pool && $0.volume != nil && homeOfGenerations(of: $0) != pool
    }
  }

  /// Everything made of a volume, the newest first.
  func images(of base: Disk) -> [ImageID] {
    guard let volume = base.volume else { return [] }
    let active = families[base.id]?.active ?? []
    return [volume.image] + [volume.undo].compactMap { $0 } + active.reversed().map(\.image)
  }
}

/// Volumes whose generations are in another pool.
extension DiskArray {
  /// One part in so many of a pool is set aside for staging, if that is more than the floor.
  private static let stagingShare: UInt64 = 100

  /// The first volume of a pool gets generations in another one: what they have not moved yet
  /// will need room.
  func setStagingAside(in pool: PoolID, _ change: inout Change) {
    guard let capacity = engine.capacity(of: pool), capacity.staging == 0 else { return }
    let floor = ChunkGeometry.chunks(covering: ByteCount(environment.stagingFloor))
    change.perform(
      .setStaging(pool, chunks: max(floor, capacity.total / Self.stagingShare)))
  }

  /// Gives staging areas back that no volume needs any more.
  func releaseStaging() {
    for capacity in engine.pools() where capacity.staging > 0 {
      let pool = capacity.pool
      // Tried again at the next look if a snapshot or restore came between.
      _ = try? perform(by: nil) { (state, change) throws(DiskArrayError) in
        guard state.apart(in: pool).isEmpty, let now = engine.capacity(of: pool),
          now.reserveHeld <= now.reserve,
          !state.disks.values.contains(where: { isReturning($0, to: pool) })
        else { return }
        change.perform(.setStaging(pool, chunks: 0))
      }
    }
  }

  private func isReturning(_ disk: Disk, to pool: PoolID) -> Bool {
    guard disk.pool == pool, let volume = disk.volume else { return false }
    return engine.image(volume.image)?.isApart == true
  }

  /// Chunks moved in one step on behalf of a writer that waits.
  private static let moveStep = 64

  /// Moves what generations have in a pool that is not theirs, until something came out of
  /// it. False if nothing can be moved: there is nothing, or the other pool is full or gone.
  func moveSome(from pool: PoolID) -> Bool {
    let families = state.withLock { state in
      state.apart(in: pool).sorted { $0.id < $1.id }.map { state.images(of: $0) }
    }
    for family in families {
      // One whose pool fails leaves the others.
      guard let isMoved = try? moveSome(of: family) else { continue }
      if isMoved { return true }
    }
    return false
  }

  private func moveSome(of family: [ImageID]) throws(EngineError) -> Bool {
    var next: ChunkIndex? = ChunkIndex(0)
    while let start = next {
      let progress = try engine.relocate(family, from: start, limit: Self.moveStep)
      if progress.moved > 0 { return true }
      next = progress.next
    }
    return false
  }
}
