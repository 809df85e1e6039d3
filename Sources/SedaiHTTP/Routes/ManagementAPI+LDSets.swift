import Hummingbird
import SedaiAPI
import SedaiArray
import SedaiModel

extension ManagementAPI {
  func addLDSets(to router: Router<ManagementContext>) {
    router.get("\(APIPath.ldSets)") { _, _ in
      let sets = try await calls { $0.ldSets() }
      return Answer.json(Listing(items: sets.map(LDSetDocument.init)))
    }
    router.post("\(APIPath.ldSets)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(LDSetCreateRequest.self, from: request)
      let set = try await calls { (array) throws(DiskArrayError) in
        try array.createLDSet(
          try RequestValue.newSetName(body.name),
          osType: try RequestValue.osType(body.osType), by: requester)
      }
      await surroundings.ldSetServed(set.name.rawValue)
      return Answer.json(LDSetDocument(set), status: .created)
    }
    router.get("\(APIPath.ldSets)/:set") { _, context in
      let name = try context.segment("set")
      let set = try await calls { (array) throws(DiskArrayError) in
        try array.ldSet(try RequestValue.setName(name))
      }
      return Answer.json(LDSetDocument(set))
    }
    router.delete("\(APIPath.ldSets)/:set") { _, context in
      let requester = try context.signedIn()
      let name = try context.segment("set")
      try await calls { (array) throws(DiskArrayError) in
        try array.deleteLDSet(try RequestValue.setName(name), by: requester)
      }
      return Answer.nothing
    }
    addAssignments(to: router)
    addClients(to: router)
  }

  private func addAssignments(to router: Router<ManagementContext>) {
    router.post("\(APIPath.ldSets)/:set\(APIPath.disks)") { request, context in
      let requester = try context.signedIn()
      let name = try context.segment("set")
      let body = try await Answer.decode(LDSetDiskRequest.self, from: request)
      let set = try await calls { (array) throws(DiskArrayError) in
        try array.assign(
          try Self.disk(body.disk), to: try RequestValue.setName(name), lun: body.lun,
          by: requester)
      }
      return Answer.json(LDSetDocument(set))
    }
    router.delete("\(APIPath.ldSets)/:set\(APIPath.disks)/:disk") { _, context in
      let requester = try context.signedIn()
      let name = try context.segment("set")
      let disk = try context.segment("disk")
      try await calls { (array) throws(DiskArrayError) in
        _ = try array.unassign(
          try Self.disk(disk), from: try RequestValue.setName(name), by: requester)
      }
      return Answer.nothing
    }
  }

  private func addClients(to router: Router<ManagementContext>) {
    router.post("\(APIPath.ldSets)/:set\(APIPath.clients)") { request, context in
      let requester = try context.signedIn()
      let name = try context.segment("set")
      let body = try await Answer.decode(LDSetClientRequest.self, from: request)
      let set = try await calls { (array) throws(DiskArrayError) in
        try array.addClient(body.client, to: try RequestValue.setName(name), by: requester)
      }
      return Answer.json(LDSetDocument(set))
    }
    router.delete("\(APIPath.ldSets)/:set\(APIPath.clients)") { request, context in
      let requester = try context.signedIn()
      let name = try context.segment("set")
      guard let client = request.item(APIQuery.client) else {
        throw Problem.notUnderstood("\(APIQuery.client) is missing")
      }
      try await calls { (array) throws(DiskArrayError) in
        _ = try array.removeClient(
          client, from: try RequestValue.setName(name), by: requester)
      }
      return Answer.nothing
    }
  }

  private static func disk(_ name: String) throws(DiskArrayError) -> DiskReference {
    guard let name = LogicalDiskName(name) else {
      throw DiskArrayError(.notFound, .unknownDisk, ["name": .text(name)])
    }
    return .name(name)
  }
}
