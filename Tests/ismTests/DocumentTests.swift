import DocumentedLines
import Testing

@testable import ism

@Suite struct DocumentTests {
  @Test func everySnapshotCommandThatADocumentShowsIsOneThatTheProgramTakes() throws {
    let lines = try DocumentedLines.beginning(with: "iSMsc_")
    #expect(!lines.isEmpty)
    for line in lines {
      guard let command = SnapshotCommand(rawValue: line[0]) else {
        Issue.record("\(line) is no command")
        continue
      }
      #expect(throws: Never.self, "\(line)") {
        _ = try CommandWords(command, words: line.dropFirst())
      }
    }
  }
}
