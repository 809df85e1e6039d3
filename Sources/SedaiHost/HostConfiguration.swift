public import SedaiAPI
public import SedaiHostModel
internal import SedaiModel

/// What this machine is as a host.
public struct HostConfiguration: Sendable {
  public let places: HostPlaces
  /// Whether somebody made this machine a host: then commands want a volume list.
  public let isConfigured: Bool
  public let settings: HostSettings
  public let options: CommandOptions
  /// Lines of the settings that could not be used.
  public let warnings: [Problem]

  public init(_ places: HostPlaces) throws(Problem) {
    self.places = places
    let text = try HostFiles.text(places.configuration)
    isConfigured = text != nil
    let (settings, wrong) = HostSettings.reading(text ?? "")
    let (options, misfits) = CommandOptions.reading(try HostFiles.text(places.options) ?? "")
    self.settings = settings
    self.options = options
    warnings =
      wrong.map { Self.warning(places.configuration, $0) }
      + misfits.map { Self.warning(places.options, $0) }
  }

  private static func warning(_ path: String, _ problem: SettingsProblem) -> Problem {
    Problem(
      .hostSettingIgnored,
      ["path": .text(path), "line": .count(UInt64(problem.line)), "reason": .text(problem.reason)])
  }
}
