import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOPosix
import SedaiAPI
import SedaiArray
import SedaiClient
import SedaiModel
import Testing

@testable import SedaiHTTP

@Suite struct RequestTests {
  @Test func whatIsNotThereIsAProblemDocumentToo() async throws {
    try await ServedArray.with { served in
      let answer = try await served.raw(.GET, "/api/v1/nothing")
      #expect(answer.status == 404)
      #expect(answer.problem?.messageID == "iSM42524")
      let escaped = try await served.raw(.GET, "/api/v1/generations/a%2Fb")
      #expect(escaped.problem != nil)
    }
  }

  @Test(arguments: [
    ("{", "cannot be read"), ("{}", "is missing"),
    (#"{"name":1,"pool":"p","capacity":1,"kind":"IV"}"#, "name has another type"),
    (#"{"name":"a","pool":"p","capacity":-1,"kind":"IV"}"#, "cannot be read"),
    (#"{"name":"a","pool":"p","capacity":1,"kind":"XX"}"#, "kind"),
  ])
  func aBodyOfAnotherFormIsRefusedWithWhatIsWrong(body: String, word: String) async throws {
    try await ServedArray.with { served in
      let answer = try await served.raw(.POST, APIPath.pools, body: "{")
      #expect(answer.status == 400)
      let disk = try await served.raw(.POST, APIPath.logicalDisks, body: body)
      #expect(disk.status == 400)
      #expect(disk.problem?.messageID == "iSM42524")
      #expect(disk.problem?.title.contains(word) == true, "\(disk)")
    }
  }

  @Test func aBodyThatIsTooLongIsRefused() async throws {
    try await ServedArray.with { served in
      let body = String(repeating: " ", count: ManagementContext.maximumBodyBytes + 1)
      let answer = try await served.raw(.POST, APIPath.pools, body: body)
      #expect(answer.status == 413)
    }
  }

  @Test func bytesThatAreNoRequestHurtNobody() async throws {
    let seed = UInt64.random(in: .min ... .max)
    try await ServedArray.with { served in
      var state = seed
      func byte() -> UInt8 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
      }
      let beginnings = [
        "", "GET ", "GET /api/v1/status HTTP/1.1\r\n",
        "POST /api/v1/pools HTTP/1.1\r\n"
          + "Content-Length: 99999999999\r\n\r\n{",
        "POST /api/v1/pools HTTP/1.1\r\n"
          + "Transfer-Encoding: chunked\r\n\r\n",
      ]
      for round in 0..<60 {
        var bytes = ByteBuffer(string: beginnings[round % beginnings.count])
        for _ in 0..<Int(byte()) { bytes.writeInteger(byte()) }
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
          .connect(unixDomainSocketPath: served.socket).get()
        // The server may hang up before all of it is written: that is its right.
        try? await channel.writeAndFlush(bytes)
        try? await channel.close()
      }
      let status: StatusDocument = try await served.client.get(APIPath.status)
      #expect(status.name == "TEST", "seed \(seed)")
    }
  }

  @Test func aNumberOutOfRangeIsRefused() async throws {
    try await ServedArray.with { served in
      for item in ["limit=0", "limit=1001", "after=x", "after=-1"] {
        let answer = try await served.raw(.GET, APIPath.events + "?" + item)
        #expect(answer.status == 400, "\(item)")
      }
      let many = GenerationSetRequest(members: [])
      let problem = await refusal {
        let _: GenerationSetDocument = try await served.client.send(
          .post, APIPath.createSnapshots, many)
      }
      #expect(problem?.status == 400)
    }
  }
}

@Suite struct SignInTests {
  @Test func theSocketIsForItsOwnerAlone() async throws {
    try await ServedArray.with { served in
      let attributes = try FileManager.default.attributesOfItem(atPath: served.socket)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }
  }

  @Test func overTCPNobodyIsServedWithoutTheToken() async throws {
    let port = Int.random(in: 20000..<30000)
    try await ServedArray.with(tcpPort: port) { served in
      let address = "http://127.0.0.1:\(port)"
      for headers in [
        [:], ["Authorization": "Bearer wrong"], ["Authorization": "Basic abc"],
        ["Authorization": "Bearer"],
      ] as [[String: String]] {
        let answer = try await served.raw(
          .GET, APIPath.status, address: address, headers: headers)
        #expect(answer.status == 401)
        #expect(answer.headers.first(name: "www-authenticate") == "Bearer")
        #expect(answer.problem?.messageID == "iSM42521")
      }
    }
  }

  @Test func overTCPTheTokensOwnerIsWhoAsked() async throws {
    let port = Int.random(in: 20000..<30000)
    try await ServedArray.with(tcpPort: port) { served in
      let client = ArrayClient(
        ClientSettings(
          address: .network(url: "http://127.0.0.1:\(port)"), token: ServedArray.token))
      let _: LDSetDocument = try await client.send(
        .post, APIPath.ldSets, LDSetCreateRequest(name: "s"))
      await client.close()
      let events: Listing<EventDocument> = try await served.client.get(APIPath.events)
      #expect(events.items.last?.requester == ServedArray.owner)
    }
  }
}

@Suite struct TokenFileTests {
  @Test func knowsWhoseATokenIs() throws {
    let first = AccessToken.new()
    let second = AccessToken.new()
    #expect(first != second)
    #expect(first.count == 2 * AccessToken.byteCount)
    let text =
      "# tokens\n\n" + TokenFile.line(name: "a", token: first)
      + TokenFile.line(name: "b", token: second)
    let file = try TokenFile(text: text, path: "f")
    #expect(file.owner(of: first) == "a")
    #expect(file.owner(of: second) == "b")
    #expect(file.owner(of: "") == nil)
    #expect(file.owner(of: String(first.dropLast())) == nil)
    #expect(!text.contains(first))
  }

  @Test(arguments: ["", "# only\n", "a\n", "a b\n", "a 00\n", "a b c\n"])
  func refusesAFileThatLetsNobodyInOrIsNone(text: String) {
    #expect(throws: TokenFile.Failure.self) { try TokenFile(text: text, path: "f") }
  }
}

@Suite struct StatusTests {
  @Test(arguments: DiskArrayError.Kind.allCases)
  func everyRefusalIsAnErrorOfHTTPToo(kind: DiskArrayError.Kind) {
    #expect((400..<600).contains(kind.httpStatus.code))
    let problem = Problem(DiskArrayError(kind, .unknownVolume, ["name": .text("x")]))
    #expect(problem.status == kind.httpStatus.code)
    #expect(problem.messageID == "iSM19408")
  }

  @Test func theNamesOfTheModelAndOfTheInterfaceMeanTheSame() {
    for policy in SedaiAPI.ReservePolicy.allCases {
      #expect(policy.rawValue == policy.policy.rawValue)
      #expect(SedaiAPI.ReservePolicy(policy.policy) == policy)
    }
    for access in AccessModeName.allCases {
      #expect(access.rawValue == access.access.rawValue)
      #expect(AccessModeName(access.access) == access)
    }
  }
}
