import Foundation
import Testing

@testable import sedai_check
@testable import sedaid

@Suite struct SettingsTests {
  private func settings(
    _ text: String, _ line: CommandLineSettings = CommandLineSettings(),
    free: UInt64? = 100 << 30
  ) throws(StartupFailure) -> Settings {
    let file = try ConfigurationFile.parse(text, path: "f.toml")
    return try Settings(file, path: "f.toml", line) { _ in free }
  }

  private func failure(
    _ text: String, _ line: CommandLineSettings = CommandLineSettings(),
    free: UInt64? = 100 << 30
  ) -> String? {
    do throws(StartupFailure) {
      _ = try settings(text, line, free: free)
      return nil
    } catch {
      return error.description
    }
  }

  @Test func aDirectoryAloneIsEnough() throws {
    let settings = try settings("data = '/srv/a/'")
    #expect(settings.data == "/srv/a")
    #expect(settings.management == ManagementSettings(socket: "/srv/a/sedaid.sock", tcp: nil))
    #expect(settings.nbd == NBDSettings(sockets: "/srv/a/nbd", tcp: nil))
    #expect(
      settings.pools == [
        PoolSettings(
          name: "default",
          members: [
            PoolMemberSettings(
              path: "/srv/a/default.pool", size: 50 << 30, isSparse: false)
          ], reserve: nil)
      ])
  }

  @Test(
    arguments: [
      (10 << 30, 5 << 30), (11 << 30, 5 << 30), (1 << 30, 512 << 20), (1 << 40, 64 << 30),
    ] as [(UInt64, UInt64)])
  func theFirstPoolTakesHalfOfWhatIsFree(free: UInt64, size: UInt64) throws {
    let settings = try settings("data = '/a'", free: free)
    #expect(settings.pools.first?.members.first?.size == size)
  }

  @Test func aDiskThatIsNearlyFullIsSaidSo() {
    #expect(failure("data = '/a'", free: 100 << 20)?.contains("too little free space") == true)
    #expect(failure("data = '/a'", CommandLineSettings(makesNoPool: true), free: 0) == nil)
    #expect(failure("data = '/a'", CommandLineSettings(poolSize: 1 << 30), free: 0) == nil)
  }

  @Test func thereIsAnISCSITargetOnlyIfAskedFor() throws {
    let portal = try #require(Portal(argument: "[::1]:0"))
    #expect(try settings("data = '/a'").iscsi == nil)
    #expect(
      try settings("data = '/a'\n[iscsi]").iscsi == ISCSISettings(host: "127.0.0.1", port: 3260))
    #expect(
      try settings("data = '/a'\n[iscsi]\nport = 1", CommandLineSettings(iscsi: portal)).iscsi
        == ISCSISettings(host: "::1", port: 0))
    #expect(Portal(argument: "192.0.2.1").map(\.port) == 3260)
    for text in ["", ":1", "a:", "a:65536", "[::1", "[::1]1", "a:b"] {
      #expect(Portal(argument: text) == nil, "\(text)")
    }
  }

  @Test func theCommandLineWins() throws {
    let line = CommandLineSettings(data: "/b", cache: 8 << 20, nbdSockets: "/run/nbd")
    let settings = try settings("data = '/a'\ncache = '1GiB'\n[nbd]\nsockets = 'x'", line)
    #expect(settings.data == "/b")
    #expect(settings.cacheBytes == 8 << 20)
    #expect(settings.nbd.sockets == "/run/nbd")
  }

  @Test func poolsOfFilesAndDevicesComeFromTheFile() throws {
    let settings = try settings(
      """
      data = "/a"
      [[pool]]
      name = "p1"
      devices = ["/dev/x"]
      files = [{ path = "f", size = "1GiB", sparse = true }]
      reserve = "100MiB"
      """)
    #expect(
      settings.pools == [
        PoolSettings(
          name: "p1",
          members: [
            PoolMemberSettings(path: "/a/f", size: 1 << 30, isSparse: true),
            PoolMemberSettings(path: "/dev/x", size: nil, isSparse: false),
          ], reserve: 100 << 20)
      ])
  }

  @Test(arguments: [
    ("", "no data directory"),
    (
      "data = '/\(String(repeating: "x", count: 120))'", "longer than 107 bytes"
    ),
    (
      "data = '/a'\n[nbd]\nsockets = '\(String(repeating: "x", count: 86))'",
      "longer than 107 bytes"
    ),
    ("data = '/a'\nname = 'two words'", "does not fit"),
    ("data = 1", "data is missing or has another type"),
    ("data = ", "f.toml at line 1"),
    ("data = '/a'\ncolour = 'red'", "unknown key colour"),
    ("data = '/a'\n[nbd]\ncolour = 'red'", "unknown key"),
    ("data = '/a'\ncache = 'much'", "cache is \"much\""),
    ("data = '/a'\ncache = '1KiB'", "cache is 1024 bytes"),
    ("data = '/a'\n[[pool]]\nname = 'p'", "neither files nor devices"),
    ("data = '/a'\n[[pool]]\nname = 'a b'\ndevices = ['/x']", "no name for a pool"),
    ("data = '/a'\n[[pool]]\nname = 'p'\ndevices = ['x']", "whole path"),
    ("data = '/a'\n[[pool]]\ndevices = ['/x']", "name is missing or"),
    ("data = '/a'\n[management]\nport = 1", "[management] needs host"),
    ("data = '/a'\n[management]\nhost = '0.0.0.0'\ntokens = 't'", "certificate and key"),
    (
      "data = '/a'\n[management]\nhost = '0.0.0.0'\ntokens = 't'\nkey = 'k'",
      "certificate and key together"
    ),
    ("data = '/a'\n[nbd]\nhost = '127.0.0.1'", "client-authorities"),
    ("data = '/a'\n[nbd]\nport = 1", "[nbd] needs host"),
    ("data = '/a'\n[iscsi]\nport = 65536", "[iscsi] port 65536"),
  ])
  func aFileThatContradictsIsRefusedWithWhatIsWrong(text: String, word: String) {
    let failure = failure(text)
    #expect(failure?.contains(word) == true, "\(failure ?? "taken")")
    if !text.isEmpty { #expect(failure?.contains("f.toml") == true) }
  }

  @Test func theCommentedSampleIsAConfiguration() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../packaging/sedaid.toml").standardizedFileURL
    let text = try String(contentsOf: path, encoding: .utf8)
    let settings = try settings(text)
    #expect(settings.data == "/var/lib/sedai")
    #expect(settings.cacheBytes == Settings.standardCache)
    // Every setting it shows is one: without the comment signs it must still be understood.
    var shown = ""
    var isSetting = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let bare = line.hasPrefix("# ") ? line.dropFirst(2) : line
      isSetting =
        bare.contains(/^[a-z-]+ = |^\[/) && !bare.hasPrefix("pool = ") && !bare.hasSuffix("none.")
      if isSetting { shown += bare + "\n" }
    }
    let everything = try self.settings(shown)
    #expect(everything.pools.first?.members.count == 2)
    #expect(everything.management.tcp?.port == ManagementSettings.standardPort)
    #expect(everything.nbd.tcp?.port == NBDSettings.standardPort)
  }
}

@Suite struct ManualPageTests {
  private func committed(_ name: String) throws -> String {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../man/" + name).standardizedFileURL
    return try String(contentsOf: path, encoding: .utf8)
  }

  @Test func theCommittedPagesAreWhatTheProgramsSay() throws {
    let advice: Comment = "run scripts/manual and commit the result"
    #expect(try committed("sedaid.8") == sedaid.ManualPage.text, advice)
    #expect(try committed("sedai-check.8") == sedai_check.ManualPage.text, advice)
  }
}
