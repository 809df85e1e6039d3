import Foundation

/// Command lines that the repository's documents show.
package enum DocumentedLines {
  /// Lines of code in `*.md` files that begin with `beginning`, without comments, one entry
  /// for each part of a line with `&&`.
  package static func beginning(with beginning: String) throws -> [[String]] {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../..").standardizedFileURL
    var lines: [[String]] = []
    for document in try documents(under: root) {
      let text = try String(contentsOf: document, encoding: .utf8)
      for line in text.split(separator: "\n") where line.hasPrefix("    ") {
        let code = line.split(separator: " #", maxSplits: 1)[0]
        for part in code.split(separator: "&&") {
          let words = part.split(separator: " ").map(String.init)
          guard words.joined(separator: " ").hasPrefix(beginning) else { continue }
          // What only a person can fill in, and what a shell does with the output.
          guard !part.contains("..."), !part.contains("…") else { continue }
          lines.append(Array(words.prefix { !["|", ">", "&", ";"].contains($0) }))
        }
      }
    }
    return lines
  }

  private static func documents(under root: URL) throws -> [URL] {
    let files = FileManager.default
    var found = try files.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)
    let docs = root.appending(path: "docs")
    if let walk = files.enumerator(at: docs, includingPropertiesForKeys: nil) {
      for case let url as URL in walk { found.append(url) }
    }
    return found.filter { $0.pathExtension == "md" }
  }
}
