private import CSedaiBytes

/// The CRC-32C of `bytes`, continued from `seed` (0 to start a new one).
///
/// - Complexity: O(bytes), about 8 bytes a cycle where the processor has the instruction.
/// - Source: RFC 7143 §13.1 (the polynomial that storage protocols share).
public func crc32c(_ bytes: RawSpan, seed: UInt32 = 0) -> UInt32 {
  // SAFETY: the C function only reads inside the span's bounds, during the call.
  unsafe bytes.withUnsafeBytes { unsafe sedai_crc32c(seed, $0.baseAddress, $0.count) }
}
