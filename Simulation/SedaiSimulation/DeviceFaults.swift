/// What can be asked of a device; faults and crash points name it.
public enum DeviceCall: Hashable, Sendable, CaseIterable {
  case read, write, flush, discard, grow

  /// Whether the call can change what a crash leaves behind.
  var hasEffect: Bool { self != .read }
}

/// How often calls go wrong, each in 65,536.
public struct FaultRates: Sendable {
  public static let scale: UInt64 = 65_536

  public var readFailure: UInt64 = 0
  public var writeFailure: UInt64 = 0
  public var flushFailure: UInt64 = 0
  public var noSpace: UInt64 = 0
  /// `tryRead` and `tryWrite` answer that they would block.
  public var wouldBlock: UInt64 = 0

  public init() {}
}

/// How a machine goes down.
public enum CrashKind: Hashable, Sendable, CaseIterable {
  /// The process is killed: what it wrote is in the page cache and survives.
  case process
  /// The power fails: unflushed writes are kept, lost or torn, in any order.
  case powerCut
}
