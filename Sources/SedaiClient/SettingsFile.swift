import SedaiAPI

/// The part of TOML that `client.toml` needs: comments, and keys with strings in quotes.
enum SettingsFile {
  /// The keys that mean something.
  static let keys: Set<String> = ["url", "token_file", "ca_file"]

  /// - Throws: a problem that names the file and the line.
  static func values(in text: String, path: String) throws(Problem) -> [String: String] {
    var values: [String: String] = [:]
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let content = trimmed(line)
      if content.isEmpty || content.hasPrefix("#") { continue }
      func wrong(_ reason: String) -> Problem {
        ClientSettings.wrong("\(path) line \(index + 1): \(reason)")
      }
      guard let equals = content.firstIndex(of: "=") else { throw wrong("no = in it") }
      let key = trimmed(content[..<equals])
      guard keys.contains(key) else { throw wrong("unknown key \(key)") }
      guard values[key] == nil else { throw wrong("\(key) for the second time") }
      guard let value = quoted(trimmed(content[content.index(after: equals)...])) else {
        throw wrong("\(key) needs a text in quotes")
      }
      values[key] = value
    }
    return values
  }

  /// What stands between the quotes; nil if there are none, or an escape or a quote between
  /// them.
  private static func quoted(_ text: String) -> String? {
    guard let first = text.first, first == "\"" || first == "'" else { return nil }
    let rest = text.dropFirst()
    guard let end = rest.firstIndex(of: first) else { return nil }
    let tail = trimmed(rest[rest.index(after: end)...])
    guard tail.isEmpty || tail.hasPrefix("#"), !rest[..<end].contains("\\") else { return nil }
    return String(rest[..<end])
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    let isBlank = { (character: Character) in
      character == " " || character == "\t" || character == "\r" || character == "\r\n"
    }
    var rest = Substring(text).drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return String(rest)
  }
}
