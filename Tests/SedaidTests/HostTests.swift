import Foundation
import SedaiBytes
import SedaiEngine
import SedaiLinux
import Testing

@Suite struct LockFileTests {
  @Test func oneHolderAtATime() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "sedai-lock-\(UUID().uuidString)").path(percentEncoded: false)
    defer { try? FileManager.default.removeItem(atPath: path) }
    do {
      let lock = try LockFile(path: path)
      #expect(throws: LockFile.Failure.held) { _ = try LockFile(path: path) }
      _ = consume lock
    }
    _ = try LockFile(path: path)
  }

  @Test func aPathThatCannotBeOpenedIsSaidSo() {
    #expect(throws: LockFile.Failure.failed(errno: ENOENT)) {
      _ = try LockFile(path: "/nonexistent/lock")
    }
  }
}

@Suite struct ServiceNoticeTests {
  @Test(arguments: [
    "", "relative", "/nonexistent/notify", "/" + String(repeating: "x", count: 200),
  ])
  func aSocketThatIsNotThereIsNoReasonToStop(path: String) {
    #expect(!ServiceNotice.send("READY=1", to: path))
  }
}

/// What an open device finds out about its file.
@Suite struct FileHealthTests {
  private func withDevice(
    isSparse: Bool = false, _ body: (FileDevice, String) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "sedai-health-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "pool").path(percentEncoded: false)
    try body(
      try FileDevice(path: path, creating: .always(.mebibytes(4)), isSparse: isSparse), path)
  }

  private func write(_ device: FileDevice, at offset: UInt64) throws {
    let bytes = [UInt8](repeating: 7, count: 4096)
    try bytes.withBytes(0..<bytes.count) { (span) throws(DeviceError) in
      try device.write(span, at: offset)
    }
  }

  @Test(arguments: [false, true]) func aFileThatOnlyItsOwnerWritesIsWell(isSparse: Bool) throws {
    try withDevice(isSparse: isSparse) { device, _ in
      try write(device, at: 4096)
      try device.flush()
      try device.discard(at: 1 << 20, count: 65536)
      try device.grow(to: .mebibytes(8))
      if isSparse { #expect(device.health() == DeviceHealth()) }
      #expect(device.health().failures == 0)
    }
  }

  @Test func aRemovedFileIsToldFromAMovedOne() throws {
    try withDevice { device, path in
      try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
      #expect(device.health().damage == .moved)
      try Data().write(to: URL(filePath: path))
      #expect(device.health().damage == .moved)
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
      #expect(device.health().damage == nil)
      try FileManager.default.removeItem(atPath: path)
      #expect(device.health().damage == .removed)
      try write(device, at: 0)
    }
  }

  @Test func aFileCutShortIsFoundOutAlsoWhenAWriteMadeItLongAgain() throws {
    try withDevice { device, path in
      try #require(device.health().damage == nil)
      let file = try FileHandle(forWritingTo: URL(filePath: path))
      try file.truncate(atOffset: 1 << 20)
      #expect(device.health().damage == .shortened)
      var bytes = [UInt8](repeating: 0, count: 4096)
      #expect(throws: DeviceError.outOfRange) {
        try bytes.withMutableBytes(0..<4096) { (span) throws(DeviceError) in
          try device.read(into: &span, at: 2 << 20)
        }
      }
      #expect(device.health().failures == 1)
      // What is long again now is not what it was.
      try file.truncate(atOffset: 4 << 20)
      #expect(device.health().damage == .shortened)
      #expect(throws: DeviceError.outOfRange) { try write(device, at: (4 << 20) - 4096) }
    }
  }

  @Test func aHoleThatWasNotSeenBeingMadeLosesAll() throws {
    try withDevice { device, path in
      let file = try FileHandle(forWritingTo: URL(filePath: path))
      try file.truncate(atOffset: 1 << 20)
      try write(device, at: (4 << 20) - 4096)
      #expect(device.health().damage == .shortened)
      #expect(throws: DeviceError.outOfRange) { try write(device, at: 0) }
    }
  }
}
