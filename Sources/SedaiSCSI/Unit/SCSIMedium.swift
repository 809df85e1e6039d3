/// Why an access to a medium failed.
public enum MediumError: Error, Hashable, Sendable {
  case inputOutput
  case noSpace
  case readOnly
  case outOfRange
  case notReady
  /// The unit shows something else by now: what is asked next is answered by that.
  case replaced
}

/// What a logical unit shows: blocks that do not change their meaning while it is shown.
///
/// Every call may come from any thread, several at once; the `try` calls never wait for a
/// device and change nothing if they answer false.
public protocol SCSIMedium: AnyObject, Sendable {
  /// In bytes.
  var size: UInt64 { get }
  var isReadOnly: Bool { get }

  /// Takes a place for one command: nanoseconds until it may be carried out, 0 at once.
  func takePlace() -> UInt64
  func tryRead(at offset: UInt64, into bytes: inout MutableRawSpan) throws(MediumError) -> Bool
  func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(MediumError)
  func tryWrite(at offset: UInt64, from bytes: RawSpan) throws(MediumError) -> Bool
  func write(at offset: UInt64, from bytes: RawSpan) throws(MediumError)
  /// Gives space back; the range reads as zeroes from then on.
  func trim(at offset: UInt64, count: UInt64) throws(MediumError)
  /// On return every write answered before the call survives a power cut.
  func flush() throws(MediumError)
  /// Called once before a batch of writes is answered: they survive the end of this process.
  func publish() throws(MediumError)
  /// Consecutive extents from `offset` on, perhaps fewer than asked for.
  func extents(at offset: UInt64, count: UInt64, limit: Int) throws(MediumError)
    -> [MediumExtent]
}

extension SCSIMedium {
  public func takePlace() -> UInt64 { 0 }
}

/// A range that holds something or reads as zeroes, in bytes.
public struct MediumExtent: Hashable, Sendable {
  public let offset: UInt64
  public let count: UInt64
  public let isAllocated: Bool

  public init(offset: UInt64, count: UInt64, isAllocated: Bool) {
    self.offset = offset
    self.count = count
    self.isAllocated = isAllocated
  }
}

/// What a logical unit has to show now.
public enum UnitContent: Sendable {
  case medium(any SCSIMedium)
  /// The unit is there and every access to blocks fails.
  case notReady
  /// It is being exchanged; initiators come again.
  case changing
}
