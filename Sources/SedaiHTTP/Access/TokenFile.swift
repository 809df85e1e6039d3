import Crypto
import Foundation

/// The credentials that the array accepts over TCP, as a file keeps them: one `NAME DIGEST` per
/// line, where DIGEST is the SHA-256 of the token in hexadecimal. Tokens themselves are kept
/// nowhere; they are long and random, so a plain digest does not give them away.
public struct TokenFile: Sendable {
  private struct Entry: Sendable {
    let name: String
    let digest: [UInt8]
  }

  /// More lines than this are refused.
  public static let maximumEntries = 1024
  /// Random bytes in a new token.
  public static let tokenBytes = 32

  private let entries: [Entry]

  /// Why a file cannot be used.
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// Reads the file's text.
  ///
  /// - Throws: a failure that names the file and the line. A file without any token is one:
  ///   nobody could sign in.
  public init(text: String, path: String) throws(Failure) {
    var entries: [Entry] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let words = line.split(separator: " ", omittingEmptySubsequences: true)
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      guard words.count == 2, let digest = Self.bytes(hexadecimal: words[1]),
        digest.count == SHA256.byteCount
      else {
        throw Failure(
          description: "\(path) line \(index + 1) is not a name and a SHA-256 digest")
      }
      guard entries.count < Self.maximumEntries else {
        throw Failure(description: "\(path) has more than \(Self.maximumEntries) tokens")
      }
      entries.append(Entry(name: String(first), digest: digest))
    }
    guard !entries.isEmpty else {
      throw Failure(description: "\(path) holds no token; sedaid token adds one")
    }
    self.entries = entries
  }

  /// Whose token it is; nil if it is nobody's. The time taken tells nothing about the digests.
  func owner(of token: String) -> String? {
    let presented = Array(SHA256.hash(data: Data(token.utf8)))
    var owner: String?
    for entry in entries {
      var difference: UInt8 = 0
      for (left, right) in zip(entry.digest, presented) { difference |= left ^ right }
      if difference == 0 { owner = entry.name }
    }
    return owner
  }

  /// The line of the file that stands for `token`.
  public static func line(name: String, token: String) -> String {
    let digest = SHA256.hash(data: Data(token.utf8))
    return name + " " + digest.map { hexadecimal($0) }.joined() + "\n"
  }

  /// A token nobody can guess: ``tokenBytes`` random bytes in hexadecimal.
  public static func newToken() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<tokenBytes).map { _ in
      hexadecimal(UInt8.random(in: .min ... .max, using: &generator))
    }.joined()
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  private static func bytes(hexadecimal text: Substring) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(digits[index]), let low = value(digits[index + 1])
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
