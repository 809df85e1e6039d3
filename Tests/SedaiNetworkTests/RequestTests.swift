import SedaiArray
import SedaiNBD
import SedaiNBDTestSupport
import SedaiNetwork
import Testing

@Suite struct RequestTests {
  @Test(arguments: [false, true])
  func whatWasWrittenIsReadBackWarmOrCold(_ isCold: Bool) async throws {
    let volume = MemoryVolume(count: 100_000)
    volume.change { $0.isCold = isCold }
    try await withServer(volume) { _, _, socket in
      let client = try connectedClient(socket)
      let payload = (0..<5000).map { UInt8(truncatingIfNeeded: $0 / 7) }
      try client.send(
        WireBytes.request(1, cookie: 1, offset: 4093, length: 5000, payload: payload))
      #expect(try client.receive(16) == WireBytes.simpleReply(cookie: 1))
      try client.send(WireBytes.request(0, cookie: 2, offset: 4092, length: 5002))
      let reply = try client.receive(16 + 5002)
      #expect(reply == WireBytes.simpleReply(cookie: 2) + [0] + payload + [0])
    }
  }

  @Test func manyRequestsInOneGoAreAllAnswered() async throws {
    let volume = MemoryVolume(count: 1 << 20)
    try await withServer(volume) { _, _, socket in
      let client = try connectedClient(socket, structured: true)
      let requests = (0..<200).flatMap { index in
        WireBytes.request(
          1, cookie: UInt64(index), offset: UInt64(index) * 4096, length: 4096,
          payload: Array(repeating: UInt8(index), count: 4096))
      }
      try client.send(requests)
      for index in 0..<200 {
        #expect(try client.receive(16) == WireBytes.simpleReply(cookie: UInt64(index)))
      }
      #expect(volume.change { $0.published } == 200)
    }
  }

  @Test func aWriteIsPublishedBeforeItIsAcknowledged() async throws {
    let volume = MemoryVolume(count: 1 << 20)
    try await withServer(volume) { _, _, socket in
      let client = try connectedClient(socket)
      for index in 1...50 {
        volume.change { $0.isCold = index % 3 == 0 }
        let request =
          index % 2 == 0
          ? WireBytes.request(4, length: 512)
          : WireBytes.request(1, length: 1, payload: [7])
        try client.send(request)
        #expect(try client.receive(16) == WireBytes.simpleReply())
        #expect(volume.change { $0.published } == index)
      }
    }
  }

  @Test(arguments: [false, true])
  func forcedAccessIsDurableBeforeItIsAcknowledged(_ isCold: Bool) async throws {
    let volume = MemoryVolume(count: 1 << 20)
    volume.change { $0.isCold = isCold }
    try await withServer(volume) { _, _, socket in
      let client = try connectedClient(socket)
      let requests = [
        WireBytes.request(1, flags: 1, length: 1, payload: [7]),
        WireBytes.request(4, flags: 1, length: 512), WireBytes.request(6, flags: 1, length: 9),
        WireBytes.request(6, flags: 3, length: 9),
      ]
      for (index, request) in requests.enumerated() {
        try client.send(request)
        #expect(try client.receive(16) == WireBytes.simpleReply())
        #expect(volume.change { $0.flushed } == index + 1)
      }
    }
  }

  @Test func changesThatCannotBePublishedAreNotAcknowledged() async throws {
    let volume = MemoryVolume(count: 1 << 20)
    volume.change { $0.publishFailure = .inputOutput }
    try await withServer(volume) { _, _, socket in
      let client = try connectedClient(socket)
      try client.send(
        WireBytes.request(1, cookie: 1, length: 1, payload: [7])
          + WireBytes.request(0, cookie: 2, length: 1)
          + WireBytes.request(4, cookie: 3, length: 1))
      #expect(
        try client.receive(49)
          == WireBytes.simpleReply(5, cookie: 1) + WireBytes.simpleReply(cookie: 2) + [7]
          + WireBytes.simpleReply(5, cookie: 3))
    }
  }

  @Test(
    arguments: [
      (.inputOutput, 5), (.notReady, 5), (.noSpace, 28), (.readOnly, 1), (.outOfRange, 22),
      (.invalid, 22), (.shutDown, 108),
    ] as [(VolumeError, UInt32)])
  func failuresOfTheVolumeAreToldByNumber(_ failure: VolumeError, _ number: UInt32) async throws {
    let volume = MemoryVolume(count: 1 << 20)
    try await withServer(volume) { _, _, socket in
      let client = try connectedClient(socket, structured: true)
      volume.change { $0.failure = failure }
      for isCold in [false, true] {
        volume.change { $0.isCold = isCold }
        let requests = [
          WireBytes.request(0, length: 9), WireBytes.request(1, length: 1, payload: [7]),
          WireBytes.request(3), WireBytes.request(4, length: 1), WireBytes.request(5, length: 1),
          WireBytes.request(6, length: 1), WireBytes.request(6, flags: 2, length: 1),
        ]
        for request in requests {
          try client.send(request)
          #expect(try client.receive(26) == WireBytes.errorChunk(number))
        }
      }
    }
  }

  @Test func blockStatusShowsAllocationAndChanges() async throws {
    let volume = MemoryVolume(
      bytes: Array(repeating: 0, count: 8192) + Array(repeating: 1, count: 8192))
    volume.change {
      $0.generations = [".-1"]
      $0.changed = [4096..<8192]
    }
    try await withServer(volume) { _, _, socket in
      let client = try connectedClient(
        socket, structured: true,
        contexts: ["base:allocation", "sedai:changed-since/.-1", "sedai:changed-since/.-9"])
      try client.send(WireBytes.request(7, length: 16_384))
      let allocation: [UInt32] = [1, 8192, 3, 8192, 0]
      let changes: [UInt32] = [2, 4096, 0, 4096, 1, 8192, 0]
      let expected =
        WireBytes.chunk(5, flags: 0, allocation.flatMap { WireBytes.number($0) })
        + WireBytes.chunk(5, changes.flatMap { WireBytes.number($0) })
      #expect(try client.receive(expected.count) == expected)
    }
  }

  @Test func theLargestReadAndWriteWork() async throws {
    let count = Int(NBDLimits.maximumPayloadBytes)
    let volume = MemoryVolume(count: count + 5)
    var payload: [UInt8] = []
    for index in 0..<(count / 65_536) {
      payload += Array(repeating: UInt8(truncatingIfNeeded: index), count: 65_536)
    }
    try await withServer(volume) { _, _, socket in
      let client = try connectedClient(socket)
      for isCold in [false, true] {
        volume.change { $0.isCold = isCold }
        try client.send(
          WireBytes.request(1, offset: 5, length: UInt32(count), payload: payload))
        #expect(try client.receive(16) == WireBytes.simpleReply())
        try client.send(WireBytes.request(0, offset: 5, length: UInt32(count)))
        #expect(try client.receive(16) == WireBytes.simpleReply())
        let isSame = try client.receive(count) == payload
        #expect(isSame)
      }
    }
  }

  @Test func readAheadAnswersAndReadsNoMoreThanItsBound() async throws {
    let volume = MemoryVolume(count: 1 << 20)
    try await withServer(volume) { _, _, socket in
      let client = try connectedClient(socket)
      try client.send(WireBytes.request(5, offset: 3, length: 1_000_000))
      #expect(try client.receive(16) == WireBytes.simpleReply())
      #expect(volume.change { $0.reads } == 4)
    }
  }
}
