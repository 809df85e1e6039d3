import SedaiBytes
import SedaiEngine
import SedaiFormat
public import SedaiModel
import SedaiMonitor

extension DiskArray {
  /// How often the volumes are listed anew because generations came or went meanwhile.
  private static let usageAttempts = 1000

  /// Who uses a pool's snapshot reserve area, exact for one moment.
  ///
  /// - Complexity: O(map pages that generations do not share with their base volumes), under
  ///   the engine's lock: hosts wait that long.
  /// - Throws: `.notPermitted`, `.unknownPool`, `.noReserve`; `.answerTooLarge` if those pages do not fit half
  ///   of the metadata cache.
  public func reserveUsage(of pool: UInt8) throws(DiskArrayError) -> ReserveUsageFacts {
    try viewer?.require(.lookAtReserveUsage)
    for _ in 0..<Self.usageAttempts {
      let (owner, families) = try look {
        (state) throws(DiskArrayError) -> (Pool, [NamedFamily]) in
        let owner = try state.pool(pool)
        guard owner.reserve != nil else {
          throw DiskArrayError(.notFound, .noReserve, ["pool": .text(owner.name.rawValue)])
        }
        return (owner, self.families(in: owner.id, state))
      }
      let usage: ReserveUsage?
      do throws(EngineError) {
        usage = try engine.reserveUsage(of: owner.id, by: families.map(\.images))
      } catch {
        // Removed since it was looked up: then it is unknown at the next look.
        if error == .noSuchPool(owner.id) { continue }
        throw DiskArrayError(error)
      }
      if let usage { return Self.facts(owner, families, usage) }
    }
    throw DiskArrayError(.busy, .catalogueBusy)
  }

  /// A base volume and all images that were made of it.
  private struct NamedFamily: Sendable {
    let base: LogicalDiskName
    let images: Set<ImageID>
    let generations: Int
    let hasUndo: Bool
  }

  /// All volumes that may hold chunks of the pool with their generations, by name.
  private func families(in pool: PoolID, _ state: ArrayState) -> [NamedFamily] {
    let hidden = hiddenImages(in: state)
    return state.disks.values.compactMap { disk -> NamedFamily? in
      guard let volume = disk.volume else { return nil }
      let active = state.families[disk.id]?.active ?? []
      let images = Set(state.images(of: disk) + (hidden[disk.id] ?? []))
      guard
        disk.pool == pool
          || images.contains(where: {
            guard let image = engine.image($0) else { return false }
            return image.isApart || image.pool == pool
          })
      else { return nil }
      return NamedFamily(
        base: disk.name, images: images, generations: active.count,
        hasUndo: volume.undo != nil)
    }.sorted { $0.base < $1.base }
  }

  /// Images kept for pairs, by the volume whose family they are of.
  private func hiddenImages(in state: ArrayState) -> [VolumeID: [ImageID]] {
    var images: [VolumeID: [ImageID]] = [:]
    for replica in state.replicas.values.joined() {
      guard let paired = state.disks[replica].flatMap({ state.pair(ofReplica: $0) }) else {
        continue
      }
      for image in paired.pair.hiddenImages {
        let isOfReplica = engine.image(image)?.pool == paired.replica.pool
        images[isOfReplica ? replica : paired.master.baseID, default: []].append(image)
      }
    }
    return images
  }

  private static func facts(
    _ pool: Pool, _ families: [NamedFamily], _ usage: ReserveUsage
  ) -> ReserveUsageFacts {
    let unit = ChunkGeometry.chunkBytes
    let entries = zip(families, usage.families).map { family, held in
      ReserveUsageFacts.Family(
        base: family.base, generations: family.generations, hasUndo: family.hasUndo,
        allocatedBytes: held.chunks * unit, validBytes: held.validBytes)
    }
    let used = usage.capacity.reserveHeld * unit
    let held = entries.reduce(0) { $0 + $1.allocatedBytes }
    return ReserveUsageFacts(
      pool: pool.name, capacity: usage.capacity.reserve * unit, used: used,
      beingReclaimed: used > held ? used - held : 0,
      families: entries.filter { $0.generations > 0 || $0.hasUndo || $0.allocatedBytes > 0 })
  }
}
