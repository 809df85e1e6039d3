import Hummingbird
import SedaiAPI
import SedaiArray
import SedaiModel

extension ManagementAPI {
  func addPairs(to router: Router<ManagementContext>) {
    router.get("\(APIPath.pairs)") { request, _ in try await pairs(request) }
    router.post("\(APIPath.pairs)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(PairRequest.self, from: request)
      let pair = try await calls { (array) throws(DiskArrayError) in
        try array.pair(try body.selection(), by: requester)
      }
      return Answer.json(PairDocument(pair), status: .created)
    }
    router.get("\(APIPath.pairs)/:replica") { request, context in
      try await pair(request, context)
    }
    router.delete("\(APIPath.pairs)/:replica") { request, context in
      let requester = try context.signedIn()
      let replica = try context.volume("replica")
      guard let text = request.item(APIQuery.master), let master = VolumeReference(text) else {
        throw Problem.notUnderstood("\(APIQuery.master) does not name a volume")
      }
      let isForced = request.item(APIQuery.force) == "true"
      try await calls { (array) throws(DiskArrayError) in
        let pair = PairRequest(master: master, replica: replica)
        try array.unpair(try pair.selection(), isForced: isForced, by: requester)
      }
      return Answer.nothing
    }
    addPairOperations(to: router)
  }

  private func addPairOperations(to router: Router<ManagementContext>) {
    router.post("\(APIPath.replicatePair)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(PairReplicateRequest.self, from: request)
      let pair = try await calls { (array) throws(DiskArrayError) in
        try array.replicate(
          try body.pair.selection(), range: body.range, mode: body.mode, by: requester)
      }
      return Answer.json(PairDocument(pair))
    }
    router.post("\(APIPath.separatePair)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(PairSeparateRequest.self, from: request)
      let pair = try await calls { (array) throws(DiskArrayError) in
        try array.separate(
          try body.pair.selection(), access: body.access.access, use: body.use,
          isForced: body.isForced, by: requester)
      }
      return Answer.json(PairDocument(pair))
    }
    router.post("\(APIPath.restorePair)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(PairRestoreRequest.self, from: request)
      let pair = try await calls { (array) throws(DiskArrayError) in
        try array.restore(
          try body.pair.selection(), mode: body.mode, range: body.range, by: requester)
      }
      return Answer.json(PairDocument(pair))
    }
    router.post("\(APIPath.changePair)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(PairChangeRequest.self, from: request)
      let pair = try await calls { (array) throws(DiskArrayError) in
        try array.changePair(
          try body.pair.selection(), mode: body.mode, access: body.access?.access,
          by: requester)
      }
      return Answer.json(PairDocument(pair))
    }
  }

  // MARK: Questions

  /// All pairs, or those of one master volume.
  private func pairs(_ request: Request) async throws(Problem) -> Response {
    let isMeasured = request.item(APIQuery.sizes) == "true"
    let master = request.item(APIQuery.master)
    if let master, VolumeReference(master) == nil {
      throw .notUnderstood("\(APIQuery.master) does not name a volume")
    }
    let found = try await calls { (array) throws(DiskArrayError) in
      let pairs =
        if let volume = master.flatMap(VolumeReference.init) {
          try array.pairs(ofMaster: try volume.disk())
        } else {
          array.pairs()
        }
      return pairs.map { Self.document($0, array, isMeasured: isMeasured) }
    }
    return Answer.json(Listing(items: found))
  }

  /// A pair that ends between the two questions has no difference any more.
  private static func document(
    _ pair: PairFacts, _ array: DiskArray, isMeasured: Bool
  ) -> PairDocument {
    let difference =
      isMeasured ? try? array.difference(ofReplica: .name(pair.replica.name)) : nil
    return PairDocument(pair, differenceBytes: difference)
  }

  private func pair(
    _ request: Request, _ context: ManagementContext
  ) async throws(Problem) -> Response {
    let replica = try context.volume("replica")
    let isMeasured = request.item(APIQuery.sizes) == "true"
    func look() async throws(Problem) -> PairDocument {
      try await calls { (array) throws(DiskArrayError) in
        Self.document(
          try array.pair(ofReplica: try replica.disk()), array, isMeasured: isMeasured)
      }
    }
    var now = try await look()
    guard let text = request.item(APIQuery.wait) else { return Answer.json(now) }
    guard let condition = PairCondition(rawValue: text) else {
      throw .notUnderstood(
        "\(APIQuery.wait) is \(PairCondition.allCases.map(\.rawValue).joined(separator: " or "))")
    }
    try await hold(request, while: condition.isMet(by: now.state) == false) {
      () async throws(Problem) in now = try await look()
    }
    return Answer.json(now)
  }
}
