import Hummingbird
import SedaiAPI
import SedaiArray
import SedaiModel

extension ManagementAPI {
  func addLogicalDisks(to router: Router<ManagementContext>) {
    router.get("\(APIPath.logicalDisks)") { _, _ in
      let disks = try await calls { $0.disks() }
      return Answer.json(Listing(items: disks.map { LogicalDiskDocument($0) }))
    }
    router.post("\(APIPath.logicalDisks)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(LogicalDiskCreateRequest.self, from: request)
      let disk = try await calls { (array) throws(DiskArrayError) in
        try array.bind(try Self.specification(body, array), by: requester)
      }
      return Answer.json(LogicalDiskDocument(disk), status: .created)
    }
    router.get("\(APIPath.logicalDisks)/:name") { _, context in
      let name = try context.disk("name")
      let disk = try await calls { (array) throws(DiskArrayError) in
        try array.disk(name)
      }
      return Answer.json(LogicalDiskDocument(disk))
    }
    router.patch("\(APIPath.logicalDisks)/:name") { request, context in
      let requester = try context.signedIn()
      let name = try context.disk("name")
      let body = try await Answer.decode(LogicalDiskChangeRequest.self, from: request)
      let disk = try await calls { (array) throws(DiskArrayError) in
        try Self.change(array, name, body, by: requester)
      }
      return Answer.json(LogicalDiskDocument(disk))
    }
    router.delete("\(APIPath.logicalDisks)/:name") { _, context in
      let requester = try context.signedIn()
      let name = try context.disk("name")
      try await calls { (array) throws(DiskArrayError) in
        try array.unbind(name, by: requester)
      }
      return Answer.nothing
    }
    router.post("\(APIPath.logicalDisks)/:name\(APIPath.undoRestore)") { _, context in
      let requester = try context.signedIn()
      let name = try context.disk("name")
      try await calls { (array) throws(DiskArrayError) in
        try array.undoRestore(of: name, by: requester)
      }
      return Answer.nothing
    }
    router.get("\(APIPath.logicalDisks)/:name\(APIPath.differences)") { request, context in
      try await differences(request, context)
    }
  }

  private static func specification(
    _ body: LogicalDiskCreateRequest, _ array: DiskArray
  ) throws(DiskArrayError) -> DiskSpecification {
    guard body.kind == .individual || body.kind == .control else {
      throw DiskArrayError(
        .invalidRequest, .requestNotUnderstood,
        ["reason": .text("kind is IV or CV in a new logical disk")])
    }
    var name: LogicalDiskName?
    if let text = body.name { name = try RequestValue.name(text) }
    return DiskSpecification(
      pool: try array.poolNumber(body.pool), capacity: body.capacity,
      number: body.number.map { LogicalDiskNumber($0) }, name: name,
      osType: try RequestValue.osType(body.osType), isControlVolume: body.kind == .control,
      blockSize: try RequestValue.blockSize(body.blockBytes))
  }

  /// Name and type are one operation of the array, the size another, the limits a third; one
  /// request takes one of them, so that nothing is ever half done.
  private static func change(
    _ array: DiskArray, _ disk: DiskReference, _ body: LogicalDiskChangeRequest,
    by requester: Requester
  ) throws(DiskArrayError) -> DiskFacts {
    if body.capacity != nil || body.limits != nil {
      guard body.name == nil && body.osType == nil, body.capacity == nil || body.limits == nil
      else {
        throw DiskArrayError(
          .invalidRequest, .requestNotUnderstood,
          ["reason": .text("capacity and limits stand alone in a change")])
      }
    }
    if let limits = body.limits {
      return try array.setLimits(disk, try limits.change(), by: requester)
    }
    if let capacity = body.capacity {
      return try array.expand(disk, to: capacity, by: requester)
    }
    let present = try array.disk(disk)
    var name = present.name
    if let text = body.name { name = try RequestValue.name(text) }
    guard let text = body.osType else {
      return try array.rename(disk, to: name, by: requester)
    }
    let type = text.isEmpty ? nil : try RequestValue.osType(text)
    return try array.rename(disk, to: name, osType: .some(type), by: requester)
  }

  private func differences(
    _ request: Request, _ context: ManagementContext
  ) async throws(Problem) -> Response {
    let from = try context.volume("name")
    guard let text = request.item(APIQuery.other), let to = VolumeReference(text) else {
      throw .notUnderstood("\(APIQuery.other) does not name a volume")
    }
    let offset = try request.number(APIQuery.offset, in: 0...UInt64.max, otherwise: 0)
    let limit = try request.number(
      APIQuery.limit, in: 1...APIQuery.maximumEntries, otherwise: APIQuery.maximumEntries)
    let found = try await calls { (array) throws(DiskArrayError) in
      let first = try Self.side(from, array)
      let second = try Self.side(to, array)
      let base = first.base
      return try array.differences(
        of: .name(base.name), from: first.snapshot, to: second.snapshot, at: offset,
        count: base.capacity > offset ? base.capacity - offset : 0, limit: limit)
    }
    return Answer.json(
      DifferencesDocument(
        from: from.text, to: to.text,
        ranges: found.ranges.map { ByteRangeDocument(offset: $0.offset, length: $0.count) },
        next: found.next))
  }

  /// One side of a comparison: a base volume as it is now, or one of its generations.
  private static func side(
    _ volume: VolumeReference, _ array: DiskArray
  ) throws(DiskArrayError) -> (base: DiskFacts, snapshot: SnapshotReference?) {
    if case .name = volume {
      let disk = try array.disk(try volume.disk())
      if !disk.roles.contains(.snapshot) { return (disk, nil) }
    }
    let snapshot = try volume.snapshot()
    return (try array.query(snapshot: snapshot).base, snapshot)
  }
}
