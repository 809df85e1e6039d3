import SedaiModel
import Testing

@Suite struct DiskSignatureTests {
  @Test func `a signature stands on the disk with its lowest byte first`() {
    let signature = DiskSignature(0x0403_0201)
    #expect(signature.bytes == [1, 2, 3, 4])
    #expect(DiskSignature(bytes: [1, 2, 3, 4]) == signature)
    #expect(DiskSignature.range == 440..<444)
  }

  @Test func `an access meets exactly those of the four bytes that it covers`() throws {
    #expect(DiskSignature.overlap(at: 0, count: 440) == nil)
    #expect(DiskSignature.overlap(at: 444, count: 1) == nil)
    #expect(DiskSignature.overlap(at: 441, count: 0) == nil)
    let block = try #require(DiskSignature.overlap(at: 0, count: 512))
    #expect(block.inAccess == 440 && block.inSignature == 0..<4)
    let tail = try #require(DiskSignature.overlap(at: 442, count: 100))
    #expect(tail.inAccess == 0 && tail.inSignature == 2..<4)
    let head = try #require(DiskSignature.overlap(at: 400, count: 41))
    #expect(head.inAccess == 40 && head.inSignature == 0..<1)
    #expect(DiskSignature.overlap(at: 441, count: .max) != nil)
  }

  @Test func `a new signature is neither zero nor taken`() {
    let taken: Set = [DiskSignature(1), DiskSignature(2)]
    #expect(DiskSignature.unused(among: taken) { 0 } == DiskSignature(3))
    #expect(DiskSignature.unused(among: taken) { 9 } == DiskSignature(9))
    #expect(
      DiskSignature.unused(among: [DiskSignature(.max)]) { UInt64(UInt32.max) }
        == DiskSignature(1))
  }
}
