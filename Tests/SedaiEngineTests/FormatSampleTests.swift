import Foundation
import SedaiBytes
import SedaiEngine
import SedaiFormat
import Testing

@testable import SedaiSimulation

/// Arrays as earlier programs left them. Each format version keeps its sample for good.
///
/// A sample lists the pages of every device that are not zero: a name (length in 1 byte), the size, the
/// number of pages (8 bytes each), then number (8) and 4096 bytes of each page. To make one
/// for a new version: `SEDAI_WRITE_SAMPLE=1 swift test --filter FormatSample`.
@Suite("Format samples")
struct FormatSampleTests {
  private static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("Fixtures")
  private static let newest = "array-2.sample"
  private static let devices = ["system", "pool0.0"]

  /// A volume with two generations, an undo image, a trim, a deleted image that is not yet
  /// released, and records in the journal; killed.
  private func made() throws -> ArrayUnderTest {
    let array = try ArrayUnderTest()
    let volume = try array.volume()
    try array.write(1, volume, block: 0, count: 40)
    let first = try array.snapshot(volume)
    try array.write(2, volume, block: 5)
    let second = try array.snapshot(volume)
    try array.engine.checkpoint()
    try array.engine.commit(
      [.restore(target: volume, from: first, undo: array.engine.nextImageID())],
      catalogue: [.put(key: Array("name".utf8), value: Array("sample".utf8))])
    try array.write(3, volume, block: 6)
    try array.engine.trim(volume, at: 16 * 4096, count: 4 * 4096)
    let third = try array.snapshot(second)
    try array.engine.commit([.delete(third)])
    try array.engine.flushAll()
    array.host.crash(by: .process)
    return array
  }

  private func verify(_ host: SimulatedHost, _ shape: ArrayShape) throws {
    let array = SimulatedArray(host: host, shape: shape)
    #expect(try array.checker().check().findings.isEmpty)
    let engine = try array.open()
    #expect(engine.images().map(\.id.rawValue) == [1, 2, 3, 4])
    #expect(engine.images().map(\.role) == [.live, .generation, .generation, .undo])
    #expect(engine.catalogue().map(\.key) == [Array("name".utf8)])
    var volume = [UInt8](repeating: 0, count: 48)
    for block in 0..<40 { volume[block] = 1 }
    var expected = [volume, volume, volume, volume]
    expected[0][6] = 3
    for block in 16..<20 { expected[0][block] = 0 }
    expected[2][5] = 2
    expected[3][5] = 2
    for (place, values) in expected.enumerated() {
      var bytes = [UInt8](repeating: 0, count: 48 * 4096)
      try bytes.withMutableRawSpan { span throws(EngineError) in
        try engine.read(ImageID(UInt64(place + 1)), at: 0, into: &span)
      }
      for (block, value) in values.enumerated() {
        let part = bytes[(block * 4096)..<((block + 1) * 4096)]
        #expect(part.allSatisfy { $0 == value }, "image \(place + 1), block \(block)")
      }
    }
    while try !engine.reclaim(limit: 100).isDone {}
    try engine.close()
    #expect(try array.checker().check().findings.isEmpty)
  }

  @Test("Every sample opens, holds what it held, and passes the offline check")
  func samplesOpen() throws {
    if ProcessInfo.processInfo.environment["SEDAI_WRITE_SAMPLE"] != nil {
      let array = try made()
      array.host.restart()
      try Data(try encoded(array.host)).write(
        to: Self.fixtures.appendingPathComponent(Self.newest))
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.fixtures.path)
      .filter { $0.hasSuffix(".sample") }
    #expect(names.contains(Self.newest))
    for name in names.sorted() {
      let bytes = try Data(contentsOf: Self.fixtures.appendingPathComponent(name))
      let host = SimulatedHost(seed: 1)
      try decode(Array(bytes), into: host)
      try verify(host, .tiny)
    }
  }

  private func encoded(_ host: SimulatedHost) throws -> [UInt8] {
    var out: [UInt8] = []
    for name in Self.devices {
      let device = try #require(host.device(named: name))
      var pages: [(number: UInt64, bytes: [UInt8])] = []
      for page in host.writtenPages(of: name) {
        var bytes = [UInt8](repeating: 0, count: 4096)
        try bytes.withMutableRawSpan { span throws(DeviceError) in
          try device.read(into: &span, at: page * 4096)
        }
        if bytes.contains(where: { $0 != 0 }) { pages.append((page, bytes)) }
      }
      out.append8(UInt8(name.utf8.count))
      out += Array(name.utf8)
      out.append64(device.size.rawValue)
      out.append64(UInt64(pages.count))
      for page in pages {
        out.append64(page.number)
        out += page.bytes
      }
    }
    return out
  }

  private func decode(_ bytes: [UInt8], into host: SimulatedHost) throws {
    var reader = ByteReader(bytes)
    for _ in Self.devices {
      let length = Int(try reader.u8())
      let name = String(decoding: try reader.bytes(length), as: UTF8.self)
      let size = ByteCount(try reader.u64())
      let device = host.addDevice(named: name, size: size, background: 0)
      for _ in 0..<(try reader.u64()) {
        let page = try reader.u64()
        try reader.bytes(4096).withRawSpan { span throws(DeviceError) in
          try device.write(span, at: page * 4096)
        }
      }
    }
  }
}
