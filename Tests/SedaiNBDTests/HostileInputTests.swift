import SedaiNBD
import SedaiNBDTestSupport
import Testing

/// Random and damaged conversations: no crash, bounded memory, bounded output.
@Suite struct HostileInputTests {
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
    var generator = SeededGenerator(seed: seed)
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
    var generator = SeededGenerator(seed: seed)
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
