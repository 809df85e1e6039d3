import SedaiAPI
import SedaiArray
import SedaiModel

// Names of requests as the array takes them. A name that cannot exist is told like one that
// does not.

extension VolumeReference {
  private static func disk(_ name: String) throws(DiskArrayError) -> DiskReference {
    guard let name = LogicalDiskName(name) else {
      throw DiskArrayError(.notFound, .unknownVolume, ["name": .text(name)])
    }
    return .name(name)
  }

  /// The disk it names.
  ///
  /// - Throws: for a generation named by its place: a disk was asked for.
  func disk() throws(DiskArrayError) -> DiskReference {
    guard case .name(let name) = self else {
      throw DiskArrayError(.notFound, .unknownVolume, ["name": .text(text)])
    }
    return try Self.disk(name)
  }

  /// The generation it names.
  func snapshot() throws(DiskArrayError) -> SnapshotReference {
    switch self {
    case .name(let name):
      return .disk(try Self.disk(name))
    case .relativeGeneration(let base, let age):
      return .generation(of: try Self.disk(base), .relative(age: Int(age)))
    case .absoluteGeneration(let base, let number):
      return .generation(
        of: try Self.disk(base), .absolute(number: Int(clamping: number)))
    }
  }
}

extension DiskSelector {
  /// The disk it names.
  func disk() throws(DiskArrayError) -> DiskReference {
    switch self {
    case .name(let text):
      if let name = LogicalDiskName(text) { return .name(name) }
    case .fullName(let type, let text):
      if let full = FullName(parsing: (type ?? "") + ":" + text) { return .fullName(full) }
    case .number(let number):
      return .number(LogicalDiskNumber(number))
    }
    throw DiskArrayError(.notFound, .unknownDisk, ["name": .text(text)])
  }
}

extension LimitsChangeRequest {
  func change() throws(DiskArrayError) -> IOLimitsChange {
    IOLimitsChange(
      upper: try Self.limit(upper), lower: try Self.limit(lower), reportsUpper: reportsUpper)
  }

  private static func limit(_ number: UInt32?) throws(DiskArrayError) -> IOLimitsChange.Limit {
    if let limit = IOLimitsChange.Limit(number) { return limit }
    throw DiskArrayError(
      .invalidRequest, .invalidIOLimit, ["value": .count(UInt64(number ?? 0))])
  }
}

extension DiskArray {
  /// The number of a pool that a person named by name or number, or a program as `number:3`.
  func poolNumber(_ text: String) throws(DiskArrayError) -> UInt8 {
    if text.hasPrefix(APIPath.numberPrefix) {
      return try Self.poolNumber(digits: String(text.dropFirst(APIPath.numberPrefix.count)))
    }
    if let name = PoolName(text), let number = try? poolNumber(named: name) { return number }
    return try Self.poolNumber(digits: text)
  }

  private static func poolNumber(digits: String) throws(DiskArrayError) -> UInt8 {
    guard let number = UInt8(digits), digits.first != "+" else {
      throw DiskArrayError(.notFound, .unknownPool, ["pool": .text(digits)])
    }
    return number
  }
}

extension DiskArray {
  /// The LD set that a request names, with or without its type.
  func ldSetName(_ text: String) throws(DiskArrayError) -> LDSetName {
    guard let reference = LDSetReference(parsing: text) else {
      throw DiskArrayError(.notFound, .unknownLDSet, ["set": .text(text)])
    }
    return try ldSetName(reference)
  }
}

/// Checks of single values in requests.
enum RequestValue {
  static func name(_ text: String) throws(DiskArrayError) -> LogicalDiskName {
    guard let name = LogicalDiskName(text) else {
      throw DiskArrayError(.invalidRequest, .invalidName, ["name": .text(text)])
    }
    return name
  }

  static func poolName(_ text: String) throws(DiskArrayError) -> PoolName {
    guard let name = PoolName(text) else {
      throw DiskArrayError(.invalidRequest, .invalidName, ["name": .text(text)])
    }
    return name
  }

  static func newSetName(_ text: String) throws(DiskArrayError) -> LDSetName {
    guard let name = LDSetName(text) else {
      throw DiskArrayError(.invalidRequest, .invalidName, ["name": .text(text)])
    }
    return name
  }

  static func initiator(_ text: String) throws(DiskArrayError) -> ISCSIName {
    guard let name = ISCSIName(text) else { throw invalid(text, "initiator name") }
    return name
  }

  static func initiator(ifAny text: String?) throws(DiskArrayError) -> ISCSIName? {
    guard let text else { return nil }
    return try initiator(text)
  }

  static func path(_ text: String) throws(DiskArrayError) -> FibreChannelPath {
    guard let path = FibreChannelPath(parsing: text) else { throw invalid(text, "path") }
    return path
  }

  static func port(_ text: String) throws(DiskArrayError) -> HostPortNumber {
    guard let port = HostPortNumber(parsing: text) else { throw invalid(text, "port number") }
    return port
  }

  /// Nil for an address that says that there is none.
  static func portal(_ address: String, tcpPort: UInt16?) throws(DiskArrayError) -> ISCSIPortal? {
    guard let found = IPv4Address(address) else { throw invalid(address, "IPv4 address") }
    let port = tcpPort ?? ISCSIPortal.standardTCPPort
    guard port > 0 else { throw invalid("0", "TCP port") }
    return found == .none ? nil : ISCSIPortal(address: found, tcpPort: port)
  }

  /// Nil for an empty text.
  static func portName(_ text: String) throws(DiskArrayError) -> PortName? {
    if text.isEmpty { return nil }
    guard let name = PortName(text) else {
      throw DiskArrayError(.invalidRequest, .invalidName, ["name": .text(text)])
    }
    return name
  }

  static func arrayName(_ text: String) throws(DiskArrayError) -> ArrayName {
    guard let name = ArrayName(text) else {
      throw DiskArrayError(.invalidRequest, .invalidName, ["name": .text(text)])
    }
    return name
  }

  static func invalid(_ text: String, _ what: String) -> DiskArrayError {
    DiskArrayError(
      .invalidRequest, .invalidAccessName, ["name": .text(text), "what": .text(what)])
  }

  static func blockSize(_ bytes: Int?) throws(DiskArrayError) -> LogicalBlockSize {
    guard let bytes else { return .bytes512 }
    guard let size = LogicalBlockSize(rawValue: bytes) else {
      throw DiskArrayError(
        .invalidRequest, .requestNotUnderstood,
        ["reason": .text("logical blocks have 512 or 4096 bytes")])
    }
    return size
  }

  static func osType(_ text: String?) throws(DiskArrayError) -> OSType? {
    guard let text else { return nil }
    guard let type = OSType(rawValue: text) else {
      throw DiskArrayError(
        .invalidRequest, .requestNotUnderstood,
        ["reason": .text("\(text) is no OS type")])
    }
    return type
  }
}
