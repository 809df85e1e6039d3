import Hummingbird
import SedaiAPI
import SedaiArray
import SedaiModel

extension ManagementAPI {
  func addFamilies(to router: Router<ManagementContext>) {
    router.get("\(APIPath.families)/:volume") { request, context in
      let volume = try context.volume("volume")
      let withSizes = request.item(APIQuery.sizes) == "true"
      let family = try await calls { (array) throws(DiskArrayError) in
        try Self.family(of: volume, array, withSizes: withSizes)
      }
      return Answer.json(family)
    }
  }

  private static func family(
    of volume: VolumeReference, _ array: DiskArray, withSizes: Bool
  ) throws(DiskArrayError) -> FamilyDocument {
    let (base, subject) = try subject(volume, array)
    var generations: [GenerationDocument] = []
    let query = try members(of: base, array)
    for facts in query.generations {
      var exclusive: UInt64?
      if withSizes, facts.relativeGeneration != nil {
        // A snapshot that is deleted between the two questions has no size any more.
        let space = try? array.exclusiveSpace(of: [.disk(.name(facts.name))])
        exclusive = space?.allocatedBytes
      }
      generations.append(GenerationDocument(facts, exclusiveBytes: exclusive))
    }
    return FamilyDocument(
      baseVolume: LogicalDiskDocument(query.base), generations: generations,
      linkVolumes: query.linkVolumes.map(LinkVolumeDocument.init), subject: subject)
  }

  /// The base volume of the family, and what the request named.
  private static func subject(
    _ volume: VolumeReference, _ array: DiskArray
  ) throws(DiskArrayError) -> (LogicalDiskName, FamilySubject) {
    if case .name = volume {
      let reference = try volume.disk()
      let disk: DiskFacts
      do throws(DiskArrayError) {
        disk = try array.disk(reference)
      } catch {
        // Snapshot commands have their own words for a name that means nothing.
        throw error.kind == .notFound
          ? DiskArrayError(.notFound, .unknownVolume, ["name": .text(volume.text)]) : error
      }
      if disk.roles.contains(.link) {
        let link = array.linkVolumes().first { $0.name == disk.name }
        return (link?.base ?? disk.name, .linkVolume(name: disk.name.rawValue))
      }
      if !disk.roles.contains(.snapshot) { return (disk.name, .baseVolume) }
    }
    let found = try array.query(snapshot: try volume.snapshot())
    guard let facts = found.generations.first else {
      throw DiskArrayError(.notFound, .unknownVolume, ["name": .text(volume.text)])
    }
    return (
      found.base.name,
      .generation(absolute: UInt64(clamping: facts.absoluteGeneration))
    )
  }

  /// A volume without generations is a family too, with its link volumes if it has any.
  private static func members(
    of base: LogicalDiskName, _ array: DiskArray
  ) throws(DiskArrayError) -> (
    base: DiskFacts, generations: [SnapshotFacts], linkVolumes: [LinkFacts]
  ) {
    do throws(DiskArrayError) {
      let query = try array.query(base: .name(base))
      return (query.base, query.generations, query.linkVolumes)
    } catch {
      guard error.messageID == .noGenerationBuilt else { throw error }
      let links = array.linkVolumes().filter { $0.base == base }
      return (try array.disk(.name(base)), [], links)
    }
  }
}
