/// A function of the array that licences speak of.
/// - Source: features.md, product cross-index.
public enum LicensedProduct: String, CaseIterable, Sendable {
  /// DynamicSnapVolume: reserves, generations, link volumes.
  case snapshots = "DSV"
  /// DynamicDataReplication: pairs within an array.
  case replication = "DDR"

  /// The name that views show.
  public var name: String {
    switch self {
    case .snapshots: "DynamicSnapVolume"
    case .replication: "DynamicDataReplication"
    }
  }
}

/// The right to use a product on an array up to a physical capacity.
/// - Source: features.md 1.4.1.
public struct Licence: Hashable, Sendable {
  public let product: LicensedProduct
  /// 1…9
  public let version: Int
  /// Bytes of all pools together; nil for any.
  public let capacity: UInt64?

  public init(product: LicensedProduct, version: Int, capacity: UInt64?) {
    self.product = product
    self.version = version
    self.capacity = capacity
  }

  /// A replication volume can be a base volume from this version on.
  /// - Source: features.md 3.11(1)-a.
  public static let replicaAsBaseVersion = 3

  /// Whether an array with pools of so many bytes may build more.
  public func covers(_ physicalCapacity: UInt64) -> Bool {
    capacity.map { physicalCapacity <= $0 } ?? true
  }
}

// Keys as they are typed: `DSV-V3-10TB-84`, `DDR-V1-ANY-88`. The last two digits find typing
// errors; they keep nobody from making a key.
extension Licence {
  private static let anyCapacity = "ANY"
  private static let largestTebibytes: UInt64 = 1_000_000

  /// Reads a key; letters of either case.
  public init?(key: String) {
    let parts = key.uppercased().split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 4, let product = LicensedProduct(rawValue: String(parts[0])),
      parts[1].count == 2, parts[1].hasPrefix("V"), let version = Int(parts[1].dropFirst()),
      (1...9).contains(version),
      let capacity = Self.capacity(parts[2])
    else { return nil }
    self.init(product: product, version: version, capacity: capacity)
    guard self.key == key.uppercased() else { return nil }
  }

  /// Nil if it is no capacity; a capacity of nil bytes is any.
  private static func capacity(_ text: Substring) -> UInt64?? {
    if text == anyCapacity { return .some(nil) }
    guard text.hasSuffix("TB"), let number = UInt64(text.dropLast(2)),
      (1...largestTebibytes).contains(number)
    else { return nil }
    return number << 40
  }

  /// The key that ``init(key:)`` reads back.
  public var key: String {
    let amount = capacity.map { "\($0 >> 40)TB" } ?? Self.anyCapacity
    let text = "\(product.rawValue)-V\(version)-\(amount)"
    let digits = String(Self.checkDigits(of: text))
    return text + "-" + (digits.count < 2 ? "0" + digits : digits)
  }

  /// - Source: ISO/IEC 7064, MOD 97-10; letters count as two digits.
  private static func checkDigits(of text: String) -> Int {
    var rest = 0
    for character in text {
      guard let value = character.isNumber ? character.wholeNumberValue : letter(character)
      else { continue }
      rest = (rest * (value > 9 ? 100 : 10) + value) % 97
    }
    return 98 - rest * 100 % 97
  }

  /// 10 for A…35 for Z.
  private static func letter(_ character: Character) -> Int? {
    guard let value = character.asciiValue, character.isLetter else { return nil }
    return Int(value) - Int(UInt8(ascii: "A")) + 10
  }
}

/// How an array stands with a product.
/// - Source: features.md 1.4.1, 2.3.5; states.md 6.
public enum LicenceState: String, CaseIterable, Sendable {
  /// There is no licence of any product at all: the open build, without limits.
  case open
  /// Covered.
  case released
  /// The array is larger: what is built goes on working, nothing new is built.
  case exceeded
  /// Other products have licences and this one has none.
  case missing

  /// Whether new generations and the like may be built.
  public var permitsBuilding: Bool { self == .open || self == .released }

  /// - Parameter physicalCapacity: bytes of all pools together.
  public init(
    of product: LicensedProduct, in licences: [LicensedProduct: Licence],
    physicalCapacity: UInt64
  ) {
    if licences.isEmpty {
      self = .open
    } else if let licence = licences[product] {
      self = licence.covers(physicalCapacity) ? .released : .exceeded
    } else {
      self = .missing
    }
  }
}
