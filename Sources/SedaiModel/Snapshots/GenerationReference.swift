/// A generation named by its place instead of its name.
/// - Source: commands.md 0.2.
public enum GenerationReference: Hashable, Sendable {
  /// `.-1` is the newest, 1…
  case relative(age: Int)
  /// `.3` is the snapshot volume built third, 1…
  case absolute(number: Int)

  /// Reads `.-1` or `.3`.
  public init?(parsing text: String) {
    guard text.first == "." else { return nil }
    let digits = text.dropFirst().first == "-" ? text.dropFirst(2) : text.dropFirst()
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let number = Int(digits), number > 0
    else { return nil }
    self =
      text.dropFirst().first == "-" ? .relative(age: number) : .absolute(number: number)
  }
}

extension GenerationReference: CustomStringConvertible {
  public var description: String {
    switch self {
    case .relative(let age): ".-\(age)"
    case .absolute(let number): ".\(number)"
    }
  }
}

/// How an operator names a logical disk.
public enum DiskReference: Hashable, Sendable {
  case name(LogicalDiskName)
  /// By name and type: a disk of that name with another type is not meant.
  case fullName(FullName)
  case number(LogicalDiskNumber)
}

extension DiskReference: CustomStringConvertible {
  public var description: String {
    switch self {
    case .name(let name): name.rawValue
    case .fullName(let name): name.description
    case .number(let number): number.description
    }
  }
}

/// How an operator names a generation: by its snapshot volume, or by base volume and place.
public enum SnapshotReference: Hashable, Sendable {
  case disk(DiskReference)
  case generation(of: DiskReference, GenerationReference)

  /// Reads `sv001` (a name), `.-1` and `.3` (of `base`), `bv001.-1` and `bv001.3`.
  ///
  /// Nil if it is none of them, or if it is a place and neither it nor `base` says of what.
  public init?(parsing text: String, base: DiskReference? = nil) {
    guard let dot = text.firstIndex(of: ".") else {
      guard let name = LogicalDiskName(text) else { return nil }
      self = .disk(.name(name))
      return
    }
    guard let place = GenerationReference(parsing: String(text[dot...])) else { return nil }
    if dot == text.startIndex {
      guard let base else { return nil }
      self = .generation(of: base, place)
    } else {
      guard let name = LogicalDiskName(String(text[..<dot])) else { return nil }
      self = .generation(of: .name(name), place)
    }
  }
}

extension SnapshotReference: CustomStringConvertible {
  public var description: String {
    switch self {
    case .disk(let disk): disk.description
    case .generation(let base, let place): base.description + place.description
    }
  }
}
