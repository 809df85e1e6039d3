public import SedaiArray
internal import SedaiNBD

/// A volume that the NBD server reads and writes. Every call may come from any thread, several
/// at once; the `try` calls never wait for a device and change nothing if they answer false.
public protocol NBDVolume: AnyObject, Sendable {
  /// In bytes.
  var size: UInt64 { get }
  var isReadOnly: Bool { get }

  /// Takes a place for one request: nanoseconds until it may be carried out, 0 at once. Never
  /// waits.
  func takePlace() -> UInt64
  func tryRead(at offset: UInt64, into bytes: inout MutableRawSpan) throws(VolumeError) -> Bool
  func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(VolumeError)
  func tryWrite(at offset: UInt64, from bytes: RawSpan) throws(VolumeError) -> Bool
  func write(at offset: UInt64, from bytes: RawSpan) throws(VolumeError)
  func tryTrim(at offset: UInt64, count: UInt64) throws(VolumeError) -> Bool
  func trim(at offset: UInt64, count: UInt64) throws(VolumeError)
  func writeZeroes(at offset: UInt64, count: UInt64, mayPunch: Bool) throws(VolumeError)
  /// On return every write acknowledged before the call is durable.
  func flush() throws(VolumeError)
  /// Called once before a batch of writes and trims is acknowledged.
  func publish() throws(VolumeError)
  /// Consecutive extents from `offset` on, perhaps fewer than asked for.
  func extents(at offset: UInt64, count: UInt64, limit: Int) throws(VolumeError)
    -> [VolumeExtent]
  /// What differs from a generation, named as in commands; `invalid` if it does not exist.
  func changes(since generation: String, at offset: UInt64, count: UInt64, limit: Int)
    throws(VolumeError) -> [VolumeChange]
  /// Runs `body` when what this volume shows is no longer what its name stands for.
  func whenClosed(_ body: @escaping @Sendable () -> Void)
}

/// Where the NBD server finds volumes. An export that the peer may not see is not there.
public protocol NBDExportDirectory: Sendable {
  func exports(for peer: Peer) -> [ExportFacts]
  func openVolume(export name: String, for peer: Peer) -> (any NBDVolume)?
}

extension NBDErrorNumber {
  /// What a client is told; one line per reason, none left over.
  init(_ error: VolumeError) {
    self =
      switch error {
      case .inputOutput, .notReady: .inputOutput
      case .noSpace: .noSpace
      case .readOnly: .notPermitted
      case .outOfRange, .invalid: .invalid
      case .shutDown: .shutDown
      }
  }
}
