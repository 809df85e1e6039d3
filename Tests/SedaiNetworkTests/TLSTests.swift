import Foundation
import Glibc
import SedaiArray
import SedaiNetwork
import Testing

/// TCP with certificates: a real client (libnbd), certificates made by the openssl command.
@Suite(.enabled(if: Program.areInstalled("openssl", "nbdinfo"))) struct TLSTests {
  /// An authority, a server certificate and client certificates, in files of a folder.
  struct Authority {
    let folder: String

    init(name: String, in folder: String) async throws {
      self.folder = folder
      try await openssl(
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
        "2", "-subj", "/CN=\(name)", "-keyout", "\(folder)/ca-key.pem", "-out",
        "\(folder)/ca-cert.pem")
    }

    /// Writes `prefix-cert.pem` and `prefix-key.pem`.
    func issue(_ prefix: String, commonName: String, alternativeName: String?) async throws {
      let request = "\(folder)/\(prefix).csr"
      let extensions = "\(folder)/\(prefix).ext"
      let names = alternativeName.map { "subjectAltName=\($0)\n" } ?? "\n"
      try Data(names.utf8).write(to: URL(fileURLWithPath: extensions))
      try await openssl(
        "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
        "/CN=\(commonName)", "-keyout", "\(folder)/\(prefix)-key.pem", "-out", request)
      try await openssl(
        "x509", "-req", "-in", request, "-CA", "\(folder)/ca-cert.pem", "-CAkey",
        "\(folder)/ca-key.pem", "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out",
        "\(folder)/\(prefix)-cert.pem")
    }

    private func openssl(_ arguments: String...) async throws {
      let outcome = try await blocking {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Program.path(of: "openssl") ?? "openssl")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
      }
      try #require(outcome == 0, "openssl \(arguments)")
    }
  }

  static let directory = MemoryDirectory(
    volumes: ["a": MemoryVolume(count: 4096), "b": MemoryVolume(count: 8192)],
    visible: [
      .certificate("backup01"): ["a"], .certificate("web01.example"): ["b"],
      .certificate("stranger"): [],
    ])

  /// A server that requires TLS, and the folder with its clients' certificates.
  func withTLSServer(
    client commonName: String, alternativeName: String? = nil,
    _ body: (_ port: Int, _ folder: String) async throws -> Void
  ) async throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let authority = try await Authority(name: "test authority", in: folder)
    try await authority.issue("server", commonName: "s", alternativeName: "DNS:localhost")
    try await authority.issue(
      "client", commonName: commonName, alternativeName: alternativeName)
    let tls = try ServerTLS(
      certificateChain: "\(folder)/server-cert.pem", privateKey: "\(folder)/server-key.pem",
      clientAuthorities: "\(folder)/ca-cert.pem")
    try await withServer(Self.directory) { server, _, _ in
      let listener = try await server.listen(
        host: "127.0.0.1", port: 0, security: .clientCertificates(tls))
      let port = try #require(listener.port)
      try await body(port, folder)
    }
  }

  func information(_ port: Int, _ export: String, _ folder: String) async throws
    -> Program.Outcome
  {
    try await Program.run(
      "nbdinfo", "nbds://localhost:\(port)/\(export)?tls-certificates=\(folder)")
  }

  @Test func theCommonNameOfTheCertificateNamesTheClient() async throws {
    try await withTLSServer(client: "backup01") { port, folder in
      let seen = try await information(port, "a", folder)
      #expect(seen.status == 0 && seen.output.contains("export-size: 4096"), "\(seen.output)")
      #expect(try await information(port, "b", folder).status != 0)
    }
  }

  @Test func soDoesAnAlternativeName() async throws {
    try await withTLSServer(
      client: "stranger", alternativeName: "DNS:web01.example"
    ) { port, folder in
      let seen = try await information(port, "b", folder)
      #expect(seen.status == 0 && seen.output.contains("export-size: 8192"), "\(seen.output)")
      #expect(try await information(port, "a", folder).status != 0)
    }
  }

  @Test func withoutTLSNothingIsSeen() async throws {
    try await withTLSServer(client: "backup01") { port, _ in
      let plain = try await Program.run("nbdinfo", "nbd://localhost:\(port)/a")
      #expect(plain.status != 0 && !plain.output.contains("4096"))
    }
  }

  @Test func certificatesOfAnotherAuthorityAreRefused() async throws {
    try await withTLSServer(client: "backup01") { port, folder in
      let other = folder + "/other"
      try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
      let authority = try await Authority(name: "another authority", in: other)
      try await authority.issue("client", commonName: "backup01", alternativeName: nil)
      // The client trusts the server, but not the other way round.
      try FileManager.default.removeItem(atPath: "\(other)/ca-cert.pem")
      try FileManager.default.copyItem(
        atPath: "\(folder)/ca-cert.pem", toPath: "\(other)/ca-cert.pem")
      #expect(try await information(port, "a", other).status != 0)
    }
  }

  @Test(.enabled(if: Program.areInstalled("nbdcopy")))
  func dataGoesThroughTLSWhole() async throws {
    try await withTLSServer(client: "backup01") { port, folder in
      let content = Data(RealClientTests.randomBytes(4096))
      let source = "\(folder)/source"
      let copy = "\(folder)/copy"
      try content.write(to: URL(fileURLWithPath: source))
      let uri = "nbds://localhost:\(port)/a?tls-certificates=\(folder)"
      #expect(try await Program.run("nbdcopy", source, uri).status == 0)
      #expect(try await Program.run("nbdcopy", uri, copy).status == 0)
      let isSame = try Data(contentsOf: URL(fileURLWithPath: copy)) == content
      #expect(isSame)
    }
  }
}
