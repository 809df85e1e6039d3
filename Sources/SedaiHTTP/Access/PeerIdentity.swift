import Glibc
import NIOCore
import NIOPosix

/// Where a request comes from, as the kernel says.
enum PeerIdentity: Sendable {
  /// A process of this machine, by the number of its user.
  case localUser(UInt32)
  /// A host's address, without port.
  case network(String)
  /// The connection is gone, or does not tell.
  case unknown

  /// As the audit log and the count of failures name it.
  var text: String {
    switch self {
    case .localUser(let user): "local user \(user)"
    case .network(let address): address
    case .unknown: "unknown"
    }
  }

  /// Asks the kernel.
  static func of(_ channel: any Channel) async -> PeerIdentity {
    if let address = channel.remoteAddress?.ipAddress { return .network(address) }
    guard channel.localAddress?.pathname != nil,
      let provider = channel as? any SocketOptionProvider,
      let peer = try? await credentials(provider)
    else { return .unknown }
    return .localUser(peer.user)
  }

  /// As the kernel lays out `struct ucred`.
  private struct Credentials: Sendable {
    var process: Int32
    var user: UInt32
    var group: UInt32
  }

  private static func credentials(
    _ provider: any SocketOptionProvider
  ) async throws -> Credentials {
    try await provider.unsafeGetSocketOption(
      level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
    ).get()
  }
}
