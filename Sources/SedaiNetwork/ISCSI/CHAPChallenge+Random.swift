internal import Crypto
internal import SedaiISCSI
internal import SedaiModel

extension CHAPChallenge {
  /// Bytes of a challenge: as many as the longest hash has.
  private static let challengeBytes = SHA256.byteCount

  /// A challenge that nobody can foresee.
  init(_ credentials: CHAPCredentials) {
    var random = SystemRandomNumberGenerator()
    self.init(
      credentials, identifier: .random(in: 0 ... .max, using: &random),
      challenge: (0..<Self.challengeBytes).map { _ in .random(in: 0 ... .max, using: &random) },
      hash: { algorithm, bytes in
        switch algorithm {
        // The algorithm that every initiator has to know.
        case .md5: Array(Insecure.MD5.hash(data: bytes))
        case .sha256: Array(SHA256.hash(data: bytes))
        }
      })
  }
}
