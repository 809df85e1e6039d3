import SedaiEngine
import SedaiFormat
import SedaiModel
import SedaiMonitor

/// What was seen of the files and devices beneath at the last look.
struct HealthWatch: Sendable {
  /// By pool and path.
  var members: [PoolID: [String: DeviceHealth]] = [:]
  var systemArea = DeviceHealth()
  /// Pools with failed accesses, and when the last one was seen, in monotonic nanoseconds.
  var failures: [PoolID: UInt64] = [:]
  /// When failures of a pool were told last.
  var told: [PoolID: UInt64] = [:]
}

extension DiskArray {
  /// How long a pool counts as failing after an access to it failed.
  static let failingNanoseconds: UInt64 = 600_000_000_000
  /// Failures of one pool are told once in this time.
  private static let tellNanoseconds: UInt64 = 60_000_000_000

  /// Looks whether the files beneath are still what they were, and tells what is not. A pool
  /// that has lost contents takes no more writes.
  func watchHealth() {
    watchSystemArea()
    for pool in state.withLock({ Array($0.pools.values) }) {
      for member in engine.health(of: pool.id) { watch(member, of: pool) }
    }
  }

  private func watch(_ member: MemberHealth, of pool: Pool) {
    let now = environment.monotonic()
    let (before, tellsFailures) = state.withLock { state in
      let before = state.health.members[pool.id]?[member.path] ?? DeviceHealth()
      state.health.members[pool.id, default: [:]][member.path] = member.health
      guard member.health.failures > before.failures else { return (before, false) }
      state.health.failures[pool.id] = now
      if let told = state.health.told[pool.id], now - told < Self.tellNanoseconds {
        return (before, false)
      }
      state.health.told[pool.id] = now
      return (before, true)
    }
    if tellsFailures {
      tell(.accessesFailed, member, of: pool, ["count": .count(member.health.failures)])
    }
    guard let damage = member.health.damage, damage != before.damage else { return }
    if damage.losesContent {
      // What is durable can be read afterwards.
      try? engine.checkpoint()
      engine.stopWrites(to: pool.id)
    }
    switch damage {
    case .removed: tell(.memberRemoved, member, of: pool)
    case .moved: tell(.memberMoved, member, of: pool)
    case .shortened: tell(.memberShortened, member, of: pool)
    }
  }

  private func tell(
    _ id: MessageID, _ member: MemberHealth, of pool: Pool, _ more: MessageArguments = [:]
  ) {
    let arguments: MessageArguments = [
      "path": .text(member.path), "pool": .text(pool.name.rawValue),
    ]
    tell(id, arguments.merging(more) { $1 })
  }

  /// Without its system area an array does not start again: what hosts write from then on
  /// would be lost.
  private func watchSystemArea() {
    let health = engine.systemAreaHealth()
    let isNew = state.withLock { state in
      defer { state.health.systemArea = health }
      return state.health.systemArea.damage != health.damage
    }
    guard isNew, let damage = health.damage else { return }
    if damage.losesContent {
      for pool in state.withLock({ Array($0.pools.keys) }) { engine.stopWrites(to: pool) }
    }
    tell(.systemAreaDamaged, ["damage": .text(damage.rawValue)])
  }

  /// What is shown of a pool: accesses that failed lately say more than that it is ready.
  func shownState(of pool: PoolID, in state: ArrayState) -> PoolFacts.State {
    let condition = condition(of: pool)
    guard condition == .ready, let last = state.health.failures[pool],
      environment.monotonic() - last < Self.failingNanoseconds
    else { return condition }
    return .failing
  }
}
