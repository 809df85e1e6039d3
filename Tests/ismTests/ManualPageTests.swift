import Foundation
import Testing

@testable import ism

@Suite struct ManualPageTests {
  private func committed(_ path: String) throws -> String {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../" + path).standardizedFileURL
    return try String(contentsOf: url, encoding: .utf8)
  }

  @Test(arguments: SnapshotCommand.allCases)
  func theCommittedPageIsWhatTheTableSays(command: SnapshotCommand) throws {
    let page = try committed("man/\(command.rawValue).1")
    #expect(page == command.syntax.manualPage, "run scripts/manual and commit the result")
  }

  @Test func theCommittedCompletionsAreWhatTheTableSays() throws {
    #expect(try committed("completions/ism.bash") == Completions.bash)
  }

  @Test(arguments: SnapshotCommand.allCases)
  func everyOptionIsInTheUsageTheHelpAndThePage(command: SnapshotCommand) {
    let syntax = command.syntax
    for option in syntax.clauses.flatMap(\.optionNames) {
      #expect(syntax.usage.contains(option))
      #expect(syntax.help.contains(option))
      #expect(syntax.manualPage.contains("\\" + option))
    }
  }

  @Test(arguments: SnapshotCommand.allCases)
  func everyExampleIsAcceptedByItsOwnGrammar(command: SnapshotCommand) throws {
    #expect(!command.syntax.examples.isEmpty)
    for example in command.syntax.examples {
      let words = example.line.split(separator: " ").map(String.init)
      #expect(words.first == command.rawValue)
      _ = try CommandWords(command, words: words.dropFirst())
    }
  }

  @Test(arguments: SnapshotCommand.allCases)
  func noLineOfTheUsageIsWiderThanATerminalOfAHundred(command: SnapshotCommand) {
    for line in command.syntax.usage.split(separator: "\n") { #expect(line.count <= 120) }
  }
}
