import Foundation
import Testing

@testable import sedai

@Suite struct ManualPageTests {
  private func committed(_ path: String) throws -> String {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../" + path).standardizedFileURL
    return try String(contentsOf: url, encoding: .utf8)
  }

  @Test func theCommittedPageIsWhatTheProgramSays() throws {
    #expect(
      try committed("man/sedai.1") == ManualPage.text,
      "run scripts/manual and commit the result")
    #expect(
      try committed("man/sedai-messages.7") == ManualPage.messages,
      "run scripts/manual and commit the result")
  }

  @Test func theCommittedListOfMessagesIsTheCatalogue() throws {
    #expect(
      try committed("docs/messages/README.md") == MessageDocument.text,
      "run scripts/manual and commit the result")
  }
}
