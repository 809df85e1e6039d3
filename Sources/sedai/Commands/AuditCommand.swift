import ArgumentParser
import SedaiAPI
import SedaiClient

struct AuditCommand: ArrayCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Show who changed what, and what was refused; for administrators.",
    discussion: "Oldest first, the newest entries that --limit allows.")
  @Option(help: "Entries with a higher number than this only.") var after: UInt64 = 0
  @Option(help: "At most so many, 1 to \(APIQuery.maximumEntries).") var limit = 100
  @OptionGroup var output: OutputOptions

  func run(_ array: ArrayClient) async throws {
    let entries: Listing<AuditDocument> = try await array.get(
      APIPath.audit,
      query: [(APIQuery.after, String(after)), (APIQuery.limit, String(limit))])
    try output.show(entries) { entries in
      var table = Table(
        ("NUMBER", .right), ("TIME", .left), ("WHO", .left), ("ROLE", .left), ("FROM", .left),
        ("STATUS", .right), ("MESSAGE", .left), ("REQUEST", .left))
      for entry in entries.items {
        table.add(
          "\(entry.number)", Shown.time(entry.time), entry.who, entry.role, entry.from,
          "\(entry.status)", entry.messageID, Shown.line(of: entry))
      }
      return table.text
    }
  }
}

extension Shown {
  /// What was asked, on one line: what would steer a terminal is spelled out.
  static func line(of entry: AuditDocument) -> String {
    let text = entry.request + (entry.body.map { " " + $0 } ?? "")
    return String(
      text.unicodeScalars.flatMap { scalar -> [Character] in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse:
          Array("\\u{" + String(scalar.value, radix: 16) + "}")
        default: [Character(scalar)]
        }
      })
  }
}
