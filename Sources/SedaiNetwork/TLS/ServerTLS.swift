internal import NIOSSL

/// The certificates a listener works with: its own, and whose clients' it trusts.
public struct ServerTLS: Sendable {
  let context: NIOSSLContext

  /// Loads PEM files. A client must show a certificate that one of `clientAuthorities` signed.
  ///
  /// - Throws: an error of the TLS library if a file cannot be read or does not fit.
  public init(certificateChain: String, privateKey: String, clientAuthorities: String) throws {
    let chain = try NIOSSLCertificate.fromPEMFile(certificateChain)
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: privateKey, format: .pem)))
    configuration.trustRoots = .file(clientAuthorities)
    // Clients have no host name to be checked; what names them is read after the handshake.
    configuration.certificateVerification = .noHostnameVerification
    configuration.minimumTLSVersion = .tlsv12
    context = try NIOSSLContext(configuration: configuration)
  }
}
