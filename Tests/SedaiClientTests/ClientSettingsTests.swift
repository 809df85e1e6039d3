import Foundation
import SedaiAPI
import Testing

@testable import SedaiClient

@Suite struct ClientSettingsTests {
  /// A home directory of its own; removed afterwards.
  private func withHome(_ body: (URL) throws -> Void) throws {
    let home = FileManager.default.temporaryDirectory
      .appending(path: "sedai-home-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: home.appending(path: ".config/sedai"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: home) }
    try body(home)
  }

  private func environment(_ home: URL, _ more: [String: String] = [:]) -> [String: String] {
    var all = more
    all["HOME"] = home.path(percentEncoded: false)
    return all
  }

  private func write(_ text: String, to name: String, in home: URL) throws {
    try text.write(to: home.appending(path: name), atomically: true, encoding: .utf8)
  }

  private let settingsFile = ".config/sedai/client.toml"

  @Test(arguments: [
    ("unix:///run/a.sock", ClientSettings.Address.unixSocket(path: "/run/a.sock")),
    ("https://array.example:9000", .network(url: "https://array.example:9000")),
    ("https://array.example/", .network(url: "https://array.example:8443")),
    ("http://127.0.0.1", .network(url: "http://127.0.0.1:8443")),
    ("http://[::1]:80", .network(url: "http://[::1]:80")),
  ])
  func takesAddressesOfSocketsAndHosts(url: String, address: ClientSettings.Address) throws {
    let settings = try ClientSettings(environment: ["SEDAI_URL": url])
    #expect(settings.address == address)
  }

  @Test(arguments: [
    "unix://relative", "ftp://a", "array.example:8443", "https://", "https://a/path",
    "https://user@a", "http://a?b", "",
  ])
  func refusesTheRestWithAMessageOfTheSettings(url: String) throws {
    guard !url.isEmpty else {
      // An empty variable is as good as none.
      _ = try ClientSettings(environment: ["SEDAI_URL": url])
      return
    }
    let problem = #expect(throws: Problem.self) {
      try ClientSettings(environment: ["SEDAI_URL": url])
    }
    #expect(problem?.messageID == "iSM42522")
    #expect(problem?.title.contains(url) == true)
  }

  @Test func theUsersFileSaysWhereAndTheVariablesWin() throws {
    try withHome { home in
      try write("secret-token\n", to: "token", in: home)
      try write(
        """
        # comment
        url = "https://a:1" # more
        token_file = '\(home.path(percentEncoded: false))/token'
        ca_file = "/ca"

        """, to: settingsFile, in: home)
      let settings = try ClientSettings(environment: environment(home))
      #expect(settings.address == .network(url: "https://a:1"))
      #expect(settings.token == "secret-token")
      #expect(settings.trustRootsPath == "/ca")
      let other = try ClientSettings(
        environment: environment(home, ["SEDAI_URL": "unix:///x"]))
      #expect(other.address == .unixSocket(path: "/x"))
      #expect(other.token == "secret-token")
    }
  }

  @Test(arguments: [
    ("colour = \"red\"", "line 1: unknown key colour"), ("\nurl", "line 2: no ="),
    ("url = unix:///x", "line 1: url needs a text in quotes"),
    ("url = \"a", "needs a text in quotes"), ("url = \"a\\\\\"", "needs a text in quotes"),
    ("url = \"unix:///a\"\nurl = \"unix:///b\"", "line 2: url for the second time"),
  ])
  func aFileThatIsWrongIsNamedWithItsLine(text: String, words: String) throws {
    try withHome { home in
      try write(text, to: settingsFile, in: home)
      let problem = #expect(throws: Problem.self) {
        try ClientSettings(environment: environment(home))
      }
      #expect(problem?.title.contains(words) == true, "\(problem?.title ?? "-")")
      #expect(problem?.title.contains("client.toml") == true)
    }
  }

  @Test(arguments: ["", "two words", "tab\tbed", "日本"])
  func aTokenFileWithoutATokenIsNamed(contents: String) throws {
    try withHome { home in
      try write(contents, to: "token", in: home)
      let path = home.path(percentEncoded: false) + "/token"
      let problem = #expect(throws: Problem.self) {
        try ClientSettings(environment: environment(home, ["SEDAI_TOKEN_FILE": path]))
      }
      #expect(problem?.title.contains(path) == true)
    }
  }

  @Test func aTokenFileThatIsNotThereIsNamed() throws {
    let problem = #expect(throws: Problem.self) {
      try ClientSettings(environment: ["SEDAI_TOKEN_FILE": "/nonexistent/token"])
    }
    #expect(problem?.title.contains("/nonexistent/token cannot be read") == true)
  }

  @Test func theCommentedSampleIsUnderstood() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../packaging/client.toml").standardizedFileURL
    let text = try String(contentsOf: path, encoding: .utf8)
    #expect(try SettingsFile.values(in: text, path: "f").keys.sorted() == ["url"])
    var shown = ""
    for line in text.split(separator: "\n") {
      let bare = line.hasPrefix("# ") ? line.dropFirst(2) : line
      if bare.contains(/^[a-z_]+ = "/) { shown += bare + "\n" }
    }
    #expect(Set(try SettingsFile.values(in: shown, path: "f").keys) == SettingsFile.keys)
  }
}
