import Foundation
import Testing

/// The real programs against each other. One at a time: each starts daemons of its own.
@Suite(.serialized) struct EndToEndTests {
  /// Runs `body` with an array that has a pool, a reserve, `bv001` with three generations, and
  /// `lv001`.
  private func withFamily(_ body: (RunningArray) throws -> Void) throws {
    let array = try RunningArray()
    defer { array.end() }
    try array.start(["--pool-size", "256MiB"])
    for line in [
      "sedai sra create default 64MiB",
      "sedai ld create bv001 64MiB --pool default --type LX",
      "sedai generation build bv001 --count 3 --name sv001",
      "sedai lv create lv001 --base bv001",
      "sedai ldset create business --type LX",
      "sedai ldset assign business bv001",
    ] {
      let outcome = try array.type(line)
      #expect(outcome.status == 0, "\(line): \(outcome.errors)")
    }
    try body(array)
    #expect(array.stop() == 0, "\(array.log())")
  }

  private func expect(
    _ array: RunningArray, _ line: String, _ status: Int32, _ output: String = "",
    errors: String = ""
  ) throws {
    let outcome = try array.type(line)
    #expect(outcome.status == status, "\(line): \(outcome.errors)")
    #expect(outcome.output == output, "\(line)")
    #expect(outcome.errors == errors, "\(line)")
  }

  private func ended(_ command: String, _ id: String) -> String {
    "\(command):Info: \(id): \(command) has normally terminated.\n"
  }

