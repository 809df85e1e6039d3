/// The world wide name of a port of a Fibre Channel adapter: `1000-0090-FA00-0001`.
/// - Source: management-cli.md 2.1, addldsetpath.
public struct WorldWidePortName: Hashable, Sendable {
  public let rawValue: UInt64

  /// Reads 16 hexadecimal digits, in four groups with hyphens or in one.
  public init?(parsing text: String) {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    guard groups.count == 1 || groups.count == 4,
      groups.allSatisfy({ $0.count == 16 / groups.count && $0.allSatisfy(\.isHexDigit) }),
      let value = UInt64(groups.joined(), radix: 16)
    else { return nil }
    rawValue = value
  }
}

extension WorldWidePortName: CustomStringConvertible {
  /// Four groups of four upper-case digits.
  public var description: String {
    let digits = String(rawValue, radix: 16, uppercase: true)
    let padded = Array(String(repeating: "0", count: 16 - digits.count) + digits)
    return stride(from: 0, to: 16, by: 4).map { String(padded[$0..<$0 + 4]) }
      .joined(separator: "-")
  }
}

/// How hosts of a Fibre Channel LD set are known: by their adapter, or by the array's port
/// that they are connected to.
public enum FibreChannelPath: Hashable, Sendable {
  case adapter(WorldWidePortName)
  case port(HostPortNumber)

  /// Reads what ``description`` writes.
  public init?(parsing text: String) {
    if let port = HostPortNumber(parsing: text) {
      self = .port(port)
    } else if let name = WorldWidePortName(parsing: text) {
      self = .adapter(name)
    } else {
      return nil
    }
  }
}

extension FibreChannelPath: CustomStringConvertible {
  public var description: String {
    switch self {
    case .adapter(let name): name.description
    case .port(let number): number.description
    }
  }
}

/// Whether an iSCSI LD set is one target, or one target for each of its disks.
/// - Source: management-cli.md 3, LD sets.
public enum TargetMode: String, CaseIterable, Sendable {
  case normal = "Normal"
  case multiTarget = "Multi-Target"
}
