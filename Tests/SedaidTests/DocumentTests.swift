import ArgumentParser
import DocumentedLines
import Testing

@testable import sedaid

@Suite struct DocumentTests {
  @Test func everyStartThatADocumentShowsIsOneThatTheProgramTakes() throws {
    let lines = try DocumentedLines.beginning(with: "sedaid ")
    #expect(!lines.isEmpty)
    for line in lines {
      #expect(throws: Never.self, "\(line)") {
        _ = try Sedaid.parseAsRoot(Array(line.dropFirst()))
      }
    }
  }
}
