import SedaiBytes
import SedaiEngine
import Testing

@testable import SedaiSimulation

@Suite("Simulated devices")
struct SimulatedDeviceTests {
  private static let background: UInt8 = 0xEE

  private func write(_ value: UInt8, _ count: Int, to device: SimulatedDevice, at offset: UInt64)
    throws
  {
    try [UInt8](repeating: value, count: count).withRawSpan { span throws(DeviceError) in
      try device.write(span, at: offset)
    }
  }

  private func read(_ count: Int, from device: SimulatedDevice, at offset: UInt64) throws -> [UInt8]
  {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withMutableRawSpan { span throws(DeviceError) in
      try device.read(into: &span, at: offset)
    }
    return bytes
  }

  private func makeDevice(_ host: SimulatedHost) -> SimulatedDevice {
    host.addDevice(named: "disk", size: .kibibytes(64), background: Self.background)
  }

  @Test("A write is seen by reads at once, byte by byte")
  func readsSeeWrites() throws {
    let device = makeDevice(SimulatedHost(seed: 1))
    try write(7, 5, to: device, at: 4094)
    #expect(
      try read(9, from: device, at: 4092)
        == [0xEE, 0xEE, 7, 7, 7, 7, 7, 0xEE, 0xEE])
  }

  @Test("A flushed write survives every power cut", arguments: 0..<50 as Range<UInt64>)
  func flushedWritesSurvive(seed: UInt64) throws {
    let host = SimulatedHost(seed: seed)
    let device = makeDevice(host)
    try write(1, 8192, to: device, at: 0)
    try device.flush()
    try write(2, 4096, to: device, at: 8192)
    host.crash(by: .powerCut)
    host.restart()
    #expect(try read(8192, from: device, at: 0) == [UInt8](repeating: 1, count: 8192))
  }

  @Test("Unflushed writes are kept, lost, torn between sectors, and reordered")
  func unflushedWritesHaveEveryFate() throws {
    var kept = 0
    var lost = 0
    var torn = 0
    var reordered = 0
    for seed in 0..<300 as Range<UInt64> {
      let host = SimulatedHost(seed: seed)
      let device = makeDevice(host)
      try write(1, 4096, to: device, at: 0)
      try write(2, 4096, to: device, at: 4096)
      host.crash(by: .powerCut)
      host.restart()
      let first = try read(4096, from: device, at: 0)
      let second = try read(4096, from: device, at: 4096)
      for sector in 0..<8 {
        let bytes = Set(first[(sector * 512)..<(sector * 512 + 512)])
        #expect(bytes == [1] || bytes == [Self.background], "seed \(seed): a sector is torn")
      }
      if first.allSatisfy({ $0 == 1 }) { kept += 1 }
      if first.allSatisfy({ $0 == Self.background }) { lost += 1 }
      if Set(first).count == 2 { torn += 1 }
      if first.allSatisfy({ $0 == Self.background }) && second.allSatisfy({ $0 == 2 }) {
        reordered += 1
      }
    }
    #expect(kept > 0 && lost > 0 && torn > 0 && reordered > 0)
  }

  @Test("A killed process loses nothing that it wrote")
  func processCrashKeepsWrites() throws {
    let host = SimulatedHost(seed: 3)
    let device = makeDevice(host)
    let boot = host.bootIdentity
    try write(1, 4096, to: device, at: 0)
    host.crash(by: .process)
    #expect(throws: DeviceError.self) { try device.flush() }
    host.restart()
    #expect(try read(4096, from: device, at: 0) == [UInt8](repeating: 1, count: 4096))
    #expect(host.bootIdentity == boot)
    host.crash(by: .powerCut)
    host.restart()
    #expect(host.bootIdentity != boot)
  }

  @Test("The host goes down at the call that was named, and stays down until restarted")
  func crashesAtTheNamedCall() throws {
    let host = SimulatedHost(seed: 4)
    let device = makeDevice(host)
    host.crash(afterEffects: 2, by: .powerCut)
    try write(1, 512, to: device, at: 0)
    #expect(throws: DeviceError.self) { try device.flush() }
    #expect(host.isDown)
    #expect(throws: DeviceError.self) { _ = try read(1, from: device, at: 0) }
    host.restart()
    #expect(try read(1, from: device, at: 4096) == [Self.background])
  }

  @Test("After a failed flush a later one brings nothing back")
  func failedFlushForgets() throws {
    var lost = 0
    for seed in 0..<50 as Range<UInt64> {
      let host = SimulatedHost(seed: seed)
      let device = makeDevice(host)
      try write(1, 4096, to: device, at: 0)
      host.failNext(.flush, on: "disk")
      #expect(throws: DeviceError.flushFailed(errno: 5)) { try device.flush() }
      try device.flush()
      host.crash(by: .powerCut)
      host.restart()
      if try read(1, from: device, at: 0) == [Self.background] { lost += 1 }
    }
    #expect(lost > 0 && lost < 50)
  }

  @Test("Beyond the end nothing is read or written; a grown part reads as zeroes")
  func sizesAreKept() throws {
    let device = makeDevice(SimulatedHost(seed: 5))
    #expect(throws: DeviceError.outOfRange) { try write(1, 2, to: device, at: 65535) }
    try device.grow(to: .kibibytes(68))
    #expect(device.size == .kibibytes(68))
    #expect(try read(4096, from: device, at: 65536) == [UInt8](repeating: 0, count: 4096))
  }

  @Test("A recorded moment can be crashed again and again, each time by its own fate")
  func recordedMomentsCrash() throws {
    let host = SimulatedHost(seed: 6)
    let device = makeDevice(host)
    try write(1, 512, to: device, at: 0)
    host.startRecording()
    host.marker = 9
    try write(2, 512, to: device, at: 0)
    try device.flush()
    let images = host.stopRecording()
    #expect(images.map(\.marker) == [9, 9])
    var found: Set<UInt8> = []
    for seed in 0..<60 as Range<UInt64> {
      let crashed = SimulatedHost(crashed: images[0], by: .powerCut, seed: seed)
      crashed.restart()
      found.insert(try read(1, from: try #require(crashed.device(named: "disk")), at: 0)[0])
    }
    #expect(found == [1, 2, Self.background])
  }
}
