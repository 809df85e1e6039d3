/// A text of sections in brackets and `key = value` lines, with `#` or `;` before comments.
public struct INIText: Hashable, Sendable {
  public struct Entry: Hashable, Sendable {
    /// Empty before the first section.
    public let section: String
    public let key: String
    public let value: String
    /// Counted from 1.
    public let line: Int
  }

  public let entries: [Entry]
  /// Lines that are none of the three, counted from 1.
  public let misfits: [Int]

  public init(_ text: String) {
    var entries: [Entry] = []
    var misfits: [Int] = []
    var section = ""
    // A line end of two characters is one Character to Swift.
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let content = Self.trimmed(line)
      if content.isEmpty || content.hasPrefix("#") || content.hasPrefix(";") { continue }
      if content.hasPrefix("["), content.hasSuffix("]") {
        section = Self.trimmed(content.dropFirst().dropLast())
      } else if let equals = content.firstIndex(of: "="), equals > content.startIndex {
        entries.append(
          Entry(
            section: section, key: Self.trimmed(content[..<equals]),
            value: Self.value(content[content.index(after: equals)...]), line: index + 1))
      } else {
        misfits.append(index + 1)
      }
    }
    self.entries = entries
    self.misfits = misfits
  }

  /// Quotes around a value are not part of it.
  private static func value(_ text: Substring) -> String {
    let bare = trimmed(text)
    if bare.count >= 2, bare.hasPrefix("\""), bare.hasSuffix("\"") {
      return String(bare.dropFirst().dropLast())
    }
    return bare
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    var rest = Substring(text).drop(while: \.isWhitespace)
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
  }
}
