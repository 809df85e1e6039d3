internal import NIOCore
internal import SedaiMonitor

/// Tells a connection that its volume has closed, as long as the connection is there.
///
/// A volume may outlive its connections and keeps what it was given to run. A weak reference
/// to the channel would do as well, but makes every retain of the channel from then on
/// several times slower.
final class NBDCloseNotice: Sendable {
  private let channel: Monitor<(any Channel)?>

  init(_ channel: any Channel) { self.channel = Monitor(channel) }

  /// Makes the connection finish; may be called from any thread, any number of times.
  func deliver() {
    channel.withLock { $0 }?.pipeline
      .fireUserInboundEventTriggered(ConnectionOrder.finish)
  }

  /// The connection is gone.
  func withdraw() { channel.withLock { $0 = nil } }
}
