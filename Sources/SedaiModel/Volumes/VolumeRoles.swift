/// What a logical disk is. Roles combine: a replication volume can be a base volume, and the
/// master of a further pair.
/// - Source: states.md 1.
public struct VolumeRoles: OptionSet, Hashable, Sendable {
  public let rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// MV, copied to replication volumes.
  public static let master = VolumeRoles(rawValue: 1 << 0)
  /// RV, the copy of a master volume.
  public static let replication = VolumeRoles(rawValue: 1 << 1)
  /// BV, the source of generations.
  public static let base = VolumeRoles(rawValue: 1 << 2)
  /// SV, one generation.
  public static let snapshot = VolumeRoles(rawValue: 1 << 3)
  /// LV, the window through which a host reaches a generation.
  public static let link = VolumeRoles(rawValue: 1 << 4)
  /// SDV, what an SRA is made of.
  public static let snapshotReserve = VolumeRoles(rawValue: 1 << 5)
  /// CV, the target of control I/O.
  public static let control = VolumeRoles(rawValue: 1 << 6)

  private static let texts: [(VolumeRoles, String)] = [
    (.replication, "RV"), (.master, "MV"), (.base, "BV"), (.snapshot, "SV"), (.link, "LV"),
    (.snapshotReserve, "SDV"), (.control, "CV"),
  ]

  /// `IV` for a disk without a role, else its roles: `BV`, `RV/BV`.
  public var text: String {
    if isEmpty { return "IV" }
    return Self.texts.filter { contains($0.0) }.map(\.1).joined(separator: "/")
  }

  /// Whether a server may ever be given this disk.
  /// - Source: features.md 1.4.7-d.
  public var isAssignable: Bool { isDisjoint(with: [.snapshot, .snapshotReserve]) }
}
