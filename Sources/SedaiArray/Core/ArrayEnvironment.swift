public import SedaiEngine
public import SedaiModel

/// What an array is given from outside.
public struct ArrayEnvironment: Sendable {
  /// The wall clock.
  public var now: @Sendable () -> Timestamp
  /// Nanoseconds of a clock that never goes back: for time limits and rates.
  public var monotonic: @Sendable () -> UInt64
  /// 64 bits that nobody can guess.
  public var random: @Sendable () -> UInt64
  /// Creates or opens a file or device for a pool, at its full size; the engine labels it.
  public var prepareMember:
    @Sendable (PoolMemberSpecification) throws(PoolMemberRefusal) -> PoolMember
  /// The name of a new array; one that exists keeps its own.
  public var arrayName: String
  /// Bytes that a pool sets aside at least for what its volumes' generations have not moved to
  /// another pool yet; a hundredth of the pool if that is more.
  public var stagingFloor: UInt64

  public init(
    arrayName: String, stagingFloor: UInt64 = 1 << 30,
    now: @escaping @Sendable () -> Timestamp,
    monotonic: @escaping @Sendable () -> UInt64,
    random: @escaping @Sendable () -> UInt64,
    prepareMember:
      @escaping @Sendable (PoolMemberSpecification) throws(PoolMemberRefusal) -> PoolMember
  ) {
    self.arrayName = arrayName
    self.stagingFloor = stagingFloor
    self.now = now
    self.monotonic = monotonic
    self.random = random
    self.prepareMember = prepareMember
  }
}

/// Why a file or device cannot be used for a pool.
public struct PoolMemberRefusal: Error, Sendable {
  /// In words, for the operator.
  public let reason: String
  public init(reason: String) { self.reason = reason }
}
