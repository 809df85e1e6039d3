/// Keys and values as they are negotiated, in their order.
/// - Source: RFC 7143 §6.1.
struct TextKeys: Hashable, Sendable {
  private(set) var pairs: [Pair] = []

  struct Pair: Hashable, Sendable {
    let key: String
    let value: String
  }

  init() {}

  /// Nil for anything that is not `key=value` with a zero behind each.
  init?(_ bytes: [UInt8]) {
    for part in bytes.split(separator: 0) {
      guard let place = part.firstIndex(of: UInt8(ascii: "=")),
        place > part.startIndex, place - part.startIndex <= ISCSILimits.maximumKeyBytes,
        let key = String(validating: part[..<place], as: UTF8.self),
        let value = String(validating: part[(place + 1)...], as: UTF8.self)
      else { return nil }
      pairs.append(Pair(key: key, value: value))
    }
  }

  /// The first value of a key.
  subscript(key: String) -> String? { pairs.first { $0.key == key }?.value }

  /// Those pairs that `isMeant` chooses, in their order.
  func filter(_ isMeant: (Pair) -> Bool) -> TextKeys {
    var chosen = TextKeys()
    chosen.pairs = pairs.filter(isMeant)
    return chosen
  }

  mutating func append(_ key: String, _ value: String) {
    pairs.append(Pair(key: key, value: value))
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for pair in pairs {
      bytes += Array(pair.key.utf8)
      bytes.append(UInt8(ascii: "="))
      bytes += Array(pair.value.utf8)
      bytes.append(0)
    }
    return bytes
  }
}
