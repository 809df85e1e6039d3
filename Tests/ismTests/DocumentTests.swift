import DocumentedLines
import Testing

@testable import ism

@Suite struct DocumentTests {
  @Test(arguments: ["iSMsc_", "iSMcfg", "iSMview", "iSMquery", "iSMrc_", "iSMvollist"])
  func everyCommandThatADocumentShowsIsOneThatTheProgramTakes(beginning: String) throws {
    let lines = try DocumentedLines.beginning(with: beginning)
    #expect(!lines.isEmpty)
    for line in lines {
      guard case .command(let command, let words) = Invocation(arguments: line) else {
        Issue.record("\(line) is no command")
        continue
      }
      #expect(throws: Never.self, "\(line)") {
        _ = try CommandWords(command.syntax, words: words)
      }
    }
  }
}
