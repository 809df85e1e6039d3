import Glibc

/// Facts that the running kernel tells.
public enum Kernel {
  /// 16 bytes that change with every boot, or nil where /proc does not tell them.
  ///
  /// - Source: proc(5), `/proc/sys/kernel/random/boot_id`.
  public static func bootIdentity() -> [UInt8]? {
    let descriptor = unsafe open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var text = [UInt8](repeating: 0, count: 64)
    let count = unsafe text.withUnsafeMutableBytes { buffer in
      unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    }
    guard count > 0 else { return nil }
    let digits = text.prefix(count).compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == 32 else { return nil }
    return (0..<16).map { UInt8(digits[$0 * 2] << 4 | digits[$0 * 2 + 1]) }
  }

  /// 16 random bytes for an identity.
  public static func randomIdentity() -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    return (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
  }
}
