/// Which of its two homes holds a count page. The state says so for every one of them, so
/// that a damaged home is never mistaken for one that was not written yet.
public enum CountHome: UInt8, Sendable {
  /// Never written: nothing is referred to.
  case none = 0
  case first = 1
  case second = 2

  private static let shift: UInt16 = 14
  private static let freeMask: UInt16 = (1 << shift) - 1

  /// The home that the next checkpoint writes.
  public var next: CountHome { self == .first ? .second : .first }

  /// Together with a number of free places, 0…1016, as the state holds both.
  func packed(with free: UInt16) -> UInt16 {
    precondition(free <= Self.freeMask, "a count page has no more than 1016 places")
    return UInt16(rawValue) << Self.shift | free
  }

  static func unpacked(_ word: UInt16) throws(FormatError) -> (free: UInt16, home: CountHome) {
    let free = word & freeMask
    guard let home = CountHome(rawValue: UInt8(word >> shift)),
      free <= UInt16(MapPageLayout.counts)
    else { throw .damaged("array state: free places of a count page") }
    return (free, home)
  }
}
