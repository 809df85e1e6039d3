import SedaiNBD
import Testing

/// Random and damaged conversations: no crash, bounded memory, bounded output.
@Suite struct HostileInputTests {
  /// SplitMix64, so that a printed seed repeats a run.
  struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
      return mixed ^ (mixed >> 31)
    }
  }

  static let rounds = 3000
  static let backlogBound = Int(NBDLimits.wholeWriteBytes) + 4096

  func run(_ bytes: [UInt8], _ generator: inout SeededGenerator, _ comment: Comment) {
    let security: NBDNegotiation.Security =
      Bool.random(using: &generator) ? .plaintext : .tlsRequired
    var server = MemoryServer(NegotiationTests.exports, security: security)
    var cuts: [Int] = []
    var cut = 0
    while cut < bytes.count {
      cut += Int.random(in: 1...2048, using: &generator)
      cuts.append(min(cut, bytes.count))
    }
    server.receive(bytes, cutAt: cuts)
    #expect(server.largestBacklog <= Self.backlogBound, comment)
    for export in NegotiationTests.exports {
      #expect(server.exports[export.key]?.bytes.count == export.value.bytes.count, comment)
    }
  }

  @Test func randomBytesDoNoHarm() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(state: seed)
    for round in 0..<Self.rounds {
      let count = Int.random(in: 0...512, using: &generator)
      let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let opening = round % 3 == 0 ? [] : WireBytes.clientFlags()
      let go = round % 3 == 2 ? WireBytes.go("BV_001") : []
      run(opening + go + noise, &generator, "seed \(seed) round \(round)")
    }
  }

  @Test func damagedConversationsDoNoHarm() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(state: seed)
    for round in 0..<Self.rounds {
      var bytes = SplitTests.conversation
      for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: bytes.removeSubrange(index..<min(bytes.count, index + 9))
        default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 40)], at: index)
        }
      }
      run(bytes, &generator, "seed \(seed) round \(round)")
    }
  }
}
