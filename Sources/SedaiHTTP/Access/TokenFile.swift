import SedaiArray

/// The credentials that the array accepts over TCP, as a file keeps them: one `NAME DIGEST` per
/// line, where DIGEST is the SHA-256 of the token in hexadecimal. Tokens themselves are kept
/// nowhere; they are long and random, so a plain digest does not give them away.
public struct TokenFile: Sendable {
  private struct Entry: Sendable {
    let name: String
    let digest: TokenDigest
  }

  /// More lines than this are refused.
  public static let maximumEntries = 1024

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
      guard words.count == 2, let digest = TokenDigest(hexadecimal: String(words[1])) else {
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
    let presented = AccessToken.digest(of: token)
    var owner: String?
    for entry in entries where entry.digest.matches(presented) { owner = entry.name }
    return owner
  }

  /// The line of the file that stands for `token`.
  public static func line(name: String, token: String) -> String {
    name + " " + AccessToken.digest(of: token).hexadecimal + "\n"
  }
}
