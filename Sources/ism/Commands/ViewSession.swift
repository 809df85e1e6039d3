import SedaiAPI
import SedaiClient
import SedaiModel

/// One view of the array.
struct ViewSession: Sendable {
  let client: ArrayClient
  let command: ViewCommand
  let line: CommandWords
  /// That of the session it runs in; the XML command has its own.
  let form: OutputForm

  func run() async throws(Problem) -> CommandOutcome {
    let configuration: ConfigurationDocument = try await client.get(
      APIPath.configuration,
      query: [(APIQuery.below, String(LogicalDiskNumber.legacyLimit))])
    if let name = line.value(ViewCommand.arrayOperand), name != configuration.status.name {
      throw Problem(.unknownArray, ["name": .text(name)])
    }
    let form = command == .query ? .xml : form
    let selection = ViewSelection.allCases.first { line.has($0.rawValue) } ?? .all
    let view = ConfigurationView(configuration: configuration, form: form)
    let layout = ViewLayout(command: command.rawValue, arguments: arguments(selection))
    switch (form, selection) {
    case (.xml, _): return CommandOutcome(output: layout.xml(view.chapters(selection)))
    case (.text, .arrays):
      return CommandOutcome(output: ViewLayout.arrayList([view.arrayListEntry]))
    case (.text, _): return CommandOutcome(output: layout.text(view.chapters(selection)))
    }
  }

  private func arguments(_ selection: ViewSelection) -> String {
    if command == .query { return "-cinder -xml -all" }
    return selection.rawValue
      + (line.value(ViewCommand.arrayOperand).map { " " + $0 } ?? "")
  }
}
