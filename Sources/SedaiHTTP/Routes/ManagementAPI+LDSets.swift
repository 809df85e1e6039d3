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
          osType: try RequestValue.osType(body.osType), kind: try body.setKind(),
          by: requester)
      }
      await surroundings.ldSetServed(set.name.rawValue)
      return Answer.json(LDSetDocument(set), status: .created)
    }
    router.get("\(APIPath.ldSets)/:set") { _, context in
      let name = try context.segment("set")
      let set = try await calls { (array) throws(DiskArrayError) in
        try array.ldSet(try array.ldSetName(name))
      }
      return Answer.json(LDSetDocument(set))
    }
    router.delete("\(APIPath.ldSets)/:set") { _, context in
      let requester = try context.signedIn()
      let name = try context.segment("set")
      try await calls { (array) throws(DiskArrayError) in
        try array.deleteLDSet(try array.ldSetName(name), by: requester)
      }
      return Answer.nothing
    }
    addAssignments(to: router)
    addClients(to: router)
    addMembers(to: router)
    addCHAP(to: router)
  }

  private func addCHAP(to router: Router<ManagementContext>) {
    router.put("\(APIPath.ldSets)/:set\(APIPath.chap)") { request, context in
      let requester = try context.signedIn()
      let name = try context.segment("set")
      let body = try await Answer.decode(CHAPRequest.self, from: request)
      let set = try await calls { (array) throws(DiskArrayError) in
        try array.setCHAP(
          try body.credentials(), for: try RequestValue.initiator(ifAny: body.initiator),
          in: try array.ldSetName(name), by: requester)
      }
      return Answer.json(LDSetDocument(set))
    }
    router.delete("\(APIPath.ldSets)/:set\(APIPath.chap)") { request, context in
      let requester = try context.signedIn()
      let name = try context.segment("set")
      let member = request.item(APIQuery.member)
      let set = try await calls { (array) throws(DiskArrayError) in
        try array.setCHAP(
          nil, for: try RequestValue.initiator(ifAny: member), in: try array.ldSetName(name),
          by: requester)
      }
      return Answer.json(LDSetDocument(set))
    }
  }

  private func addAssignments(to router: Router<ManagementContext>) {
    router.post("\(APIPath.ldSets)/:set\(APIPath.disks)") { request, context in
      let requester = try context.signedIn()
      let name = try context.segment("set")
      let body = try await Answer.decode(LDSetDiskRequest.self, from: request)
      let set = try await calls { (array) throws(DiskArrayError) in
        try array.assign(
          try body.disk.disk(), to: try array.ldSetName(name), lun: body.lun,
          by: requester)
      }
      return Answer.json(LDSetDocument(set))
    }
    router.delete("\(APIPath.ldSets)/:set\(APIPath.disks)/:disk") { _, context in
      let requester = try context.signedIn()
      let name = try context.segment("set")
      let disk = try context.disk("disk")
      try await calls { (array) throws(DiskArrayError) in
        _ = try array.unassign(
          disk, from: try array.ldSetName(name), by: requester)
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
        try array.addClient(body.client, to: try array.ldSetName(name), by: requester)
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
          client, from: try array.ldSetName(name), by: requester)
      }
      return Answer.nothing
    }
  }

  // MARK: Initiators, paths, ports

  /// Adds or removes one member of a set, by its name.
  private typealias MemberChange =
    @Sendable (DiskArray, String, LDSetName, Requester) throws(DiskArrayError) -> LDSetFacts

  private func addMembers(to router: Router<ManagementContext>) {
    addMembers(
      APIPath.initiators, to: router,
      add: { (array, member, set, requester) throws(DiskArrayError) in
        try array.addInitiator(try RequestValue.initiator(member), to: set, by: requester)
      },
      remove: { (array, member, set, requester) throws(DiskArrayError) in
        try array.removeInitiator(try RequestValue.initiator(member), from: set, by: requester)
      })
    addMembers(
      APIPath.paths, to: router,
      add: { (array, member, set, requester) throws(DiskArrayError) in
        try array.addPath(try RequestValue.path(member), to: set, by: requester)
      },
      remove: { (array, member, set, requester) throws(DiskArrayError) in
        try array.removePath(try RequestValue.path(member), from: set, by: requester)
      })
    addMembers(
      APIPath.servingPorts, to: router,
      add: { (array, member, set, requester) throws(DiskArrayError) in
        try array.addPort(try RequestValue.port(member), to: set, by: requester)
      },
      remove: { (array, member, set, requester) throws(DiskArrayError) in
        try array.removePort(try RequestValue.port(member), from: set, by: requester)
      })
  }

  private func addMembers(
    _ path: String, to router: Router<ManagementContext>, add: @escaping MemberChange,
    remove: @escaping MemberChange
  ) {
    router.post("\(APIPath.ldSets)/:set\(path)") { request, context in
      let requester = try context.signedIn()
      let name = try context.segment("set")
      let body = try await Answer.decode(LDSetMemberRequest.self, from: request)
      let set = try await calls { (array) throws(DiskArrayError) in
        try add(array, body.member, try array.ldSetName(name), requester)
      }
      return Answer.json(LDSetDocument(set))
    }
    router.delete("\(APIPath.ldSets)/:set\(path)") { request, context in
      let requester = try context.signedIn()
      let name = try context.segment("set")
      guard let member = request.item(APIQuery.member) else {
        throw Problem.notUnderstood("\(APIQuery.member) is missing")
      }
      let set = try await calls { (array) throws(DiskArrayError) in
        try remove(array, member, try array.ldSetName(name), requester)
      }
      return Answer.json(LDSetDocument(set))
    }
  }
}
