import Foundation
import Testing

@Suite("Coverage of the manual") struct ManualCoverageTests {
  @Test func everyRuleOfTheManualHasOneRow() throws {
    let ids = try Repository.lines(of: "Tests/DocumentationTests/Fixtures/manual-ids.txt")
    let rows = try CoverageTable.read().map(\.id)
    #expect(Set(ids).subtracting(rows).sorted() == [], "rules without a row")
    #expect(Set(rows).subtracting(ids).sorted() == [], "rows without a rule")
    #expect(rows.count == Set(rows).count, "a rule has two rows")
  }

  @Test func everyRowNamesAProofALaterStepOrAReason() throws {
    for row in try CoverageTable.read() {
      #expect(row.problem == nil, "\(row.id): \(row.problem ?? "")")
    }
  }

  @Test func everyNamedTestExists() throws {
    let known = try TestCatalogue.read()
    for row in try CoverageTable.read() {
      for proof in row.proofs where !proof.hasPrefix("Integration") && !proof.hasPrefix("examples")
      {
        #expect(known.contains(proof), "\(row.id) names \(proof), which does not exist")
      }
    }
  }

  @Test func everyNamedScriptExistsAndRuns() throws {
    for row in try CoverageTable.read() {
      for proof in row.proofs where proof.hasPrefix("Integration") || proof.hasPrefix("examples") {
        let path = Repository.root.appending(path: proof).path(percentEncoded: false)
        #expect(FileManager.default.isExecutableFile(atPath: path), "\(row.id) names \(proof)")
      }
    }
  }
}

/// The table of docs/manual-coverage.md: `| id | covered by |`, one row a rule.
private struct CoverageTable {
  /// What is promised for later, by the title of the step that brings it.
  static let laterSteps: Set<String> = [
    "The whole array", "The host commands", "An iSCSI target", "The management console",
  ]

  struct Row {
    let id: String
    let cell: String

    /// What stands in backquotes: `Suite/test`, or the path of a script.
    var proofs: [String] { cell.matches(of: /`([^`]+)`/).map { String($0.output.1) } }

    /// Titles in double quotes.
    var later: [String] { cell.matches(of: /"([^"]+)"/).map { String($0.output.1) } }

    /// Why the row proves and promises nothing, or nil where it does.
    var problem: String? {
      for title in later where !laterSteps.contains(title) { return "unknown step \(title)" }
      if !proofs.isEmpty || !later.isEmpty { return nil }
      guard let match = cell.wholeMatch(of: /not applicable: (.{8,})/) else {
        return "neither a test, nor a later step, nor a reason: \(cell)"
      }
      return match.output.1.contains("|") ? "a stray column" : nil
    }
  }

  static func read() throws -> [Row] {
    try Repository.lines(of: "docs/manual-coverage.md").compactMap { line in
      guard let match = line.wholeMatch(of: /\| (\d[^|]*?) +\| (.*?) +\|/) else { return nil }
      return Row(id: String(match.output.1), cell: String(match.output.2))
    }
  }
}

/// Every Swift Testing function in the repository as `Suite/function`.
private enum TestCatalogue {
  static func read() throws -> Set<String> {
    var names: Set<String> = []
    for path in try Repository.files(under: "Tests", ending: ".swift") {
      collect(from: try Repository.lines(of: "Tests/" + path), into: &names)
    }
    return names
  }

  /// A function belongs to the nearest type that is declared above it and indented less.
  private static func collect(from lines: [String], into names: inout Set<String>) {
    let type =
      /^( *)(?:@.*\s)?(?:(?:public|package|internal|private|fileprivate|final)\s+)*(?:struct|class|enum|actor|extension)\s+(\w+)/
    let function = /^( *)(?:.*\s)?func\s+(`[^`]+`|\w+)/
    var enclosing: [(indent: Int, name: String)] = []
    for line in lines {
      if let match = line.firstMatch(of: type) {
        let indent = match.output.1.count
        enclosing.removeAll { $0.indent >= indent }
        enclosing.append((indent, String(match.output.2)))
      } else if let match = line.firstMatch(of: function) {
        let indent = match.output.1.count
        guard let suite = enclosing.last(where: { $0.indent < indent }) else { continue }
        let name = match.output.2.filter { $0 != "`" }
        names.insert("\(suite.name)/\(name)")
      }
    }
  }
}
