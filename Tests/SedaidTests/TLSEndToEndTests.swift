import Foundation
import Testing

private let hasTools = ["openssl", "nbdinfo"].allSatisfy {
  FileManager.default.isExecutableFile(atPath: "/usr/bin/" + $0)
}

/// Management and NBD over TCP with certificates, made by the openssl command.
@Suite(.serialized, .enabled(if: hasTools)) struct TLSEndToEndTests {
  /// An authority `ca.pem`, and certificates for localhost and for client `host01`, in the
  /// names that libnbd looks for.
  private func makeCertificates(_ array: RunningArray) throws {
    let folder = array.path("certificates")
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    try openssl(
      "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=authority",
      "-keyout", folder + "/ca-key.pem", "-out", folder + "/ca-cert.pem")
    for (name, subject) in [("server", "localhost"), ("client", "host01")] {
      try openssl(
        "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=\(subject)", "-addext",
        "subjectAltName=DNS:\(subject)", "-keyout", folder + "/\(name)-key.pem", "-out",
        folder + "/\(name).csr")
      try openssl(
        "x509", "-req", "-days", "2", "-copy_extensions", "copy", "-in",
        folder + "/\(name).csr", "-CA", folder + "/ca-cert.pem", "-CAkey",
        folder + "/ca-key.pem", "-CAcreateserial", "-out", folder + "/\(name)-cert.pem")
    }
  }

  private func openssl(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "openssl \(arguments)")
  }

  @Test func commandsAndHostsComeInOverTLSAndNobodyElse() throws {
    let array = try RunningArray()
    defer { array.end() }
    try makeCertificates(array)
    let folder = array.path("certificates")
    let port = Int.random(in: 40000..<45000)
    let nbdPort = port + 5000
    let token = try array.type("sedaid token admin --file \(array.path("tokens"))").output
    try token.write(toFile: array.path("token"), atomically: true, encoding: .utf8)
    array.configuration = """
      [management]
      host = "localhost"
      port = \(port)
      certificate = "\(folder)/server-cert.pem"
      key = "\(folder)/server-key.pem"
      tokens = "\(array.path("tokens"))"
      [nbd]
      host = "localhost"
      port = \(nbdPort)
      certificate = "\(folder)/server-cert.pem"
      key = "\(folder)/server-key.pem"
      client-authorities = "\(folder)/ca-cert.pem"
      """
    try array.start(["--pool-size", "128MiB"])

    array.environment["SEDAI_URL"] = "https://localhost:\(port)"
    array.environment["SEDAI_TOKEN_FILE"] = array.path("token")
    let untrusted = try array.type("sedai status")
    #expect(untrusted.status == 1)
    #expect(untrusted.errors.contains("iSM42520"), "\(untrusted.errors)")

    // The authority is told by the configuration file; the variables still win for the rest.
    let settings = array.path(".config/sedai")
    try FileManager.default.createDirectory(
      atPath: settings, withIntermediateDirectories: true)
    try "ca_file = \"\(folder)/ca-cert.pem\"\n".write(
      toFile: settings + "/client.toml", atomically: true, encoding: .utf8)
    for line in [
      "sedai ld create bv001 16MiB --pool default --type LX", "sedai ldset create hosts",
      "sedai ldset assign hosts bv001",
    ] {
      let outcome = try array.type(line)
      #expect(outcome.status == 0, "\(line): \(outcome.errors)")
    }
    let uri = "nbds://localhost:\(nbdPort)/bv001?tls-certificates=\(folder)"
    #expect(try array.type("/usr/bin/nbdinfo --size \(uri)").status != 0)
    #expect(try array.type("sedai ldset allow hosts host01").status == 0)
    let size = try array.type("/usr/bin/nbdinfo --size \(uri)")
    #expect(size.output == "16777216\n", "\(size.errors)")
    #expect(array.stop() == 0)
  }
}
