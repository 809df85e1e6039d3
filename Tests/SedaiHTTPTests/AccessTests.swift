import Foundation
import Hummingbird
import NIOHTTP1
import SedaiAPI
import SedaiArray
import SedaiClient
import SedaiModel
import Testing

@testable import SedaiHTTP

/// Every route, asked by everybody who may not.
@Suite struct AccessTests {
  /// A request that would change something, on what ``prepare(_:)`` made.
  private static let changes: [(method: HTTPMethod, route: String, path: String, body: String)] = [
    (.PATCH, "/status", "/status", #"{"name":"x"}"#),
    (
      .POST, "/pools", "/pools",
      #"{"name":"q","kind":"dynamic","members":[{"path":"q","isSparse":false}]}"#
    ),
    (
      .POST, "/pools/:pool/members", "/pools/p/members",
      #"{"members":[{"path":"q","isSparse":false}]}"#
    ),
    (.DELETE, "/pools/:pool", "/pools/p", ""),
    (.POST, "/reserves", "/reserves", #"{"pool":"p","capacity":65536}"#),
    (.DELETE, "/reserves/:pool", "/reserves/p", ""),
    (.PATCH, "/reserves/:pool", "/reserves/p", #"{"capacity":33554432}"#),
    (
      .POST, "/logical-disks", "/logical-disks",
      #"{"name":"n","pool":"p","capacity":1048576,"kind":"IV"}"#
    ),
    (.PATCH, "/logical-disks/:name", "/logical-disks/bv", #"{"name":"x"}"#),
    (.DELETE, "/logical-disks/:name", "/logical-disks/bv", ""),
    (.POST, "/logical-disks/:name/undo-restore", "/logical-disks/bv/undo-restore", ""),
    (
      .POST, "/generations/actions/create", "/generations/actions/create",
      #"{"members":[{"baseVolume":"bv"}]}"#
    ),
    (
      .POST, "/generations/actions/delete", "/generations/actions/delete",
      #"{"members":[{"baseVolume":"bv","generation":"bv.-1"}]}"#
    ),
    (
      .POST, "/generations/actions/restore", "/generations/actions/restore",
      #"{"members":[{"baseVolume":"bv","generation":"bv.-1"}],"newerGenerations":"keep","keepsUndo":true}"#
    ),
    (
      .POST, "/generations/actions/guard", "/generations/actions/guard",
      #"{"generation":"bv.-1","isGuarded":true}"#
    ),
    (
      .POST, "/generations/actions/build", "/generations/actions/build",
      #"{"baseVolume":"bv","count":1,"name":"g"}"#
    ),
    (
      .POST, "/generations/actions/remove", "/generations/actions/remove",
      #"{"baseVolume":"bv","count":1}"#
    ),
    (.DELETE, "/generations/:volume", "/generations/sv_03", ""),
    (.POST, "/link-volumes", "/link-volumes", #"{"name":"l","baseVolume":"bv"}"#),
    (.DELETE, "/link-volumes/:name", "/link-volumes/lv", ""),
    (
      .PUT, "/link-volumes/:name/link", "/link-volumes/lv/link",
      #"{"source":"bv.-1","access":"rw"}"#
    ),
    (.DELETE, "/link-volumes/:name/link", "/link-volumes/lv/link", ""),
    (.POST, "/ld-sets", "/ld-sets", #"{"name":"t"}"#),
    (.DELETE, "/ld-sets/:set", "/ld-sets/spare", ""),
    (.POST, "/ld-sets/:set/disks", "/ld-sets/business/disks", #"{"disk":"lv"}"#),
    (.DELETE, "/ld-sets/:set/disks/:disk", "/ld-sets/business/disks/bv", ""),
    (.POST, "/ld-sets/:set/clients", "/ld-sets/business/clients", #"{"client":"c"}"#),
    (.DELETE, "/ld-sets/:set/clients", "/ld-sets/business/clients?client=c", ""),
    (
      .POST, "/ld-sets/:set/initiators", "/ld-sets/business/initiators",
      #"{"member":"iqn.2026-01.example:a"}"#
    ),
    (
      .DELETE, "/ld-sets/:set/initiators",
      "/ld-sets/business/initiators?member=iqn.2026-01.example:b", ""
    ),
    (.POST, "/ld-sets/:set/paths", "/ld-sets/business/paths", #"{"member":"1000-0090-FA00-0001"}"#),
    (.DELETE, "/ld-sets/:set/paths", "/ld-sets/business/paths?member=1000-0090-FA00-0001", ""),
    (.POST, "/ld-sets/:set/ports", "/ld-sets/business/ports", #"{"member":"00-00"}"#),
    (.DELETE, "/ld-sets/:set/ports", "/ld-sets/business/ports?member=00-00", ""),
    (
      .PUT, "/ld-sets/:set/chap", "/ld-sets/business/chap",
      #"{"user":"u","secret":"0123456789abcdef"}"#
    ),
    (.DELETE, "/ld-sets/:set/chap", "/ld-sets/business/chap", ""),
    (.POST, "/pairs", "/pairs", #"{"master":"mv","replica":"bv"}"#),
    (.DELETE, "/pairs/:replica", "/pairs/rv?master=mv", ""),
    (
      .POST, "/pairs/actions/replicate", "/pairs/actions/replicate",
      #"{"pair":{"master":"mv","replica":"rv"},"range":"full"}"#
    ),
    (
      .POST, "/pairs/actions/separate", "/pairs/actions/separate",
      #"{"pair":{"master":"mv","replica":"rv"},"access":"rw","use":"complete","isForced":false}"#
    ),
    (
      .POST, "/pairs/actions/restore", "/pairs/actions/restore",
      #"{"pair":{"master":"mv","replica":"rv"},"mode":"update","range":"full"}"#
    ),
    (
      .POST, "/pairs/actions/change", "/pairs/actions/change",
      #"{"pair":{"master":"mv","replica":"rv"},"access":"ro"}"#
    ),
    (.PUT, "/ports/:port", "/ports/00-00", #"{"name":"p"}"#),
    (.POST, "/licences", "/licences", #"{"key":"DSV-V3-10TB-84"}"#),
    (.POST, "/jobs", "/jobs", #"{"merge":"bv"}"#),
    (.PATCH, "/jobs/:job", "/jobs/1", #"{"isPaused":true}"#),
    (
      .POST, "/accounts", "/accounts",
      #"{"name":"a","kind":"operator","role":"administrator","localUsers":[],"makesToken":true}"#
    ),
    (.PATCH, "/accounts/:name", "/accounts/viewer", #"{"role":"administrator"}"#),
    (.DELETE, "/accounts/:name", "/accounts/viewer", ""),
    (.POST, "/accounts/:name/token", "/accounts/viewer/token", ""),
    (.DELETE, "/accounts/:name/token", "/accounts/viewer/token", ""),
  ]

  /// Questions, with what a viewer and a host that has nothing to do with `bv` get.
  private static let questions: [(route: String, path: String, viewer: UInt, host: UInt)] = [
    ("/status", "/status", 200, 200), ("/configuration", "/configuration", 200, 200),
    ("/pools", "/pools", 200, 200), ("/pools/:pool", "/pools/p", 200, 404),
    ("/reserves", "/reserves", 200, 200), ("/reserves/:pool", "/reserves/p", 200, 404),
    ("/reserves/:pool/usage", "/reserves/p/usage", 200, 404),
    ("/logical-disks", "/logical-disks", 200, 200),
    ("/logical-disks/:name", "/logical-disks/bv", 200, 404),
    ("/logical-disks/:name/differences", "/logical-disks/bv/differences?to=bv.-1", 200, 404),
    ("/families/:volume", "/families/bv", 200, 404),
    ("/generations/:volume", "/generations/bv.-1", 200, 404),
    ("/pairs", "/pairs", 200, 200), ("/pairs/:replica", "/pairs/rv", 200, 404),
    ("/link-volumes", "/link-volumes", 200, 200),
    ("/link-volumes/:name", "/link-volumes/lv", 200, 404),
    ("/ld-sets", "/ld-sets", 200, 200), ("/ld-sets/:set", "/ld-sets/business", 200, 404),
    ("/ports", "/ports", 200, 200), ("/licences", "/licences", 200, 200),
    ("/jobs", "/jobs", 200, 200), ("/jobs/:job", "/jobs/1", 200, 404),
    ("/events", "/events", 200, 200), ("/accounts", "/accounts", 403, 403),
    ("/accounts/:name", "/accounts/viewer", 403, 403), ("/audit", "/audit", 403, 403),
  ]

  /// Answers a question though it is a POST.
  private static let askedByPost = "/generations/actions/space"

  @Test func everyRouteIsTried() async throws {
    try await ServedArray.with { served in
      let calls = ArrayCalls(served.array)
      let audit = try AuditLog(path: served.directory + "/other")
      let routes = ManagementAPI(calls: calls, surroundings: ArraySurroundings(), audit: audit)
        .router(
          signIn: SignIn(array: served.array, tokens: nil, failures: SignInFailures())
        ).routes
      let known = Set(
        Self.changes.map { "\($0.method.rawValue) \(APIPath.prefix)\($0.route)" }
          + Self.questions.map { "GET \(APIPath.prefix)\($0.route)" }
          + ["POST \(APIPath.prefix)\(Self.askedByPost)"])
      let missing = routes.map { "\($0.method.rawValue) \($0.path.description)" }
        .filter { !known.contains($0.replacing(/\{(\w+)\}/) { ":" + $0.output.1 }) }
      #expect(missing.isEmpty, "permission of these routes is not tried: \(missing)")
      audit.close()
      await calls.stop()
    }
  }

  /// The family `bv` with a snapshot, the pair `mv` and `rv`, LD sets `business` (with `bv`) and `spare`, a job; the
  /// tokens of a viewer, an operator and a host that has `spare`.
  private func prepare(_ served: ServedArray) async throws -> [String: String] {
    try await served.makeFamily()
    _ = try await served.snapshot()
    for name in ["mv", "rv"] {
      let _: LogicalDiskDocument = try await served.client.send(
        .post, APIPath.logicalDisks,
        LogicalDiskCreateRequest(name: name, pool: "p", capacity: 4 << 20, osType: "LX"))
    }
    let _: PairDocument = try await served.client.send(
      .post, APIPath.pairs, PairRequest(master: .name("mv"), replica: .name("rv")))
    for name in ["business", "spare"] {
      let _: LDSetDocument = try await served.client.send(
        .post, APIPath.ldSets, LDSetCreateRequest(name: name))
    }
    let _: LDSetDocument = try await served.client.send(
      .post, APIPath.ldSets + "/business" + APIPath.disks, LDSetDiskRequest(disk: .name("bv")))
    _ = try served.array.startMerge(
      of: .name(try #require(LogicalDiskName("bv"))), by: .localAdministrator)
    var tokens: [String: String] = [:]
    for request in [
      AccountCreateRequest(name: "viewer", kind: .operator, role: .viewer),
      AccountCreateRequest(name: "operator", kind: .operator, role: .operator),
      AccountCreateRequest(name: "stranger", kind: .host, ldSets: ["spare"]),
    ] {
      let made: AccountTokenDocument = try await served.client.send(
        .post, APIPath.accounts, request)
      tokens[request.name] = made.token
    }
    return tokens
  }

  private func ask(
    _ served: ServedArray, _ method: HTTPMethod, _ path: String, _ body: String, token: String?
  ) async throws -> (status: UInt, headers: HTTPHeaders, problem: Problem?) {
    try await served.raw(
      method, APIPath.prefix + path, body: body.isEmpty ? nil : body,
      headers: token.map { ["Authorization": "Bearer " + $0] } ?? [:])
  }

  @Test func whoMayNotIsRefusedOnEveryRouteAndNothingChanges() async throws {
    try await ServedArray.with { served in
      let tokens = try await prepare(served)
      func everything() throws -> [String] {
        let now = served.array.configuration()
        return [
          "\(now.disks)", "\(now.ldSets)", "\(now.pools)", "\(now.hostPorts)", now.status.name,
          "\(try served.array.accounts(by: .localAdministrator))",
        ]
      }
      let before = try everything()
      let viewer = try #require(tokens["viewer"])
      let stranger = try #require(tokens["stranger"])
      for (method, route, path, body) in Self.changes {
        let seen = try await ask(served, method, path, body, token: viewer)
        #expect(seen.status == 403 && seen.problem?.messageID == "iSM19490", "\(method) \(route)")
        let refused = try await ask(served, method, path, body, token: stranger)
        #expect([403, 404].contains(refused.status), "\(method) \(route): \(refused)")
        #expect(refused.problem != nil, "\(method) \(route)")
      }
      #expect(try everything() == before)
      for (route, path, forViewer, forHost) in Self.questions {
        let seen = try await ask(served, .GET, path, "", token: viewer)
        #expect(seen.status == forViewer, "\(route): \(seen)")
        let hidden = try await ask(served, .GET, path, "", token: stranger)
        #expect(hidden.status == forHost, "\(route): \(hidden)")
      }
      let space = #"{"volumes":["bv.-1"]}"#
      #expect(try await ask(served, .POST, Self.askedByPost, space, token: viewer).status == 200)
      #expect(
        try await ask(served, .POST, Self.askedByPost, space, token: stranger).status == 404)
    }
  }

  @Test func listsShowAHostNothingOfOthers() async throws {
    try await ServedArray.with { served in
      let tokens = try await prepare(served)
      let host = ArrayClient(
        ClientSettings(address: .unixSocket(path: served.socket), token: tokens["stranger"]))
      let configuration: ConfigurationDocument = try await host.get(APIPath.configuration)
      #expect(configuration.logicalDisks.isEmpty && configuration.pools.isEmpty)
      #expect(configuration.ldSets.map(\.name) == ["spare"])
      let disks: Listing<LogicalDiskDocument> = try await host.get(APIPath.logicalDisks)
      let links: Listing<LinkVolumeDocument> = try await host.get(APIPath.linkVolumes)
      let jobs: Listing<JobDocument> = try await host.get(APIPath.jobs)
      let events: Listing<EventDocument> = try await host.get(APIPath.events)
      #expect(disks.items.isEmpty && links.items.isEmpty && jobs.items.isEmpty)
      #expect(events.items.isEmpty)
      let status: StatusDocument = try await host.get(APIPath.status)
      #expect(status.logicalDisks == 0 && status.snapshots == 0 && status.pools == 0)
      await host.close()
    }
  }

  @Test func overTCPNobodyGetsAnywhere() async throws {
    let port = Int.random(in: 25000..<25900)
    try await ServedArray.with(tcpPort: port) { served in
      let address = "http://127.0.0.1:\(port)"
      for (method, _, path, body) in Self.changes.prefix(SignInFailures.allowed) {
        let answer = try await served.raw(
          method, APIPath.prefix + path, body: body.isEmpty ? nil : body, address: address)
        #expect(answer.status == 401 && answer.problem?.messageID == "iSM42521", "\(path)")
      }
      // Then the place is kept waiting, the right token or not, and nobody else is.
      let waiting = try await served.raw(
        .GET, APIPath.status, address: address,
        headers: ["Authorization": "Bearer " + ServedArray.token])
      #expect(waiting.status == 429 && waiting.problem?.messageID == "iSM42540")
      #expect(waiting.headers.first(name: "retry-after") != nil)
      let status: StatusDocument = try await served.client.get(APIPath.status)
      #expect(status.pools == 0)
    }
  }

  @Test func failuresAreForgottenWhenTheirTimeIsOverAndPlacesAreBounded() {
    let failures = SignInFailures()
    let start = ContinuousClock.now
    for _ in 0..<SignInFailures.allowed {
      #expect(failures.wait("a", now: start) == nil)
      failures.failed("a", now: start)
    }
    #expect(failures.wait("a", now: start) == SignInFailures.windowSeconds)
    #expect(failures.wait("b", now: start) == nil)
    let later = start.advanced(by: .seconds(SignInFailures.windowSeconds))
    #expect(failures.wait("a", now: later) == nil)
    for place in 0..<(SignInFailures.maximumPlaces + SignInFailures.allowed) {
      failures.failed("place \(place)", now: later)
    }
    #expect(failures.wait("one more", now: later) != nil)
    #expect(failures.wait("place 1", now: later) == nil)
  }
}

@Suite struct AuditTests {
  @Test func everyRefusedAndEveryChangingRequestIsPutDown() async throws {
    try await ServedArray.with { served in
      let made: AccountTokenDocument = try await served.client.send(
        .post, APIPath.accounts,
        AccountCreateRequest(name: "anna", kind: .operator, role: .viewer))
      let token = try #require(made.token)
      let bearer = ["Authorization": "Bearer " + token]
      _ = try await served.raw(.GET, APIPath.status, headers: bearer)
      _ = try await served.raw(.DELETE, APIPath.accounts + "/anna", headers: bearer)
      _ = try await served.raw(
        .GET, APIPath.status, headers: ["Authorization": "Bearer tell-nobody"])
      _ = try await served.raw(.GET, APIPath.prefix + "/nothing")
      _ = try await served.raw(
        .POST, APIPath.ldSets, body: "{\"name\":\"a\u{1B}[2J\r\nnumber 99\"}", headers: bearer)
      _ = try await served.raw(
        .PUT, APIPath.ldSets + "/a" + APIPath.chap, body: #"{"user":"u","secret":"tell-nobody"}"#)
      let log: Listing<AuditDocument> = try await served.client.get(APIPath.audit)
      let user = "local user \(getuid())"
      #expect(
        log.items.map(\.who) == [
          "administrator", "anna", nil, "administrator", "anna", "administrator",
        ])
      #expect(
        log.items.map(\.role) == [
          "administrator", "viewer", nil, "administrator", "viewer", "administrator",
        ])
      #expect(log.items.allSatisfy { $0.from == user })
      #expect(log.items.map(\.status) == [201, 403, 401, 404, 400, 400])
      #expect(
        log.items.map(\.messageID) == [nil, "iSM19490", "iSM42521", nil, "iSM42524", "iSM31180"])
      #expect(log.items.map(\.number) == [1, 2, 3, 4, 5, 6])
      #expect(log.items[1].request == "DELETE \(APIPath.accounts)/anna")
      #expect(log.items[0].body?.contains("anna") == true)
      let text = try String(contentsOfFile: served.directory + "/audit", encoding: .utf8)
      #expect(text.split(separator: "\n").count == 6)
      #expect(!text.contains(token) && !text.contains("tell-nobody") && !text.contains("\u{1B}"))
      let attributes = try FileManager.default.attributesOfItem(
        atPath: served.directory + "/audit")
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }
  }

  private func entry(_ request: String) -> AuditDocument {
    AuditDocument(
      number: 0, time: 1, who: "anna", role: "viewer", from: "192.0.2.1", request: request,
      body: nil, status: 200, messageID: nil)
  }

  @Test func entriesGoOnOverRestartsAndTheOldestFilesGo() throws {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "sedai-audit-\(UUID().uuidString.prefix(8))").path(percentEncoded: false)
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = directory + "/audit"
    let total = 400
    for start in stride(from: 0, to: total, by: 50) {
      let log = try AuditLog(path: path, fileLimit: 2000)
      for number in start..<(start + 50) { try log.add(entry("POST /\(number)")) }
      let newest = log.entries(after: 0, limit: 10)
      #expect(newest.map(\.number) == Array(UInt64(start + 41)...UInt64(start + 50)))
      #expect(newest.last?.request == "POST /\(start + 49)")
      log.close()
      // A crash in the middle of a line takes that line and no other.
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data("{\"number\":9".utf8))
      try handle.close()
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: directory)
    #expect(files.count == AuditLog.oldFiles + 1)
    for file in files {
      #expect(try Data(contentsOf: URL(filePath: directory + "/" + file)).count <= 2000 + 11)
    }
    let log = try AuditLog(path: path, fileLimit: 2000)
    let kept = log.entries(after: 0, limit: 1000).map(\.number)
    #expect(kept == Array(UInt64(total - kept.count + 1)...UInt64(total)) && kept.count > 50)
    #expect(log.entries(after: UInt64(total - 3), limit: 1000).count == 3)
    log.close()
  }
}
