import SedaiModel

/// What the array calls its iSCSI targets:
///
///     iqn.2026-11.local.sedai:17bc2f9a01d4e680.hosta
///
/// with the array's world wide name, so that two arrays on one network differ, and the LD
/// set's name as far as such names can hold it. A set keeps its target's name for life.
/// - Source: RFC 7143 section 4.2.7; RFC 3722 for the characters.
enum TargetNames {
  private static let authority = "iqn.2026-11.local.sedai:"
  private static let worldWideNameLength = 16

  /// The name for a new set. Sets whose names differ only in what a target's cannot hold, such
  /// as case, are told apart by a number.
  static func unused(
    for set: LDSetName, of worldWideName: String, among sets: some Collection<LDSet>
  ) -> ISCSIName {
    let array = worldWideName.lowercased().filter(\.isHexDigit).prefix(worldWideNameLength)
    let text = array + "." + set.rawValue.lowercased().map { $0 == "_" ? "-" : $0 }
    let taken = Set(
      sets.compactMap { other -> ISCSIName? in
        if case .iSCSI(let access) = other.connection { return access.targetName }
        return nil
      })
    var name = name(String(text))
    var number = 2
    while taken.contains(name) {
      name = self.name(text + ".\(number)")
      number += 1
    }
    return name
  }

  private static func name(_ end: String) -> ISCSIName {
    guard let name = ISCSIName(authority + end) else {
      preconditionFailure("a target's name is made of letters, digits and hyphens")
    }
    return name
  }
}
