internal import NIOCore
internal import NIOPosix

extension ServerBootstrap {
  /// What every listener has: its limits, and a handler for each connection it admits.
  static func listening(
    on group: any EventLoopGroup, admitting connections: Connections,
    handler: @escaping @Sendable () -> some ChannelHandler
  ) -> ServerBootstrap {
    ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: NetworkLimits.acceptBacklog)
      .childChannelOption(
        .recvAllocator,
        value: FixedSizeRecvByteBufferAllocator(capacity: NetworkLimits.receiveBufferBytes)
      )
      // One read per wake-up: the replies to what has arrived go out before more is read.
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(
        .writeBufferWaterMark,
        value: .init(
          low: NetworkLimits.writeLowWaterBytes, high: NetworkLimits.writeHighWaterBytes)
      )
      .childChannelInitializer { channel in
        guard connections.admit(channel) else { return channel.close() }
        return channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(handler())
        }
      }
  }
}
