/// The floors of the building: a target may import its own floor's C module and lower floors only.
///
/// - Source: docs/architecture/README.md, which draws the same table.
enum Floors {
  static let of: [String: Int] = [
    "CSedaiBytes": 0, "SedaiBytes": 0, "SedaiMonitor": 0, "SedaiModel": 0,
    "SedaiFormat": 1, "SedaiAPI": 1, "SedaiManual": 1,
    "SedaiEngine": 2, "SedaiNBD": 2, "SedaiSCSI": 2, "SedaiISCSI": 2,
    "SedaiHostModel": 2,
    "SedaiArray": 3,
    "CSedaiLinux": 4, "SedaiLinux": 4, "SedaiNetwork": 4, "SedaiHTTP": 4, "SedaiClient": 4,
    "SedaiHost": 4,
    "sedaid": 5, "sedai": 5, "ism": 5, "sedai-check": 5,
  ]

  /// Pairs on one floor that may see each other: a Swift face over the C shim.
  static let sameFloor: Set<[String]> = [
    ["SedaiBytes", "CSedaiBytes"], ["SedaiLinux", "CSedaiLinux"],
    ["SedaiHost", "CSedaiLinux"],
  ]

  /// The highest floor that knows the standard library only.
  static let highestPureFloor = 2

  /// What the pure floors may import beside targets of ours: the language itself, and the C
  /// library where a floor is its wrapper (threads for SedaiMonitor).
  static let pureImports: [String: Set<String>] = [
    "SedaiMonitor": ["Synchronization", "Glibc", "Musl"],
    "SedaiBytes": ["Synchronization"],
    "SedaiEngine": ["Synchronization"],
  ]
}
