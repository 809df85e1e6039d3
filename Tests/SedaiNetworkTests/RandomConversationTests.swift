import SedaiNBD
import SedaiNBDTestSupport
import SedaiNetwork
import Testing

/// Random requests, cut at random places, on a volume that is now warm, now cold, against a
/// plain array of bytes.
@Suite struct RandomConversationTests {
  static let size = 1 << 20
  static let rounds = 120

  /// Requests that change the model, none of them overlapping another of the same round, as
  /// the order in which they are done is free.
  func round(
    _ model: inout [UInt8], _ generator: inout SeededGenerator
  ) -> (requests: [UInt8], count: Int) {
    let count = Int.random(in: 1...12, using: &generator)
    let slot = Self.size / count
    var requests: [UInt8] = []
    for index in 0..<count {
      let start = index * slot + Int.random(in: 0..<1000, using: &generator)
      let room = (index + 1) * slot - start
      let length =
        Bool.random(using: &generator)
        ? Int.random(in: 1...min(room, 5000), using: &generator)
        : Int.random(in: 1...room, using: &generator)
      let flags: UInt16 = Int.random(in: 0..<8, using: &generator) == 0 ? 1 : 0
      let command: UInt16 = [1, 1, 1, 4, 6][Int.random(in: 0..<5, using: &generator)]
      var payload: [UInt8] = []
      if command == 1 {
        let seed = UInt8.random(in: 1...255, using: &generator)
        payload = (0..<length).map { seed &+ UInt8(truncatingIfNeeded: $0 >> 5) }
      }
      requests += WireBytes.request(
        command, flags: flags, offset: UInt64(start), length: UInt32(length), payload: payload)
      let content = command == 1 ? payload : Array(repeating: 0, count: length)
      model.replaceSubrange(start..<(start + length), with: content)
    }
    return (requests, count)
  }

  @Test func everyVolumeEndsAsTheModelSays() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    var model = Array(repeating: 0 as UInt8, count: Self.size)
    let volume = MemoryVolume(bytes: model)
    try await withServer(volume) { _, _, socket in
      let client = try connectedClient(socket)
      for index in 0..<Self.rounds {
        volume.change { $0.isCold = Int.random(in: 0..<3, using: &generator) == 0 }
        let (requests, count) = round(&model, &generator)
        var rest = requests[...]
        while !rest.isEmpty {
          let cut = Int.random(in: 1...200_000, using: &generator)
          try client.send(Array(rest.prefix(cut)))
          rest = rest.dropFirst(cut)
        }
        for _ in 0..<count {
          #expect(try client.receive(16) == WireBytes.simpleReply(), "seed \(seed)")
        }
        let isSame = volume.change { $0.bytes == model }
        try #require(isSame, "seed \(seed) round \(index)")
      }
      #expect(volume.change { $0.published == $0.changes }, "seed \(seed)")
    }
  }
}
