import Hummingbird
import SedaiAPI
import SedaiArray
import SedaiModel

/// What the array is to its surroundings; part of its status.
public struct ArraySurroundings: Sendable {
  public var nbdSocketDirectory: String?
  /// `host:port`.
  public var nbdAddress: String?
  /// Bytes of metadata held in memory.
  public var cacheBytes: UInt64?
  /// Returns when a new LD set, by name, can be reached by its hosts, or soon after it is clear
  /// that it cannot: who made the set can use it with the next command.
  public var ldSetServed: @Sendable (String) async -> Void

  public init(
    nbdSocketDirectory: String? = nil, nbdAddress: String? = nil, cacheBytes: UInt64? = nil,
    ldSetServed: @escaping @Sendable (String) async -> Void = { _ in }
  ) {
    self.nbdSocketDirectory = nbdSocketDirectory
    self.nbdAddress = nbdAddress
    self.cacheBytes = cacheBytes
    self.ldSetServed = ldSetServed
  }
}

/// The resources under `/api/v1`.
struct ManagementAPI: Sendable {
  let calls: ArrayCalls
  let surroundings: ArraySurroundings
  let audit: AuditLog

  func router(signIn: SignIn) -> Router<ManagementContext> {
    let router = Router(context: ManagementContext.self)
    router.addMiddleware {
      ProblemAnswers()
      RequestGate(signIn: signIn, audit: audit)
    }
    router.get("\(APIPath.status)") { _, _ in try await status() }
    router.patch("\(APIPath.status)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(StatusChangeRequest.self, from: request)
      _ = try await calls { (array) throws(DiskArrayError) in
        try array.renameArray(to: try RequestValue.arrayName(body.name), by: requester)
      }
      return try await status()
    }
    router.get("\(APIPath.configuration)") { request, _ in
      try await configuration(request)
    }
    addPools(to: router)
    addReserves(to: router)
    addLogicalDisks(to: router)
    addFamilies(to: router)
    addGenerations(to: router)
    addLinkVolumes(to: router)
    addPairs(to: router)
    addLDSets(to: router)
    addHostPorts(to: router)
    addLicences(to: router)
    addActivity(to: router)
    addAccounts(to: router)
    addAudit(to: router)
    return router
  }

  private func status() async throws(Problem) -> Response {
    Answer.json(StatusDocument(try await calls { $0.status() }, surroundings))
  }

  /// Many disks make a long document: it is written off the event loops.
  private func configuration(_ request: Request) async throws(Problem) -> Response {
    let surroundings = surroundings
    var limit: LogicalDiskNumber?
    if request.item(APIQuery.below) != nil {
      limit = LogicalDiskNumber(
        try request.number(APIQuery.below, in: 0...UInt32.max, otherwise: 0))
    }
    let below = limit
    let body = try await calls { array in
      Answer.body(ConfigurationDocument(array.configuration(below: below), surroundings))
    }
    return Answer.json(body)
  }
}

extension ManagementContext {
  /// A part of the path.
  func segment(_ name: String) throws(Problem) -> String {
    guard let text = parameters.get(name) else {
      throw .notUnderstood("its path has no \(name)")
    }
    return text
  }

  /// A part of the path that names a volume.
  func volume(_ name: String) throws(Problem) -> VolumeReference {
    let text = try segment(name)
    guard let volume = VolumeReference(text) else {
      throw .notUnderstood("\"\(text)\" does not name a volume")
    }
    return volume
  }
}

extension ManagementContext {
  /// A part of the path that names a logical disk.
  func disk(_ name: String) throws(Problem) -> DiskReference {
    let text = try segment(name)
    guard let selector = DiskSelector(text) else {
      throw Problem(DiskArrayError(.notFound, .unknownDisk, ["name": .text(text)]))
    }
    do throws(DiskArrayError) {
      return try selector.disk()
    } catch {
      throw Problem(error)
    }
  }
}

extension Request {
  /// A query item.
  func item(_ name: String) -> String? {
    uri.queryParameters[Substring(name)].map(String.init)
  }

  /// A query item that is a whole number.
  func number<Number: FixedWidthInteger>(
    _ name: String, in range: ClosedRange<Number>, otherwise standard: Number
  ) throws(Problem) -> Number {
    guard let text = item(name) else { return standard }
    guard let number = Number(text), range.contains(number) else {
      throw .notUnderstood(
        "\(name) is not a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}
