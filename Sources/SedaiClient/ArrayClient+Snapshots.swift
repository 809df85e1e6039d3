public import SedaiAPI
import SedaiModel

/// The snapshot operations that several commands share.
extension ArrayClient {
  /// A volume with everything that depends on the same base volume.
  /// - Parameter withSizes: also the sizes that take a walk to find out.
  public func family(
    of volume: VolumeReference, withSizes: Bool = false
  ) async throws(Problem) -> FamilyDocument {
    try await get(
      APIPath.member(APIPath.families, volume.text),
      query: withSizes ? [(APIQuery.sizes, "true")] : [])
  }

  /// One link volume; nil if `name` is that of another kind of volume.
  public func linkVolume(_ name: String) async throws(Problem) -> LinkVolumeDocument? {
    let family = try await family(of: .name(name))
    guard family.subject == .linkVolume(name: name) else { return nil }
    return family.linkVolumes.first { $0.name == name }
  }

  /// One generation.
  public func generation(_ volume: VolumeReference) async throws(Problem) -> GenerationDocument {
    try await get(APIPath.member(APIPath.generations, volume.text))
  }

  /// One generation of a base volume.
  ///
  /// - Throws: also if `volume` belongs to another base volume.
  public func generation(
    _ volume: VolumeReference, of base: VolumeReference
  ) async throws(Problem) -> GenerationDocument {
    let found = try await generation(volume)
    guard base.text == found.baseVolume else {
      throw Problem(
        .notGenerationOfBase, ["sv": .text(found.label), "bv": .text(base.text)])
    }
    return found
  }

  /// How a wait ended.
  public enum WaitOutcome: Sendable {
    case met(GenerationDocument)
    /// It is faulty: the condition cannot be met.
    case fault(GenerationDocument)
    case timedOut(GenerationDocument)
  }

  /// Waits until `generation` meets `condition`.
  ///
  /// The generation is watched by its fixed number, so snapshots taken meanwhile do not shift
  /// what is waited for.
  /// - Parameter limit: nil waits without end.
  public func wait(
    for condition: WaitCondition, of generation: GenerationDocument, limit: Duration?
  ) async throws(Problem) -> WaitOutcome {
    let clock = ContinuousClock()
    let deadline = limit.map { clock.now.advanced(by: $0) }
    while true {
      let left = deadline.map { max(.zero, clock.now.duration(to: $0)) }
      let hold = min(left ?? .seconds(APIQuery.maximumWaitSeconds), Self.longestHold)
      let seconds = Int(hold.components.seconds) + (hold.components.attoseconds > 0 ? 1 : 0)
      let now: GenerationDocument = try await get(
        APIPath.member(APIPath.generations, generation.reference.text),
        query: [(APIQuery.wait, condition.rawValue), (APIQuery.seconds, String(seconds))])
      if condition.isMet(by: now.state) { return .met(now) }
      if now.state == .fault { return .fault(now) }
      if let deadline, clock.now >= deadline { return .timedOut(now) }
    }
  }

  private static let longestHold = Duration.seconds(APIQuery.maximumWaitSeconds)
}
