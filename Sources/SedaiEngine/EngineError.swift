public import SedaiFormat

/// Why the engine refused or failed. Nothing is half done after any of them.
public enum EngineError: Error, Equatable, Sendable {
  case noSuchImage(ImageID)
  case noSuchPool(PoolID)
  case imageExists(ImageID)
  case poolExists(PoolID)
  /// Images or used chunks are left in the pool.
  case poolInUse(PoolID)
  /// A length that is no multiple of 4096, is shorter than before, or is beyond the limits.
  case badLength
  /// Beyond the image's end.
  case outOfRange
  /// The pool cannot promise so much.
  case poolFull(PoolID)
  /// The snapshot reserve area has no chunk, or no map page, left for what was asked.
  case reserveFull(PoolID)
  /// The system area's disk has no room for more map pages.
  case systemAreaFull
  /// A flush of the pool failed: it takes no writes until the array is opened again.
  case poolPoisoned(PoolID)
  /// The pool was not there, or not whole, when the array was opened.
  case poolMissing(PoolID)
  case device(DeviceError)
  /// Metadata fails its checks; the text says which and how.
  case damaged(String)
  case unsupportedVersion(what: String, found: UInt32, supported: UInt32)
  /// The answer needs more map pages in memory at once than the cache may give it.
  case walkTooLarge(pages: UInt64)
  /// The engine was closed, or stopped itself after its system area failed.
  case closed
}
