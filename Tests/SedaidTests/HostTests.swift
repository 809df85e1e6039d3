import Foundation
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
