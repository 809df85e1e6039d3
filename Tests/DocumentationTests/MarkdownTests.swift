import Foundation
import Testing

@Suite("Documents") struct MarkdownTests {
  /// Documents at the top and everything below docs/, with their folder.
  private static func documents() throws -> [String] {
    let top = try FileManager.default.contentsOfDirectory(
      atPath: Repository.root.path(percentEncoded: false)
    ).filter { $0.hasSuffix(".md") }
    return try top.sorted() + Repository.files(under: "docs", ending: ".md").map { "docs/" + $0 }
  }

  @Test func everyLinkInsideTheRepositoryLeadsSomewhere() throws {
    for document in try Self.documents() {
      let folder = Repository.root.appending(path: document).deletingLastPathComponent()
      for line in try Repository.lines(of: document) {
        for match in line.matches(of: /\]\(([^)#\s]+)(?:#[^)]*)?\)/) {
          let target = String(match.output.1)
          guard !target.contains("://") else { continue }
          let path = folder.appending(path: target).path(percentEncoded: false)
          #expect(FileManager.default.fileExists(atPath: path), "\(document) links to \(target)")
        }
      }
    }
  }

  @Test(arguments: ["README.md", "README.ja.md"])
  func readmeShowsTheTwoCommands(document: String) throws {
    let lines = try Repository.lines(of: document)
    #expect(lines.contains { $0.contains("make demo") })
    #expect(lines.contains { $0.contains("make test") })
  }

  @Test func everyMakeTargetThatADocumentNamesExists() throws {
    let makefile = try Repository.lines(of: "Makefile")
    let targets = Set(
      makefile.compactMap { $0.wholeMatch(of: /([a-z]+):(?: .*)?/)?.output.1 }.map(String.init))
    for document in try Self.documents() {
      for line in try Repository.lines(of: document) {
        for match in line.matches(of: /`make ([a-z]+)/) {
          let target = String(match.output.1)
          #expect(targets.contains(target), "\(document) names make \(target)")
        }
      }
    }
  }
}
