import SedaiAPI

/// What `iSMsc_create` prints after its normal end.
/// - Source: commands.md 2.1.
struct CreateLayout {
  let clock: LocalClock
  /// Devices of this host by logical disk.
  var devices: [String: String] = [:]

  func text(_ generation: GenerationDocument) -> String {
    let type = generation.osType ?? nothing
    let time = generation.shownTime.map { " [\(clock.text($0))]" } ?? ""
    return """
         BV:\(generation.baseVolume.padded(to: 24)) \(type)
            Special File : \(devices[generation.baseVolume] ?? nothing)
         SV:\(generation.label.padded(to: 24)) \(type)
            Generation : \(generation.generationText)
            Status     : \(generation.state.word)\(time)

      """
  }
}
