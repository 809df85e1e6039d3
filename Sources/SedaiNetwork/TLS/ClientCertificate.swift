internal import NIOSSL

/// Reads from a verified client certificate whom it stands for.
enum ClientCertificate {
  /// The DNS names it was issued for, then its common name; each once. The authority that
  /// signed it vouches for all of them.
  static func names(in certificate: NIOSSLCertificate) -> [String] {
    var names: [String] = []
    for name in certificate._subjectAlternativeNames() where name.nameType == .dnsName {
      // SAFETY: the bytes belong to `name` and are copied inside the closure.
      let text = unsafe name.contents.withUnsafeBufferPointer {
        unsafe String(validating: $0, as: UTF8.self)
      }
      if let text { names.append(text) }
    }
    names += certificate.subjectName.filter { $0.type == .commonName }.map(\.value)
    var seen: Set<String> = []
    return names.filter { !$0.isEmpty && seen.insert($0).inserted }
  }
}
