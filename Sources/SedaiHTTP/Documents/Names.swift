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

extension DiskArray {
  /// The number of a pool that a person named by name or number.
  func poolNumber(_ text: String) throws(DiskArrayError) -> UInt8 {
    if let name = PoolName(text), let number = try? poolNumber(named: name) { return number }
    guard let number = UInt8(text), text.first != "+" else {
      throw DiskArrayError(.notFound, .unknownPool, ["pool": .text(text)])
    }
    return number
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

  static func setName(_ text: String) throws(DiskArrayError) -> LDSetName {
    guard let name = LDSetName(text) else {
      throw DiskArrayError(.notFound, .unknownLDSet, ["set": .text(text)])
    }
    return name
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