  @Test func theBackupCycleOfTheManualRunsAsPrinted() throws {
    try withFamily { array in
      try expect(
        array, "iSMsc_delete -bv bv001 -bvflg ld -auto", 0, ended("iSMsc_delete", "iSM19020"))
      let created = try array.type("iSMsc_create -bv bv001 -bvflg ld -cyclic")
      #expect(created.status == 0)
      #expect(
        created.output.hasPrefix(
          ended("iSMsc_create", "iSM19010") + """
               BV:bv001                    LX
                  Special File : -
               SV:sv001_01                 LX
                  Generation : -1
                  Status     : snap/active [20
            """))
      try expect(
        array, "iSMsc_svguard -bv bv001 -bvflg ld -sv .-1 -svflg relgen -mode set", 0,
        ended("iSMsc_svguard", "iSM19060"))
      try expect(
        array, "iSMsc_link -lv lv001 -lvflg ld -sv bv001.-1 -svflg ld.relgen", 0,
        ended("iSMsc_link", "iSM20020"))
      try expect(
        array, "iSMsc_create -bv bv001 -bvflg ld -sv sv001_01 -svflg ld", 1,
        errors: "iSMsc_create:Error: iSM19412: Snapshot volume sv001_01 of bv001 is linked to "
          + "lv001.\n")
      let query = try array.type("iSMsc_query -sv sv001_01 -svflg ld -summary")
      #expect(query.output.contains("\n  LX:sv001_01                ( -1) snap/active   [20"))
      #expect(query.output.hasSuffix("] link\n"))
      try expect(
        array, "iSMsc_linkinfo -vol sv001_01 -volflg ld -lcl", 0,
        """

        Specified Volume Information
        SV:LD Name      : sv001_01
           Type         : LX
           Special File : -
           State        : link   (lv001)
           Mode         : nr

        Destination Volume Information
            LV:lv001                    LX link   (sv001_01)                rw

        """)
      try expect(
        array, "iSMsc_unlink -lv lv001 -lvflg ld", 0, ended("iSMsc_unlink", "iSM20030"))
      try expect(
        array, "iSMsc_svguard -bv bv001 -bvflg ld -sv .-1 -svflg relgen -mode cancel", 0,
        ended("iSMsc_svguard", "iSM19060"))
    }
  }

  @Test func theRestoreOfTheManualRunsAsPrinted() throws {
    try withFamily { array in
      for _ in 1...2 { try array.type("iSMsc_create -bv bv001 -bvflg ld -cyclic") }
      try expect(
        array,
        "iSMsc_restore -bv bv001 -bvflg ld -sv .-2 -svflg relgen -derivsv keep -nowait", 0,
        "iSMsc_restore:Info: iSM19031: iSMsc_restore has been started.\n")
      try expect(
        array, "iSMsc_wait -cond active -bv bv001 -bvflg ld -sv .-2 -svflg relgen", 0,
        ended("iSMsc_wait", "iSM19050"))
      let query = try array.type("iSMsc_query -bv bv001 -bvflg ld")
      #expect(query.output.contains("LX:sv001_02                ( -1) snap/active"))
      #expect(query.output.contains("LX:sv001_01                ( -2) snap/active"))
      #expect(query.output.contains("LX:sv001_03                (  -) -             unlink"))
    }
  }

  @Test func statusesAndMessagesTellWhatWentWrong() throws {
    try withFamily { array in
      try array.type("iSMsc_create -bv bv001 -bvflg ld -cyclic")
      let lines: [(String, Int32, String)] = [
        ("iSMsc_query -bv nosuch -bvflg ld", 1, "iSMsc_query:Error: iSM19408: "),
        ("iSMsc_query -bv sv001_01 -bvflg ld", 1, "iSMsc_query:Error: iSM19409: "),
        ("iSMsc_query -sv bv001 -svflg ld", 1, "iSMsc_query:Error: iSM19409: "),
        ("iSMsc_unlink -lv lv001 -lvflg ld", 1, "iSMsc_unlink:Error: iSM20404: "),
        ("iSMsc_unlink -lv lv001", 2, "iSMsc_unlink:Error: iSM19401: "),
        (
          "iSMsc_wait -cond deleted -bv bv001 -bvflg ld -sv sv001_01 -svflg ld -time 0", 3,
          "iSMsc_wait:Error: iSM19424: "
        ),
        ("sedai ld show nosuch", 1, "sedai: iSM31134: "),
        ("sedai ld create x --pool default", 2, "Error: "),
      ]
      for (line, status, beginning) in lines {
        let outcome = try array.type(line)
        #expect(outcome.status == status, "\(line)")
        #expect(outcome.output.isEmpty, "\(line)")
        #expect(outcome.errors.hasPrefix(beginning), "\(line): \(outcome.errors)")
      }
    }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/nbdcopy")))
  func whatAHostWritesShowsInDifferencesAndNotInTheSnapshot() throws {
    try withFamily { array in
      let block = 4096
      var contents = Data(repeating: 0x11, count: 40 * block)
      func copy(_ from: String, _ to: String) throws {
        let outcome = try array.type("/usr/bin/nbdcopy \(from) \(to)")
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
      func uri(_ set: String, _ volume: String) -> String {
        "nbd+unix:///\(volume)?socket=" + array.path("array/nbd/\(set).sock")
      }
      let file = URL(filePath: array.path("contents"))
      try contents.write(to: file)
      try copy(file.path(percentEncoded: false), uri("business", "bv001"))
      try array.type("iSMsc_create -bv bv001 -bvflg ld -cyclic")
      contents.replaceSubrange(0..<3 * block, with: Data(repeating: 0x22, count: 3 * block))
      try contents.write(to: file)
      try copy(file.path(percentEncoded: false), uri("business", "bv001"))
      try array.type("iSMsc_create -bv bv001 -bvflg ld -cyclic")

      let plain = try array.type("sedai ld diff bv001.-2 bv001.-1")
      #expect(plain.output.hasPrefix("OFFSET  LENGTH\n     0"), "\(plain.output)")
      #expect(try array.type("sedai ld diff bv001.-1 bv001").output.contains("0 ranges"))
      let size = try array.type("sedai generation size bv001.-2 --json")
      #expect(size.output.contains("\"allocatedBytes\""))

      try array.type("sedai ldset create backup")
      try array.type("sedai ldset assign backup lv001")
      try array.type("iSMsc_link -lv lv001 -lvflg ld -sv bv001.-2 -svflg ld.relgen -lvacc ro")
      let back = array.path("back")
      try copy(uri("backup", "lv001"), back)
      let old = try Data(contentsOf: URL(filePath: back)).prefix(40 * block)
      #expect(old == Data(repeating: 0x11, count: 40 * block))
    }
  }

  @Test func aReaderThatGoesAwayIsNoCrash() throws {
    try withFamily { array in
      for command in ["iSMsc_query -bv bv001 -bvflg ld -detail", "sedai ld list"] {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        // The link to the command exists once it was typed.
        try array.type(command)
        let words = command.split(separator: " ", maxSplits: 1).map(String.init)
        let program =
          words[0].hasPrefix("iSM")
          ? array.path(words[0])
          : try RunningArray.programs().appending(path: words[0]).path(percentEncoded: false)
        process.arguments = [
          "-c", "{ '\(program)' \(words[1]); echo $? >&2; } | true",
        ]
        process.environment = array.environment
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(String(decoding: text, as: UTF8.self) == "0\n", "\(command)")
      }
    }
  }

  @Test func programsReadJSON() throws {
    try withFamily { array in
      let status = try array.type("sedai status --json")
      let object = try JSONSerialization.jsonObject(with: Data(status.output.utf8))
      let members = try #require(object as? [String: NSObject])
      #expect(members["logicalDisks"] as? Int == 5)
      let list = try array.type("sedai generation list bv001 --json")
      #expect(list.output.contains("\"state\" : \"empty\""))
    }
  }

  @Test func anLDSetCanBeUsedAsSoonAsItIsMade() throws {
    try withFamily { array in
      for number in 1...20 {
        let made = try array.type("sedai ldset create s\(number)")
        #expect(made.status == 0)
        #expect(
          FileManager.default.fileExists(atPath: array.path("array/nbd/s\(number).sock")))
      }
      let deleted = try array.type("sedai ldset delete s1")
      #expect(deleted.status == 0)
    }
  }

  @Test func aSecondDaemonOnADirectoryRefusesAndTheFirstGoesOn() throws {
    try withFamily { array in
      let second = try array.startRefused()
      #expect(second.status == 1)
      #expect(second.errors.contains("another sedaid runs on"))
      #expect(try array.type("sedai status").status == 0)
    }
  }

  @Test func whatWasDoneIsThereAfterAStopAndAfterAKill() throws {
    try withFamily { array in
      try array.type("iSMsc_create -bv bv001 -bvflg ld -cyclic")
      let before = try array.type("iSMsc_query -bv bv001 -bvflg ld -detail").output
      #expect(array.stop() == 0)
      #expect(!FileManager.default.fileExists(atPath: array.path("array/sedaid.sock")))
      try array.start()
      #expect(try array.type("iSMsc_query -bv bv001 -bvflg ld -detail").output == before)
      array.kill()
      #expect(FileManager.default.fileExists(atPath: array.path("array/nbd/business.sock")))
      #expect(try array.type("sedai status").errors.contains("nobody listens there"))
      try array.start()
      #expect(try array.type("iSMsc_query -bv bv001 -bvflg ld -detail").output == before)
      #expect(FileManager.default.fileExists(atPath: array.path("array/nbd/business.sock")))
    }
  }

  @Test func overTCPATokenIsNeeded() throws {
    let array = try RunningArray()
    defer { array.end() }
    let port = Int.random(in: 30000..<40000)
    let made = try array.type("sedaid token backup --file \(array.path("tokens"))")
    #expect(made.status == 0)
    try made.output.write(toFile: array.path("token"), atomically: true, encoding: .utf8)
    array.configuration = """
      pool = []
      [management]
      host = "127.0.0.1"
      port = \(port)
      tokens = "\(array.path("tokens"))"
      """
    try array.start()
    array.environment["SEDAI_URL"] = "http://127.0.0.1:\(port)"
    let refused = try array.type("sedai status")
    #expect(refused.status == 1)
    #expect(refused.errors.hasPrefix("sedai: iSM42521: "))
    array.environment["SEDAI_TOKEN_FILE"] = array.path("token")
    #expect(try array.type("sedai ldset create hosts").status == 0)
    #expect(try array.type("sedai event list --json").output.contains("\"requester\" : \"backup\""))
    #expect(array.stop() == 0)
  }

  @Test func aDamagedSystemAreaIsNamedAndLeftAlone() throws {
    try withFamily { array in
      #expect(array.stop() == 0)
      let path = array.path("array/system")
      let length = 4096 * 2
      let handle = try #require(FileHandle(forUpdatingAtPath: path))
      try handle.write(contentsOf: Data(repeating: 0xA5, count: length))
      try handle.close()
      let refused = try array.startRefused()
      #expect(refused.status == 1)
      #expect(refused.errors.contains(path), "\(refused.errors)")
      #expect(refused.errors.contains("sedai-check"), "\(refused.errors)")
      let reading = try #require(FileHandle(forReadingAtPath: path))
      #expect(try reading.read(upToCount: length) == Data(repeating: 0xA5, count: length))
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.removeItem(atPath: array.path("array/default.pool"))
      try array.start(["--no-pool"])
    }
  }

  @Test func whatAKilledFirstStartLeftIsReplacedAndWhatHoldsSomethingIsNot() throws {
    let array = try RunningArray()
    defer { array.end() }
    let pool = array.path("array/default.pool")
    try FileManager.default.createDirectory(
      atPath: array.path("array"), withIntermediateDirectories: true)
    try Data("somebody's".utf8).write(to: URL(filePath: pool))
    let refused = try array.startRefused(["--pool-size", "128MiB"])
    #expect(refused.status == 1)
    #expect(refused.errors.contains(pool), "\(refused.errors)")
    #expect(try Data(contentsOf: URL(filePath: pool)) == Data("somebody's".utf8))
    try Data(count: 1 << 20).write(to: URL(filePath: pool))
    try Data("half a system area".utf8).write(to: URL(filePath: array.path("array/system.new")))
    try array.start(["--pool-size", "128MiB"])
    #expect(try array.type("sedai pool show default").output.contains("ready"))
    #expect(!FileManager.default.fileExists(atPath: array.path("array/system.new")))
  }

  @Test func anArrayWhosePoolIsGoneStartsAndSaysSo() throws {
    try withFamily { array in
      #expect(array.stop() == 0)
      let pool = array.path("array/default.pool")
      try FileManager.default.moveItem(atPath: pool, toPath: pool + ".away")
      try array.start()
      #expect(try array.type("sedai pool show default").output.contains("missing"))
      #expect(array.log().contains(pool), "\(array.log())")
      let refused = try array.type("iSMsc_create -bv bv001 -bvflg ld -cyclic")
      #expect(refused.status == 1)
      #expect(array.stop() == 0)
      try FileManager.default.moveItem(atPath: pool + ".away", toPath: pool)
      try array.start()
      #expect(try array.type("iSMsc_create -bv bv001 -bvflg ld -cyclic").status == 0)
    }
  }

  @Test func theServiceManagerIsToldWhenItIsReadyAndWhenItStops() throws {
    let array = try RunningArray()
    defer { array.end() }
    array.configuration = "pool = []"
    let manager = try ServiceManager(path: array.path("notify"))
    array.environment["NOTIFY_SOCKET"] = array.path("notify")
    try array.start()
    #expect(manager.nextNotice() == "READY=1")
    #expect(array.stop() == 0)
    #expect(manager.nextNotice() == "STOPPING=1")
  }
}

/// The end of `NOTIFY_SOCKET` that systemd holds.
private final class ServiceManager {
  private let descriptor: Int32

  init(path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = Array(path.utf8)
    try #require(name.count < MemoryLayout.size(ofValue: address.sun_path))
    // SAFETY: `name` is shorter than the field, and the address lives through the calls.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
    let bound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(bound == 0)
    // A notice that never comes fails the test instead of hanging it.
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    // SAFETY: the value lives through the call and has the size that is told.
    _ = unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// What was said next; nil if nothing is.
  func nextNotice() -> String? {
    var bytes = [UInt8](repeating: 0, count: 256)
    // SAFETY: the buffer lives through the call and has the length that is told.
    let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
