import Hummingbird
import NIOCore
import SedaiArray

/// What belongs to one request.
struct ManagementContext: RequestContext {
  /// Bytes of a body; more is refused.
  static let maximumBodyBytes = 1 << 20

  var coreContext: CoreRequestContextStorage
  /// The connection it came over.
  let channel: any Channel
  /// Who asks; nil until that was found out.
  var requester: Requester?

  init(source: Source) {
    coreContext = .init(source: source)
    channel = source.channel
  }

  var maxUploadSize: Int { Self.maximumBodyBytes }
}
