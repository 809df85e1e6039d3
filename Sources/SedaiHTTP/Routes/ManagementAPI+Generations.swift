import Hummingbird
import SedaiAPI
import SedaiArray
import SedaiModel
import ServiceLifecycle

extension ManagementAPI {
  func addGenerations(to router: Router<ManagementContext>) {
    addSetOperations(to: router)
    addBuilding(to: router)
    router.get("\(APIPath.generations)/:volume") { request, context in
      try await generation(request, context)
    }
    router.post("\(APIPath.guardSnapshot)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(GuardRequest.self, from: request)
      let facts = try await calls { (array) throws(DiskArrayError) in
        let generation = try Self.member(body.generation, of: body.baseVolume, array)
        return try array.setGuard(generation, isGuarded: body.isGuarded, by: requester)
      }
      return Answer.json(GenerationDocument(facts))
    }
    router.post("\(APIPath.space)") { request, _ in
      let body = try await Answer.decode(SpaceRequest.self, from: request)
      try Self.check(count: body.volumes.count)
      let space = try await calls { (array) throws(DiskArrayError) in
        var generations: [SnapshotReference] = []
        for volume in body.volumes { generations.append(try volume.snapshot()) }
        return try array.exclusiveSpace(of: generations)
      }
      return Answer.json(
        SpaceDocument(
          volumes: body.volumes.map(\.text), allocatedBytes: space.allocatedBytes,
          validBytes: space.validBytes))
    }
  }

  // MARK: Sets

  private func addSetOperations(to router: Router<ManagementContext>) {
    router.post("\(APIPath.createSnapshots)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(GenerationSetRequest.self, from: request)
      try Self.check(count: body.members.count)
      let done = try await calls { (array) throws(DiskArrayError) in
        var requests: [CreateRequest] = []
        for member in body.members {
          let generation = try member.generation?.snapshot()
          requests.append(
            CreateRequest(
              base: try member.baseVolume.disk(),
              target: generation.map { .snapshot($0) } ?? .cyclic))
        }
        return try array.createSnapshots(requests, by: requester)
      }
      return Self.answer(done)
    }
    router.post("\(APIPath.deleteSnapshots)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(GenerationSetRequest.self, from: request)
      try Self.check(count: body.members.count)
      let done = try await calls { (array) throws(DiskArrayError) in
        var requests: [DeleteRequest] = []
        for member in body.members {
          let generation = try member.generation?.snapshot()
          requests.append(
            DeleteRequest(
              base: try member.baseVolume.disk(),
              target: generation.map { .snapshot($0) } ?? .nextCyclic))
        }
        return try array.deleteSnapshots(requests, by: requester)
      }
      return Self.answer(done)
    }
    router.post("\(APIPath.restoreSnapshots)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(RestoreSetRequest.self, from: request)
      try Self.check(count: body.members.count)
      let done = try await calls { (array) throws(DiskArrayError) in
        var requests: [RestoreRequest] = []
        for member in body.members {
          guard let generation = member.generation else {
            throw DiskArrayError(
              .invalidRequest, .requestNotUnderstood,
              ["reason": .text("a restore needs a generation")])
          }
          requests.append(
            RestoreRequest(
              base: try member.baseVolume.disk(), snapshot: try generation.snapshot(),
              derived: body.newerGenerations == .keep ? .keep : .delete,
              keepsUndo: body.keepsUndo))
        }
        return try array.restore(requests, by: requester)
      }
      return Self.answer(done)
    }
  }

  private static func check(count: Int) throws(Problem) {
    guard (1...GenerationSetRequest.maximumMembers).contains(count) else {
      throw .notUnderstood("a set has 1 to \(GenerationSetRequest.maximumMembers) members")
    }
  }

  private static func answer(_ facts: [SnapshotFacts]) -> Response {
    Answer.json(GenerationSetDocument(generations: facts.map { GenerationDocument($0) }))
  }

