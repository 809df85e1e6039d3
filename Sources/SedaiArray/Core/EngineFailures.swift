import SedaiEngine
import SedaiFormat
import SedaiModel

extension DiskArrayError {
  /// What an operator is told when the engine refused or failed.
  /// - Parameter pools: to name a pool; its number stands in for a name that is not there.
  init(_ error: EngineError, pools: [PoolID: Pool] = [:]) {
    func name(_ pool: PoolID) -> MessageArgument {
      .text(pools[pool]?.name.rawValue ?? String(pool.rawValue))
    }
    switch error {
    case .poolFull(let pool):
      self.init(.noSpace, .poolFull, ["pool": name(pool)])
    case .reserveFull, .systemAreaFull:
      self.init(.noSpace, .mapPagesFull)
    case .poolPoisoned(let pool):
      self.init(
        .failure, .poolUnavailable,
        ["pool": name(pool), "state": .text("poisoned")])
    case .poolMissing(let pool):
      self.init(
        .failure, .poolUnavailable, ["pool": name(pool), "state": .text("missing")])
    case .poolInUse(let pool):
      self.init(.stateConflict, .poolNotEmpty, ["pool": name(pool)])
    case .device(let failure):
      self.init(.failure, .deviceFailed, ["reason": .text("\(failure)")])
    case .damaged(let reason):
      self.init(.failure, .metadataDamaged, ["reason": .text(reason)])
    case .unsupportedVersion(_, let found, let supported):
      self.init(
        .failure, .metadataTooNew,
        ["found": .count(UInt64(found)), "known": .count(UInt64(supported))])
    case .walkTooLarge(let pages):
      self.init(.noSpace, .answerTooLarge, ["pages": .count(pages)])
    case .closed:
      self.init(.failure, .arrayStopped)
    case .noSuchImage, .noSuchPool, .imageExists, .poolExists, .badLength, .outOfRange:
      self.init(.failure, .internalFailure, ["reason": .text("\(error)")])
    }
  }
}
