import Hummingbird
import SedaiAPI
import SedaiArray
import SedaiModel

/// Finds out who asks.
struct SignIn: RouterMiddleware {
  /// How a listener knows its clients.
  enum Way: Sendable {
    /// The socket's file permissions let the array's administrator in and nobody else.
    case filePermissions
    /// A bearer token of the file.
    case token(TokenFile)
  }

  let way: Way

  @concurrent func handle(
    _ request: Request, context: ManagementContext,
    next: @concurrent (Request, ManagementContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    switch way {
    case .filePermissions:
      context.requester = .localAdministrator
    case .token(let tokens):
      guard let header = request.headers[.authorization],
        header.lowercased().hasPrefix("bearer "),
        let owner = tokens.owner(of: String(header.dropFirst("bearer ".count)))
      else {
        throw Problem(.notSignedIn, status: HTTPResponse.Status.unauthorized.code)
      }
      context.requester = .administrator(name: owner)
    }
    return try await next(request, context)
  }
}

extension ManagementContext {
  /// Who asks.
  ///
  /// - Throws: if nobody found out, which no listener allows.
  func signedIn() throws(Problem) -> Requester {
    guard let requester else {
      throw Problem(.notSignedIn, status: HTTPResponse.Status.unauthorized.code)
    }
    return requester
  }
}
