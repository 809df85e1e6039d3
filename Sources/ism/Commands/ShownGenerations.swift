import SedaiAPI
import SedaiClient
import SedaiHost
import SedaiHostModel
import SedaiModel

/// What link volumes showed when they were mounted: a file system whose snapshot went away
/// under it is not what it seems.
struct ShownGenerations: Sendable {
  let host: HostConfiguration
  let client: ArrayClient

  /// What a link volume shows.
  private struct Shown: Codable, Hashable {
    /// The base volume's name or a generation's label; nil while unlinked.
    var target: String?
    /// Of the snapshot; nil for a base volume.
    var createdAt: Int64?
  }

  /// Writes down what is shown now.
  func remember(_ volume: HostVolume) async throws(Problem) {
    guard volume.disk.kind == .link else { return }
    try HostFiles.store(try await now(volume.disk.name), at: file(volume))
  }

  func forget(_ volume: HostVolume) { HostFiles.remove(file(volume)) }

  /// - Throws: iSM13639 if something else is shown than when the volume was mounted. An array
  ///   that cannot be asked is no reason.
  func check(_ volume: HostVolume) async throws(Problem) {
    guard volume.disk.kind == .link,
      let then: Shown = try HostFiles.value(file(volume))
    else { return }
    let now: Shown
    do throws(Problem) {
      now = try await self.now(volume.disk.name)
    } catch {
      if error.messageID == MessageID.arrayUnreachable.description { return }
      throw error
    }
    if now != then { throw Problem(.pathNotNormal) }
  }

  private func now(_ name: String) async throws(Problem) -> Shown {
    let family = try await client.family(of: .name(name))
    let target = family.linkVolumes.first { $0.name == name }?.linkedTo
    let generation = family.generations.first { $0.label == target }
    return Shown(target: target, createdAt: generation?.createdAt)
  }

  private func file(_ volume: HostVolume) -> String {
    host.places.mounted + "/" + volume.volume.name.identifier + ".json"
  }
}