  /// A generation by its fixed place, after a look whether it belongs to `base`.
  private static func member(
    _ generation: VolumeReference, of base: VolumeReference?, _ array: DiskArray
  ) throws(DiskArrayError) -> SnapshotReference {
    let found = try array.query(snapshot: try generation.snapshot())
    if let base, try base.disk() != .name(found.base.name) {
      throw DiskArrayError(
        .stateConflict, .notGenerationOfBase,
        ["sv": .text(generation.text), "bv": .text(base.text)])
    }
    guard let facts = found.generations.first else {
      throw DiskArrayError(.notFound, .unknownVolume, ["name": .text(generation.text)])
    }
    return .disk(.name(facts.name))
  }

  // MARK: Building

  private func addBuilding(to router: Router<ManagementContext>) {
    router.post("\(APIPath.buildGenerations)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(GenerationBuildRequest.self, from: request)
      let built = try await calls { (array) throws(DiskArrayError) in
        let base = try body.baseVolume.disk()
        var pool: UInt8?
        if let text = body.pool { pool = try array.poolNumber(text) }
        let name = try RequestValue.name(body.name ?? body.baseVolume.text + "_SV")
        return try array.addGenerations(
          base: base, pool: pool, count: body.count, name: name, by: requester)
      }
      return Self.answer(built)
    }
    router.post("\(APIPath.removeGenerations)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(GenerationRemoveRequest.self, from: request)
      try await calls { (array) throws(DiskArrayError) in
        try array.removeGenerations(
          base: try body.baseVolume.disk(), count: body.count, by: requester)
      }
      return Answer.nothing
    }
    router.delete("\(APIPath.generations)/:volume") { _, context in
      let requester = try context.signedIn()
      let volume = try context.volume("volume")
      try await calls { (array) throws(DiskArrayError) in
        try array.removeGeneration(try volume.snapshot(), by: requester)
      }
      return Answer.nothing
    }
  }

  // MARK: One generation

  /// Shortest and longest time between two looks of a request that waits.
  private static let firstInterval = Duration.milliseconds(10)
  private static let longestInterval = Duration.milliseconds(200)

  private func generation(
    _ request: Request, _ context: ManagementContext
  ) async throws(Problem) -> Response {
    let volume = try context.volume("volume")
    var now = try await look(at: volume)
    guard let text = request.item(APIQuery.wait) else { return Answer.json(now) }
    guard let condition = WaitCondition(rawValue: text) else {
      throw .notUnderstood("\(APIQuery.wait) is active or deleted")
    }
    // What is waited for is the generation of now, whatever .-1 is later.
    let reference = now.reference
    try await hold(request, while: !condition.isMet(by: now.state) && now.state != .fault) {
      () async throws(Problem) in now = try await look(at: reference)
    }
    return Answer.json(now)
  }

  /// Looks again, ever less often, while what is waited for has not come and the time that the
  /// request gives is not over.
  func hold(
    _ request: Request, while isAwaited: @autoclosure () -> Bool,
    look: () async throws(Problem) -> Void
  ) async throws(Problem) {
    let seconds = try request.number(
      APIQuery.seconds, in: 0...APIQuery.maximumWaitSeconds,
      otherwise: APIQuery.maximumWaitSeconds)
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: .seconds(seconds))
    var interval = Self.firstInterval
    while isAwaited(), clock.now < deadline, !Task.isShuttingDownGracefully {
      do {
        try await Task.sleep(for: min(interval, clock.now.duration(to: deadline)))
      } catch {
        break
      }
      interval = min(interval * 2, Self.longestInterval)
      try await look()
    }
  }

  private func look(at volume: VolumeReference) async throws(Problem) -> GenerationDocument {
    let found = try await calls { (array) throws(DiskArrayError) in
      try array.query(snapshot: try volume.snapshot())
    }
    guard let facts = found.generations.first else {
      throw Problem(
        DiskArrayError(.notFound, .unknownVolume, ["name": .text(volume.text)]))
    }
    return GenerationDocument(facts)
  }
}
