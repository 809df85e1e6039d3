import SedaiEngine
import SedaiFormat
import SedaiModel

extension DiskArrayError {
  /// What an operator is told when the engine refused or failed.
  init(_ error: EngineError) {
    switch error {
    case .poolFull(let pool):
      self.init(.noSpace, .poolFull, ["pool": .text(Self.text(pool))])
    case .reserveFull, .systemAreaFull:
      self.init(.noSpace, .mapPagesFull)
    case .poolPoisoned(let pool):
      self.init(
        .failure, .poolUnavailable,
        ["pool": .text(Self.text(pool)), "state": .text("poisoned")])
    case .poolMissing(let pool):
      self.init(
        .failure, .poolUnavailable, ["pool": .text(Self.text(pool)), "state": .text("missing")])
    case .poolInUse(let pool):
      self.init(.stateConflict, .poolNotEmpty, ["pool": .text(Self.text(pool))])
    case .device(let failure):
      self.init(.failure, .deviceFailed, ["reason": .text("\(failure)")])
    case .damaged(let reason):
      self.init(.failure, .metadataDamaged, ["reason": .text(reason)])
    case .unsupportedVersion(_, let found, let supported):
      self.init(
        .failure, .metadataTooNew,
        ["found": .count(UInt64(found)), "known": .count(UInt64(supported))])
    case .closed:
      self.init(.failure, .arrayStopped)
    case .noSuchImage, .noSuchPool, .imageExists, .poolExists, .badLength, .outOfRange,
      .poolsDiffer:
      self.init(.failure, .internalFailure, ["reason": .text("\(error)")])
    }
  }

  private static func text(_ pool: PoolID) -> String { String(pool.rawValue) }
}
