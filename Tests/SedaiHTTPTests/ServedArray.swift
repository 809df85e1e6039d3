import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import SedaiAPI
import SedaiArray
import SedaiBytes
import SedaiClient
import SedaiEngine
import SedaiFormat
import SedaiModel
import SedaiMonitor
import ServiceLifecycle
import Testing

@testable import SedaiHTTP

/// A real array on a real engine on devices in memory, behind its real listeners.
struct ServedArray: Sendable {
  let array: DiskArray
  let client: ArrayClient
  let socket: String
  let directory: String
  /// The TCP port, if it listens on one.
  let port: Int
  private let group: ServiceGroup

  /// The token that the TCP listener accepts, and its owner.
  static let token = "0123456789abcdef"
  static let owner = "operator"

  /// Serves while `body` runs.
  static func with(
    tcpPort: Int? = nil, auditLimit: Int = AuditLog.fileBytes,
    _ body: @Sendable (ServedArray) async throws -> Void
  ) async throws {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "sedai-http-\(UUID().uuidString.prefix(8))").path(percentEncoded: false)
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let array = try open()
    let socket = directory + "/s"
    var tcp: ManagementTCP?
    if let tcpPort {
      tcp = ManagementTCP(
        host: "127.0.0.1", port: tcpPort, tls: nil,
        tokens: try TokenFile(text: TokenFile.line(name: owner, token: token), path: "tokens"))
    }
    let (listening, isListening) = AsyncStream<Void>.makeStream()
    var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    logger.logLevel = .critical
    let audit = try AuditLog(path: directory + "/audit", fileLimit: auditLimit)
    defer { audit.close() }
    let service = ManagementService(
      array: array, surroundings: ArraySurroundings(nbdSocketDirectory: "/nbd"),
      audit: audit, socketPath: socket, tcp: tcp, logger: logger
    ) { isListening.finish() }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(services: [service], logger: logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      for await _ in listening {}
      let client = ArrayClient(ClientSettings(address: .unixSocket(path: socket)))
      let served = ServedArray(
        array: array, client: client, socket: socket, directory: directory,
        port: tcpPort ?? 0, group: group)
      let outcome: Result<Void, any Error>
      do {
        outcome = .success(try await body(served))
      } catch {
        outcome = .failure(error)
      }
      await client.close()
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      try array.stop()
      try array.engine.close()
      try outcome.get()
    }
  }

  func stop() async { await group.triggerGracefulShutdown() }

  private static func open() throws -> DiskArray {
    let system = MemoryDevice(size: .mebibytes(16))
    try Engine.format(
      systemArea: system,
      parameters: FormatParameters(
        array: Array(repeating: 7, count: 16), journalBytes: .mebibytes(4)))
    let engine = try Engine.open(
      systemArea: system,
      environment: EngineEnvironment(boot: Array(repeating: 1, count: 16)) {
        (_) throws(DeviceError) in throw .readFailed(errno: 2)
      })
    let identities = Monitor<UInt8>(0)
    let environment = ArrayEnvironment(
      arrayName: "TEST",
      now: { Timestamp(nanoseconds: UInt64(Date().timeIntervalSince1970 * 1e9)) },
      monotonic: { DispatchTime.now().uptimeNanoseconds },
      random: { 0x0102_0304_0506_0708 },
      prepareMember: { (member) throws(PoolMemberRefusal) -> PoolMember in
        guard let size = member.size else { throw PoolMemberRefusal(reason: "no size") }
        let identity = identities.withLock {
          $0 += 1
          return $0
        }
        return PoolMember(
          device: MemoryDevice(size: ByteCount(size)),
          identity: Array(repeating: identity, count: 16), path: member.path)
      })
    let array = try DiskArray.open(engine: engine, environment: environment)
    array.start()
    return array
  }

  // MARK: Requests

  /// Pool `p` with a reserve, base volume `bv` with `generations` generations `sv_01`…, and
  /// link volume `lv`.
  func makeFamily(_ base: String = "bv", generations: Int = 3) async throws {
    if base == "bv" {
      let _: PoolDocument = try await client.send(
        .post, APIPath.pools,
        PoolCreateRequest(
          name: "p", members: [PoolMemberRequest(path: "p", size: 64 << 20)]))
      let _: ReserveDocument = try await client.send(
        .post, APIPath.reserves, ReserveCreateRequest(pool: "p", capacity: 16 << 20))
    }
    let _: LogicalDiskDocument = try await client.send(
      .post, APIPath.logicalDisks,
      LogicalDiskCreateRequest(name: base, pool: "p", capacity: 4 << 20, osType: "LX"))
    let _: GenerationSetDocument = try await client.send(
      .post, APIPath.buildGenerations,
      GenerationBuildRequest(
        baseVolume: .name(base), count: generations, name: base == "bv" ? "sv" : base + "_sv"))
    let _: LinkVolumeDocument = try await client.send(
      .post, APIPath.linkVolumes,
      LinkVolumeCreateRequest(name: base == "bv" ? "lv" : base + "_lv", baseVolume: .name(base)))
  }

  /// Takes a snapshot of `bv` in whatever generation is next.
  @discardableResult
  func snapshot() async throws -> GenerationDocument {
    let done: GenerationSetDocument = try await client.send(
      .post, APIPath.createSnapshots,
      GenerationSetRequest(members: [GenerationSelection(baseVolume: .name("bv"))]))
    return try #require(done.generations.first)
  }

  /// A request as bytes on the wire would have it.
  /// - Parameter address: nil for the Unix socket.
  func raw(
    _ method: HTTPMethod, _ path: String, body: String? = nil, address: String? = nil,
    headers: [String: String] = [:]
  ) async throws -> (status: UInt, headers: HTTPHeaders, problem: Problem?) {
    let socket = socket.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    var request = HTTPClientRequest(url: (address ?? "http+unix://" + socket) + path)
    request.method = method
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body { request.body = .bytes(ByteBuffer(string: body)) }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    let answer = try await response.body.collect(upTo: 1 << 20)
    return (
      response.status.code, response.headers,
      try? JSONDecoder().decode(Problem.self, from: Data(answer.readableBytesView))
    )
  }
}

/// What a call was refused with; nil if it was not.
func refusal(
  _ body: () async throws -> Void
) async -> Problem? {
  do {
    try await body()
    return nil
  } catch {
    return error as? Problem
  }
}
