/// Bytes that do not say what they should.
public enum FormatError: Error, Equatable, Sendable {
  /// The first bytes are not ours: another program's, or never written.
  case foreign(String)
  /// Written by a later program.
  case unsupportedVersion(what: String, found: UInt32, supported: UInt32)
  /// Ours, but a checksum or a field is wrong.
  case damaged(String)
}
