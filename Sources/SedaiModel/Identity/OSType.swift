/// The platform a logical disk is formatted for. A disk may have none (nil wherever it is
/// optional).
/// - Source: commands.md 0.3.
public enum OSType: String, CaseIterable, Sendable {
  case acos2 = "A2"
  case acos4 = "A4"
  case aix = "AX"
  case solaris = "CX"
  case linux = "LX"
  case hpUX = "NX"
  case superUX = "SX"
  case windows = "WN"
  case windowsGPT = "WG"

  /// Whether links and restores keep disk signatures apart.
  /// - Source: seed manual 3.4.
  public var keepsDiskSignatures: Bool { self == .windows }

  /// The text of a type, or of none, in reports for people: `-` if there is none.
  public static func text(of type: OSType?) -> String { type?.rawValue ?? "-" }
}

/// A logical disk's name with its type: `LX:vol1`, and `:vol1` for a disk without type.
public struct FullName: Hashable, Sendable {
  public var osType: OSType?
  public var name: LogicalDiskName

  public init(osType: OSType?, name: LogicalDiskName) {
    self.osType = osType
    self.name = name
  }

  /// Reads `LX:vol1`. No type is written as nothing, blanks or `-` before the colon.
  public init?(parsing text: String) {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let prefix = text[..<colon]
    guard let name = LogicalDiskName(String(text[text.index(after: colon)...])) else { return nil }
    self.name = name
    if prefix.allSatisfy({ $0 == " " }) || prefix == "-" {
      osType = nil
    } else if let type = OSType(rawValue: String(prefix)) {
      osType = type
    } else {
      return nil
    }
  }
}

extension FullName: CustomStringConvertible {
  /// As reports show it: `LX:vol1`, `-:vol1`.
  public var description: String { OSType.text(of: osType) + ":" + name.rawValue }
}
