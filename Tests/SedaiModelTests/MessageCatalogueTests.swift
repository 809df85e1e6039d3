import Foundation
import SedaiModel
import Testing

@Suite struct MessageCatalogueTests {
  @Test func `every message has a number of its own`() {
    let ids = MessageCatalogue.entries.map(\.id)
    #expect(Set(ids).count == ids.count)
    #expect(ids == ids.sorted())
  }

  @Test func `every message says in both languages the same things and what to do`() {
    for entry in MessageCatalogue.entries {
      #expect(
        Self.names(entry.template.english) == Self.names(entry.template.japanese),
        "\(entry.id)")
      #expect(!entry.explanation.isEmpty && !entry.measure.isEmpty, "\(entry.id)")
    }
  }

  private static func names(_ template: String) -> [String] {
    template.split(separator: "{", omittingEmptySubsequences: false).dropFirst().map {
      String($0.prefix { $0 != "}" })
    }.sorted()
  }

  @Test func `every number that code can name has an entry`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Sources/SedaiModel/Messages")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    var seen = 0
    for line in try files.flatMap({ try Self.lines(of: $0) }) {
      guard let start = line.range(of: "= MessageID(") else { continue }
      let number = try #require(UInt32(line[start.upperBound...].prefix { $0.isNumber }))
      #expect(MessageCatalogue.entry(MessageID(number)) != nil, "\(line)")
      seen += 1
    }
    #expect(seen == MessageCatalogue.entries.count)
  }

  private static func lines(of file: URL) throws -> [Substring] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      .filter { $0.contains("static let") }
  }

  @Test func `every message is told by some code beside the catalogue`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let folder = root.appending(path: "Sources/SedaiModel/Messages")
    let names = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil
    ).flatMap { try Self.lines(of: $0) }.compactMap {
      $0.firstMatch(of: /static let (\w+) = MessageID\(/).map { String($0.output.1) }
    }
    #expect(names.count == MessageCatalogue.entries.count)
    var told: Set<String> = []
    let walk = try #require(
      FileManager.default.enumerator(
        at: root.appending(path: "Sources"), includingPropertiesForKeys: nil))
    for case let file as URL in walk
    where file.pathExtension == "swift" && !file.path().contains("/SedaiModel/Messages/") {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /\.(\w+)/) { told.insert(String(match.output.1)) }
    }
    #expect(names.filter { !told.contains($0) }.isEmpty)
  }

  @Test func `numbers that other programs know keep their meaning`() {
    let known: [(UInt32, String)] = [
      (19010, "iSMsc_create has normally terminated."),
      (20020, "iSMsc_link has normally terminated."),
      (20030, "iSMsc_unlink has normally terminated."),
      (11701, "Volume list is created successfully."),
    ]
    for (number, text) in known {
      #expect(MessageCatalogue.text(MessageID(number), [:]) == text)
      #expect(MessageCatalogue.entry(MessageID(number))?.messageClass == .info)
    }
    #expect(MessageID.generationInTransition == MessageID(19411))
    #expect(MessageID.notInLDSet == MessageID(31065))
    #expect(MessageID.numberInUse == MessageID(31077))
  }

  @Test func `only conditions that pass by themselves carry a retryable number`() {
    let retryable = MessageCatalogue.entries.map(\.id).filter(\.isRetryable)
    #expect(retryable == [.generationInTransition, .catalogueBusy])
  }

  @Test func `numbers that belong to messages of other programs are not used for others`() {
    let foreign: [UInt32] = [
      7154, 7452, 7950, 7981, 13645, 31015, 31064, 42408, 42412,
    ]
    for number in foreign { #expect(MessageCatalogue.entry(MessageID(number)) == nil) }
  }

  @Test func `values stand where the template names them, and missing ones stay visible`() {
    let error = DiskArrayError(
      .stateConflict, .snapshotLinked, ["sv": .text("sv1"), "bv": .text("bv1")])
    #expect(error.text() == "Snapshot volume sv1 of bv1 is linked to {lv}.")
    #expect(error.exitStatus == .error)
    #expect(DiskArrayError(.timeout, .waitTimedOut).exitStatus == .timeout)
    #expect(DiskArrayError(.invalidRequest, .unknownOption).exitStatus == .usage)
    #expect(MessageID(parsing: "iSM07154") == MessageID(7154))
    #expect(MessageID(7154).description == "iSM07154")
  }
}
