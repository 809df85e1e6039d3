import SedaiFormat

/// Why a step inside the lock could not go on. All but `failed` pass once the caller,
/// outside the lock, has done what they ask; nothing has changed until then.
enum CoreSignal: Error {
  /// Pages with these keys are to be loaded.
  case load([UInt64])
  /// The system area is to be made long enough for this many segments.
  case grow(Int)
  /// A checkpoint is to be completed: journal, cache or page space wait for it.
  case checkpoint
  /// The pool's freed chunks wait for a flush.
  case cover(PoolID)
  /// Another call has to end first.
  case wait
  case failed(EngineError)
}
