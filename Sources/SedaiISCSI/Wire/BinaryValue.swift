/// Bytes in the value of a key.
/// - Source: RFC 7143 §6.1, "hex-constant" and "base64-constant".
enum BinaryValue {
  static func text(_ bytes: [UInt8]) -> String {
    "0x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Nil for what is neither, or longer than `limit` bytes.
  static func bytes(_ text: String, limit: Int) -> [UInt8]? {
    let digits = Array(text.utf8.dropFirst(2))
    let bytes: [UInt8]? =
      switch text.prefix(2) {
      case "0x", "0X": hexadecimal(digits)
      case "0b", "0B": base64(digits)
      default: nil
      }
    guard let bytes, bytes.count <= limit else { return nil }
    return bytes
  }

  /// An odd number of digits has lost a zero in front.
  private static func hexadecimal(_ digits: [UInt8]) -> [UInt8]? {
    var bytes: [UInt8] = []
    var isHigh = digits.count % 2 == 0
    var high: UInt8 = 0
    for digit in digits {
      guard let value = hexadecimalDigit(digit) else { return nil }
      if isHigh { high = value << 4 } else { bytes.append(high | value) }
      isHigh.toggle()
    }
    return bytes
  }

  private static func hexadecimalDigit(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func base64(_ digits: [UInt8]) -> [UInt8]? {
    let filling = digits.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard digits.count % 4 == 0, filling <= 2 else { return nil }
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for digit in digits.dropLast(filling) {
      guard let value = base64Digit(digit) else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
    return bytes
  }

  private static func base64Digit(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
