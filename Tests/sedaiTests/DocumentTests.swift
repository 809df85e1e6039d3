import ArgumentParser
import DocumentedLines
import Testing

@testable import sedai

@Suite struct DocumentTests {
  @Test func everyCommandThatADocumentShowsIsOneThatTheProgramTakes() throws {
    let lines = try DocumentedLines.beginning(with: "sedai ")
    #expect(!lines.isEmpty)
    for line in lines {
      #expect(throws: Never.self, "\(line)") {
        _ = try Sedai.parseAsRoot(Array(line.dropFirst()))
      }
    }
  }
}
