public import SedaiFormat
import SedaiMonitor

/// The health of a pool's file or device.
public struct MemberHealth: Hashable, Sendable {
  public let path: String
  public let health: DeviceHealth
}

extension Engine {
  /// How the files and devices of a pool are; empty if the pool is missing. Asks the
  /// operating system, but waits for no disk.
  /// - Complexity: O(members).
  public func health(of pool: PoolID) -> [MemberHealth] {
    let (devices, records) = core.withLock { core in
      (core.pools[pool]?.devices?.members ?? [], core.pools[pool]?.members ?? [])
    }
    return zip(devices, records).map { device, record in
      MemberHealth(
        path: String(decoding: record.path, as: UTF8.self), health: device.device.health())
    }
  }

  /// How the device of the system area is.
  public func systemAreaHealth() -> DeviceHealth { system.health() }

  /// Lets nobody write to a pool any more until the array is opened again, as after a flush
  /// of it that failed: what is in it is known to be lost in part. Waits for the disk.
  public func stopWrites(to id: PoolID) {
    let isNew = core.withLock { core -> Bool in
      guard let pool = core.pools[id], core.poison(pool) else { return false }
      core.changes &+= 1
      return true
    }
    core.wakeAll()
    if isNew { keepPoisoned() }
  }

  /// Makes the records of poisoned pools durable. They are a kindness to recovery after a crash
  /// of this process alone: if they cannot be written either, the failing system area closes
  /// the engine.
  func keepPoisoned() { try? syncJournal() }
}

extension EngineCore {
  /// False if nobody may write to the pool anyway.
  func poison(_ pool: PoolState) -> Bool {
    guard pool.condition == .ready else { return false }
    pool.condition = .poisoned
    log.append(.poisoned(pool.id))
    return true
  }
}
