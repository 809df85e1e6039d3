import Hummingbird
import SedaiAPI
import SedaiArray
import SedaiModel

extension ManagementAPI {
  func addLinkVolumes(to router: Router<ManagementContext>) {
    router.get("\(APIPath.linkVolumes)") { _, _ in
      let links = try await calls { $0.linkVolumes() }
      return Answer.json(Listing(items: links.map(LinkVolumeDocument.init)))
    }
    router.post("\(APIPath.linkVolumes)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(LinkVolumeCreateRequest.self, from: request)
      let link = try await calls { (array) throws(DiskArrayError) in
        try array.bindLinkVolume(
          base: try body.baseVolume.disk(),
          number: body.number.map { LogicalDiskNumber($0) },
          name: try RequestValue.name(body.name), by: requester)
      }
      return Answer.json(LinkVolumeDocument(link), status: .created)
    }
    router.get("\(APIPath.linkVolumes)/:name") { _, context in
      let name = try context.segment("name")
      let links = try await calls { $0.linkVolumes() }
      guard let link = links.first(where: { $0.name.rawValue == name }) else {
        throw Problem(DiskArrayError(.notFound, .unknownVolume, ["name": .text(name)]))
      }
      return Answer.json(LinkVolumeDocument(link))
    }
    router.delete("\(APIPath.linkVolumes)/:name") { _, context in
      let requester = try context.signedIn()
      let name = try context.disk("name")
      try await calls { (array) throws(DiskArrayError) in
        try array.unbindLinkVolume(name, by: requester)
      }
      return Answer.nothing
    }
    router.put("\(APIPath.linkVolumes)/:name\(APIPath.link)") { request, context in
      let requester = try context.signedIn()
      let name = try context.volume("name")
      let body = try await Answer.decode(LinkRequest.self, from: request)
      let link = try await calls { (array) throws(DiskArrayError) in
        try array.link(
          try name.disk(), to: try Self.target(body.source, array),
          access: body.access.access, by: requester)
      }
      return Answer.json(LinkVolumeDocument(link))
    }
    router.delete("\(APIPath.linkVolumes)/:name\(APIPath.link)") { request, context in
      let requester = try context.signedIn()
      let name = try context.volume("name")
      var source: VolumeReference?
      if let text = request.item(APIQuery.source) {
        source = VolumeReference(text)
        if source == nil { throw Problem.notUnderstood("\"\(text)\" does not name a volume") }
      }
      let expected = source
      try await calls { (array) throws(DiskArrayError) in
        var target: LinkRequestTarget?
        if let expected { target = try Self.target(expected, array) }
        _ = try array.unlink(try name.disk(), from: target, by: requester)
      }
      return Answer.nothing
    }
  }

  /// A name means a generation if it is a snapshot volume's, else a base volume.
  private static func target(
    _ source: VolumeReference, _ array: DiskArray
  ) throws(DiskArrayError) -> LinkRequestTarget {
    guard case .name = source else { return .snapshot(try source.snapshot()) }
    let disk = try source.disk()
    guard let facts = try? array.disk(disk) else {
      throw DiskArrayError(.notFound, .unknownVolume, ["name": .text(source.text)])
    }
    return facts.roles.contains(.snapshot) ? .snapshot(.disk(disk)) : .base(disk)
  }
}
