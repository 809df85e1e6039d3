import Foundation

/// The repository as files on disk: what the rules for documents are checked against.
enum Repository {
  /// The package's folder, found from where this file was compiled.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func lines(of path: String) throws -> [String] {
    let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
    return text.split(separator: "\n").map(String.init)
  }

  /// Paths below the folder, sorted; hidden folders are left out.
  static func files(under folder: String, ending: String) throws -> [String] {
    let base = root.appending(path: folder).path(percentEncoded: false)
    return try FileManager.default.subpathsOfDirectory(atPath: base).filter { path in
      path.hasSuffix(ending) && !path.split(separator: "/").contains { $0.hasPrefix(".") }
    }.sorted()
  }
}
