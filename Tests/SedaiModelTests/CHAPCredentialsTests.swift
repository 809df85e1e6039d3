import SedaiModel
import Testing

@Suite struct CHAPCredentialsTests {
  @Test func `nothing that describes a secret shows it`() throws {
    let secret = try #require(CHAPSecret("correct horse battery"))
    let identity = try #require(CHAPIdentity(user: "host", secret: secret))
    let credentials = try #require(CHAPCredentials(initiator: identity, target: nil))
    var dumped = ""
    dump(credentials, to: &dumped)
    for text in ["\(secret)", "\(credentials)", String(reflecting: credentials), dumped] {
      #expect(!text.contains("correct"), "\(text)")
      #expect(!text.contains("99"), "\(text)")
    }
    #expect(secret.text == "correct horse battery")
  }

  @Test func `secrets have 12 to 255 bytes and no control characters`() {
    #expect(CHAPSecret("elevenbytes") == nil)
    #expect(CHAPSecret("twelve bytes") != nil)
    #expect(CHAPSecret("twelve\nbytes") == nil)
    #expect(CHAPSecret(String(repeating: "x", count: 255)) != nil)
    #expect(CHAPSecret(String(repeating: "x", count: 256)) == nil)
  }

  @Test func `both sides do not prove themselves with one secret`() throws {
    let secret = try #require(CHAPSecret("twelve bytes"))
    let host = try #require(CHAPIdentity(user: "host", secret: secret))
    let array = try #require(CHAPIdentity(user: "array", secret: secret))
    #expect(CHAPCredentials(initiator: host, target: array) == nil)
    #expect(CHAPIdentity(user: "", secret: secret) == nil)
  }
}
