import Crypto
import Foundation
import SedaiArray

/// A token nobody can guess.
public enum AccessToken {
  /// Random bytes in a new token.
  public static let byteCount = 32

  /// ``byteCount`` random bytes in hexadecimal.
  public static func new() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<byteCount).map { _ in
      let byte = UInt8.random(in: .min ... .max, using: &generator)
      return (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }

  /// What is kept of a token.
  static func digest(of token: String) -> TokenDigest {
    guard let digest = TokenDigest(bytes: Array(SHA256.hash(data: Data(token.utf8)))) else {
      preconditionFailure("SHA-256 has 32 bytes")
    }
    return digest
  }
}
