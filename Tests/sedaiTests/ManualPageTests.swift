import Foundation
import Testing

@testable import sedai

@Suite struct ManualPageTests {
  @Test func theCommittedPageIsWhatTheProgramSays() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../man/sedai.1").standardizedFileURL
    let page = try String(contentsOf: path, encoding: .utf8)
    #expect(page == ManualPage.text, "run scripts/manual and commit the result")
  }
}
