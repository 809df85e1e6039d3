import Foundation
import Testing

@testable import ism

@Suite struct ManualPageTests {
  private func committed(_ path: String) throws -> String {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../" + path).standardizedFileURL
    return try String(contentsOf: url, encoding: .utf8)
  }

  @Test(arguments: Tool.all.map(\.name))
  func theCommittedPageIsWhatTheTableSays(name: String) throws {
    let tool = try #require(Tool.named(name))
    #expect(
      try committed("man/\(name).1") == tool.manualPage, "run scripts/manual and commit the result")
  }

  @Test func theCommittedPageOfTheProgramItselfIsWhatTheTableSays() throws {
    #expect(try committed("man/ism.1") == Program.manualPage)
  }

  @Test func theCommittedCompletionsAreWhatTheTableSays() throws {
    #expect(try committed("completions/ism.bash") == Completions.bash)
  }

  @Test(arguments: Tool.all.map(\.name))
  func everyOptionIsInTheUsageTheHelpAndThePage(name: String) throws {
    let tool = try #require(Tool.named(name))
    for syntax in tool.commands.map(\.syntax) {
      for option in syntax.clauses.flatMap(\.optionNames) {
        #expect(syntax.usage.contains(option))
        #expect(syntax.help.contains(option))
        #expect(tool.manualPage.contains(option.replacing("-", with: "\\-")))
      }
    }
  }

  @Test(arguments: Tool.all.flatMap(\.commands))
  func everyExampleIsAcceptedByItsOwnGrammar(command: Command) throws {
    #expect(!command.syntax.examples.isEmpty)
    for example in command.syntax.examples {
      let words = example.line.split(separator: " ").map(String.init)
      guard case .command(let found, let rest) = Invocation(arguments: words) else {
        Issue.record("\(example.line) is no command")
        continue
      }
      #expect(found == command)
      _ = try CommandWords(command.syntax, words: rest)
    }
  }

  @Test(arguments: Tool.all.flatMap(\.commands))
  func noLineOfTheUsageIsWiderThanATerminalOfAHundred(command: Command) {
    for line in command.syntax.usage.split(separator: "\n") { #expect(line.count <= 120) }
  }
}
