import Foundation

/// The repository as files on disk: what the architecture rules are checked against.
enum SourceTree {
  /// The package's folder, found from where this file was compiled.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  struct File: Sendable, CustomStringConvertible {
    /// Path from the package's folder, with forward slashes.
    let path: String
    let lines: [String]

    var description: String { path }

    /// The target a file under `Sources/` belongs to.
    var target: String {
      let parts = path.split(separator: "/")
      return parts.count > 1 ? String(parts[1]) : ""
    }

    /// Modules named by `import`, whatever attributes, access level or submodule stand around.
    var imports: [String] {
      let importLine =
        /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|func|protocol|typealias|let|var|actor)\s+)?(\w+)/
      return lines.compactMap { line in
        guard let match = line.firstMatch(of: importLine) else { return nil }
        return String(match.output.1)
      }
    }

    /// The lines with comments and the insides of string literals taken out; numbering is kept.
    var code: [String] {
      var blockDepth = 0
      var insideMultilineString = false
      return lines.map { line in
        Self.stripped(line, blockDepth: &blockDepth, insideMultilineString: &insideMultilineString)
      }
    }

    private static func stripped(
      _ line: String, blockDepth: inout Int, insideMultilineString: inout Bool
    ) -> String {
      var result = ""
      var insideString = false
      var rest = Substring(line)
      while !rest.isEmpty {
        if blockDepth > 0 {
          if rest.hasPrefix("*/") {
            blockDepth -= 1
            rest = rest.dropFirst(2)
          } else {
            rest = rest.dropFirst()
          }
        } else if insideMultilineString {
          if rest.hasPrefix("\"\"\"") {
            insideMultilineString = false
            rest = rest.dropFirst(3)
          } else {
            rest = rest.dropFirst()
          }
        } else if insideString {
          if rest.hasPrefix("\\") {
            rest = rest.dropFirst(2)
          } else {
            insideString = !rest.hasPrefix("\"")
            rest = rest.dropFirst()
          }
        } else if rest.hasPrefix("//") {
          return result
        } else if rest.hasPrefix("/*") {
          blockDepth += 1
          rest = rest.dropFirst(2)
        } else if rest.hasPrefix("\"\"\"") {
          insideMultilineString = true
          rest = rest.dropFirst(3)
        } else if rest.hasPrefix("\"") {
          insideString = true
          rest = rest.dropFirst()
        } else if let character = rest.popFirst() {
          result.append(character)
        }
      }
      return result
    }
  }

  /// Every Swift file below the folder, sorted by path.
  static func swiftFiles(under folder: String) throws -> [File] {
    try files(under: folder, withExtension: "swift")
  }

  static func files(under folder: String, withExtension ending: String) throws -> [File] {
    let base = root.appending(path: folder)
    let paths = try FileManager.default.subpathsOfDirectory(
      atPath: base.path(percentEncoded: false))
    return try paths.filter { $0.hasSuffix("." + ending) }.sorted().map { path in
      let text = try String(contentsOf: base.appending(path: path), encoding: .utf8)
      var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      if lines.last == "" { lines.removeLast() }
      return File(path: folder + "/" + path, lines: lines)
    }
  }

  static func text(of path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }
}
