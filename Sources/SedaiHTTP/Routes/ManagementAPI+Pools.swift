import Hummingbird
import SedaiAPI
import SedaiArray
import SedaiModel

extension ManagementAPI {
  func addPools(to router: Router<ManagementContext>) {
    router.get("\(APIPath.pools)") { _, _ in
      let pools = try await calls { $0.pools() }
      return Answer.json(Listing(items: pools.map(PoolDocument.init)))
    }
    router.post("\(APIPath.pools)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(PoolCreateRequest.self, from: request)
      let pool = try await calls { (array) throws(DiskArrayError) in
        try array.createPool(
          number: body.number, name: try RequestValue.poolName(body.name),
          kind: body.kind == .basic ? .basic : .dynamic,
          members: body.members.map(\.specification), by: requester)
      }
      return Answer.json(PoolDocument(pool), status: .created)
    }
    router.get("\(APIPath.pools)/:pool") { _, context in
      let text = try context.segment("pool")
      let pool = try await calls { (array) throws(DiskArrayError) in
        try array.pool(try array.poolNumber(text))
      }
      return Answer.json(PoolDocument(pool))
    }
    router.post("\(APIPath.pools)/:pool\(APIPath.members)") { request, context in
      let requester = try context.signedIn()
      let text = try context.segment("pool")
      let body = try await Answer.decode(PoolExpandRequest.self, from: request)
      let pool = try await calls { (array) throws(DiskArrayError) in
        try array.expandPool(
          try array.poolNumber(text), members: body.members.map(\.specification),
          by: requester)
      }
      return Answer.json(PoolDocument(pool))
    }
    router.delete("\(APIPath.pools)/:pool") { _, context in
      let requester = try context.signedIn()
      let text = try context.segment("pool")
      try await calls { (array) throws(DiskArrayError) in
        try array.deletePool(try array.poolNumber(text), by: requester)
      }
      return Answer.nothing
    }
  }

  func addReserves(to router: Router<ManagementContext>) {
    router.get("\(APIPath.reserves)") { _, _ in
      let pools = try await calls { $0.pools() }
      return Answer.json(Listing(items: pools.compactMap(ReserveDocument.init)))
    }
    router.post("\(APIPath.reserves)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(ReserveCreateRequest.self, from: request)
      let pool = try await calls { (array) throws(DiskArrayError) in
        try array.createReserve(
          pool: try array.poolNumber(body.pool), capacity: body.capacity, by: requester)
      }
      return Answer.json(try Self.reserve(of: pool), status: .created)
    }
    router.get("\(APIPath.reserves)/:pool") { _, context in
      let text = try context.segment("pool")
      let pool = try await calls { (array) throws(DiskArrayError) in
        try array.pool(try array.poolNumber(text))
      }
      return Answer.json(try Self.reserve(of: pool))
    }
    router.get("\(APIPath.reserves)/:pool\(APIPath.usage)") { _, context in
      let text = try context.segment("pool")
      let usage = try await calls { (array) throws(DiskArrayError) in
        try array.reserveUsage(of: try array.poolNumber(text))
      }
      return Answer.json(ReserveUsageDocument(usage))
    }
    router.delete("\(APIPath.reserves)/:pool") { _, context in
      let requester = try context.signedIn()
      let text = try context.segment("pool")
      try await calls { (array) throws(DiskArrayError) in
        _ = try array.deleteReserve(pool: try array.poolNumber(text), by: requester)
      }
      return Answer.nothing
    }
    router.patch("\(APIPath.reserves)/:pool") { request, context in
      let requester = try context.signedIn()
      let text = try context.segment("pool")
      let body = try await Answer.decode(ReserveChangeRequest.self, from: request)
      let pool = try await calls { (array) throws(DiskArrayError) in
        try Self.change(array, try array.poolNumber(text), body, by: requester)
      }
      return Answer.json(try Self.reserve(of: pool))
    }
  }

  private static func reserve(of pool: PoolFacts) throws(Problem) -> ReserveDocument {
    guard let reserve = ReserveDocument(pool) else {
      throw Problem(
        DiskArrayError(.notFound, .noReserve, ["pool": .text(pool.name.rawValue)]))
    }
    return reserve
  }

  /// The size and the rest are different operations of the array; one request takes one of
  /// them, so that nothing is ever half done.
  private static func change(
    _ array: DiskArray, _ pool: UInt8, _ body: ReserveChangeRequest, by requester: Requester
  ) throws(DiskArrayError) -> PoolFacts {
    let hasPolicy =
      body.policy != nil || body.warningThreshold != nil || body.criticalThreshold != nil
    if let capacity = body.capacity {
      guard !hasPolicy else {
        throw DiskArrayError(
          .invalidRequest, .requestNotUnderstood,
          ["reason": .text("capacity stands alone in a change")])
      }
      return try array.expandReserve(pool: pool, to: capacity, by: requester)
    }
    let present = try array.pool(pool).reserve?.thresholds ?? .standard
    var thresholds: ReserveThresholds?
    if body.warningThreshold != nil || body.criticalThreshold != nil {
      let warning = body.warningThreshold ?? present.warning
      let critical = body.criticalThreshold ?? present.critical
      guard let wanted = ReserveThresholds(warning: warning, critical: critical) else {
        throw DiskArrayError(
          .invalidRequest, .invalidThresholds,
          ["warning": .percent(warning), "critical": .percent(critical)])
      }
      thresholds = wanted
    }
    return try array.setReservePolicy(
      pool: pool, policy: body.policy?.policy, thresholds: thresholds, by: requester)
  }
}

extension PoolMemberRequest {
  fileprivate var specification: PoolMemberSpecification {
    PoolMemberSpecification(path: path, size: size, isSparse: isSparse)
  }
}
