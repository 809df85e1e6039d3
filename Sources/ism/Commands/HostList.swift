import SedaiAPI
import SedaiClient
import SedaiHost
import SedaiHostModel
import SedaiModel

/// The volume list, made and checked with what the array says.
struct HostList: Sendable {
  let host: HostConfiguration
  let client: ArrayClient

  /// The list as it has to be now.
  ///
  /// - Parameter now: seconds since 1970 UTC.
  func current(previous: VolumeList?, now: Int64) async throws(Problem) -> VolumeList {
    let picture = try await picture()
    let sameArray = previous?.array.worldWideName == picture.worldWideName ? previous : nil
    return VolumeList(
      updatedAt: now, array: picture, controlVolume: host.settings.controlVolume,
      disks: try scan.disks(
        of: picture, unreadable: try await unreadable(picture), previous: sameArray))
  }

  /// Why the list has to be made again; an array that cannot be asked says nothing about it.
  func staleCauses(of list: VolumeList) async -> [Problem] {
    var problems = await staleCausesOfArray(for: list)
    let kept = list.disks.filter { $0.keptBecause != nil }
    let unreadable = Dictionary(
      kept.map { ($0.name, $0.keptBecause ?? "") }, uniquingKeysWith: { first, _ in first })
    if let seen = try? scan.disks(of: list.array, unreadable: unreadable, previous: list) {
      problems += list.changes(toHost: seen, controlVolume: host.settings.controlVolume)
        .map(Self.problem)
    }
    return problems
  }

  /// The same for the array alone: no disk is touched.
  func staleCausesOfArray(for list: VolumeList) async -> [Problem] {
    guard let number = list.array.configurationNumber, let status = try? await status(),
      status.configurationNumber != number || status.worldWideName != list.array.worldWideName,
      let picture = try? await picture()
    else { return [] }
    return list.array.changes(to: picture).map(Self.problem)
  }

  private static func problem(_ cause: StaleCause) -> Problem {
    Problem(.volumeListStale, ["cause": .text(cause.description)])
  }

  private var scan: HostScan {
    HostScan(host.places, settings: host.settings, options: host.options)
  }

  private func status() async throws(Problem) -> StatusDocument {
    try await client.get(APIPath.status)
  }

  private func picture() async throws(Problem) -> ArrayPicture {
    let configuration: ConfigurationDocument = try await client.get(
      APIPath.configuration,
      query: [(APIQuery.below, String(LogicalDiskNumber.legacyLimit))])
    guard let picture = ArrayPicture(configuration) else {
      throw Problem(.arrayAnswersTooLittle, ["name": .text(configuration.status.name)])
    }
    return picture
  }

  /// Disks of this host whose contents are not their usual ones, and why.
  /// - Source: seed manual 1.6.
  private func unreadable(_ picture: ArrayPicture) async throws(Problem) -> [String: String] {
    var reasons: [String: String] = [:]
    for disk in try scan.present(of: picture) {
      switch disk.kind {
      case .link:
        let link = try await client.linkVolume(disk.name)
        if link?.linkedTo == nil {
          reasons[disk.name] = "it is not linked"
        } else if link?.access == .notReady || link?.access == .notAvailable {
          reasons[disk.name] = "it is linked without access"
        }
      case .base:
        let family = try await client.family(of: .name(disk.name))
        if let link = family.linkVolumes.first(where: { $0.linkedTo == disk.name }) {
          reasons[disk.name] = "it is linked to \(link.name)"
        }
      case .individual, .snapshot, .reserve, .control, .master, .replica: break
      }
    }
    return reasons
  }
}
