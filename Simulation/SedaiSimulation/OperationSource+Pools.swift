internal import SedaiEngine
internal import SedaiFormat

/// Pools that come, grow and go.
extension OperationSource {
  /// A pool that is not there, with its reserve and often a volume in it, in one commit; now
  /// and then one that is there already, which has to be refused.
  mutating func addPool(
    _ model: ReferenceModel, _ engine: Engine, _ lane: UInt8, _ random: inout SeededRandom
  ) -> SimulatedOperation {
    let isDouble = random.chance(1, in: 8)
    let spares = array.shape.spares.filter { isDouble || model.pools[$0.id] == nil }
    guard let spare = random.pick(spares),
      let members = join(spare, model, atMost: 2, &random)
    else { return .checkpoint }
    let room = ReferencePool(members: members).total
    let reserve = min(spare.reserve, room)
    var operations: [EngineOperation] = [
      .addPool(spare.id, members: members, isSparse: spare.isSparse),
      .setReserve(spare.id, chunks: reserve),
    ]
    if random.chance(1, in: 3) {
      operations.append(volume(in: spare.id, room: room - reserve, engine, &random))
    }
    return commit(operations, lane)
  }

  /// Further members, sometimes with a volume that only they give room for.
  mutating func extendPool(
    _ model: ReferenceModel, _ engine: Engine, _ lane: UInt8, _ random: inout SeededRandom
  ) -> SimulatedOperation {
    let pools = (array.shape.pools + array.shape.spares).filter { model.pools[$0.id] != nil }
    guard let shape = random.pick(pools), let pool = model.pools[shape.id],
      let members = join(shape, model, atMost: 2, &random)
    else { return .checkpoint }
    var operations: [EngineOperation] = [.extendPool(shape.id, members: members)]
    if members.count > 1, random.chance(1, in: 4) {
      operations = members.map { .extendPool(shape.id, members: [$0]) }
    }
    if random.chance(1, in: 4) {
      let room = pool.total + ReferencePool(members: members).total - pool.allowance
      operations.append(volume(in: shape.id, room: room, engine, &random))
    }
    return commit(operations, lane)
  }

  /// A pool that nothing is in, or what has to happen before: its images are deleted.
  mutating func removePool(
    _ model: ReferenceModel, _ lane: UInt8, _ random: inout SeededRandom
  ) -> SimulatedOperation {
    let spares = array.shape.spares.map(\.id).filter { model.pools[$0] != nil }
    guard let pool = random.pick(spares) else { return .flushAll }
    let images = model.images.filter { $0.value.pool == pool }.keys.sorted()
    let deletes = images.map { EngineOperation.delete($0) }
    switch random.below(4) {
    case 0: return commit([.removePool(pool)], lane)
    case 1: return commit(deletes + [.removePool(pool)], lane)
    default: return commit(images.isEmpty ? [.removePool(pool)] : deletes, lane)
    }
  }

  /// Devices of `shape` that are in no pool; nil if there are none.
  private mutating func join(
    _ shape: ArrayShape.Pool, _ model: ReferenceModel, atMost limit: Int,
    _ random: inout SeededRandom
  ) -> [PoolMember]? {
    let members = model.pools[shape.id]?.members ?? [:]
    var free = array.devices(for: shape).filter {
      members[$0.path] == nil && !joining.contains($0.path)
    }
    var chosen: [PoolMember] = []
    while chosen.count < limit, !free.isEmpty, chosen.isEmpty || random.chance(1, in: 2) {
      chosen.append(free.remove(at: random.below(free.count)))
    }
    joining.formUnion(chosen.map(\.path))
    return chosen.isEmpty ? nil : chosen
  }
}
