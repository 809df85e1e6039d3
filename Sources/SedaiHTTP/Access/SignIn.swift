import HTTPTypes
import Hummingbird
import SedaiAPI
import SedaiArray
import SedaiModel

/// Finds out who asks: by the token that a request carries, else by the user of this machine
/// that the local socket belongs to.
struct SignIn: Sendable {
  let array: DiskArray
  /// Administrators of the configuration's token file, over TCP only.
  let tokens: TokenFile?
  let failures: SignInFailures

  /// - Throws: `.notSignedIn`, or `.tooManyFailures` to a place that has failed too often.
  func requester(_ request: Request, _ peer: PeerIdentity) throws(Problem) -> Requester {
    let header = request.headers[.authorization]
    if header == nil, case .localUser(let user) = peer,
      let requester = array.requester(localUser: user)
    {
      return requester
    }
    if let seconds = failures.wait(peer.text) {
      throw Problem(
        .tooManyFailures, ["time": .seconds(seconds)],
        status: HTTPResponse.Status.tooManyRequests.code)
    }
    if let header, let requester = requester(bearing: header) { return requester }
    failures.failed(peer.text)
    throw Problem(.notSignedIn, status: HTTPResponse.Status.unauthorized.code)
  }

  private func requester(bearing header: String) -> Requester? {
    let scheme = "bearer "
    guard header.lowercased().hasPrefix(scheme) else { return nil }
    let token = String(header.dropFirst(scheme.count))
    if let owner = tokens?.owner(of: token) {
      return .operator(name: owner, role: .administrator)
    }
    return array.requester(token: AccessToken.digest(of: token))
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
