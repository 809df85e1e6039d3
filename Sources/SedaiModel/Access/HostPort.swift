/// A host port of the array: a director, 0 or 1, and a port of it; `01-0a` in views.
/// - Source: management-cli.md 3, Host ports.
public struct HostPortNumber: Hashable, Comparable, Sendable {
  public let director: UInt8
  public let port: UInt8

  /// Directors have the numbers below this.
  public static let directors: UInt8 = 2

  /// Nil for a director that cannot be.
  public init?(director: UInt8, port: UInt8) {
    guard director < Self.directors else { return nil }
    self.director = director
    self.port = port
  }

  /// Reads `01-0a`: two hexadecimal digits each.
  public init?(parsing text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy(\.isHexDigit) }),
      let director = UInt8(parts[0], radix: 16), let port = UInt8(parts[1], radix: 16)
    else { return nil }
    self.init(director: director, port: port)
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.director, left.port) < (right.director, right.port)
  }
}

extension HostPortNumber: CustomStringConvertible {
  public var description: String { Self.digits(director) + "-" + Self.digits(port) }

  private static func digits(_ number: UInt8) -> String {
    (number < 16 ? "0" : "") + String(number, radix: 16)
  }
}

/// An IPv4 address in dotted form. Views hold `address:port`, so that no other kind fits.
public struct IPv4Address: Hashable, Sendable {
  private let bytes: [UInt8]

  /// `0.0.0.0`: a port that is not set up.
  public static let none = IPv4Address(bytes: [0, 0, 0, 0])

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// Reads `192.0.2.10`; a number has no leading zero, which some take for octal.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      guard part.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
        part == "0" || !part.hasPrefix("0"), let byte = UInt8(part)
      else { return nil }
      bytes.append(byte)
    }
    self.bytes = bytes
  }
}

extension IPv4Address: CustomStringConvertible {
  public var description: String { bytes.map { String($0) }.joined(separator: ".") }
}

/// Where a target is reached.
public struct ISCSIPortal: Hashable, Sendable {
  public let address: IPv4Address
  /// 1…65535.
  public let tcpPort: UInt16

  /// The port that is registered for iSCSI.
  public static let standardTCPPort: UInt16 = 3260

  public init(address: IPv4Address, tcpPort: UInt16 = standardTCPPort) {
    self.address = address
    self.tcpPort = tcpPort
  }
}

extension ISCSIPortal: CustomStringConvertible {
  public var description: String { "\(address):\(tcpPort)" }
}
