/// How an operator names an LD set: `hostA`, `LX:hostA` or `:hostA`.
public struct LDSetReference: Hashable, Sendable {
  public let name: LDSetName
  public let type: TypeCondition

  /// What type the set of that name must have.
  public enum TypeCondition: Hashable, Sendable {
    case any
    case exactly(OSType?)
  }

  public init(name: LDSetName, type: TypeCondition) {
    self.name = name
    self.type = type
  }

  /// Reads a name, or a type, a colon and a name. No type is written as nothing, blanks or `-`.
  public init?(parsing text: String) {
    guard let colon = text.firstIndex(of: ":") else {
      guard let name = LDSetName(text) else { return nil }
      self.init(name: name, type: .any)
      return
    }
    guard let name = LDSetName(String(text[text.index(after: colon)...])) else { return nil }
    let prefix = text[..<colon]
    if prefix.allSatisfy({ $0 == " " }) || prefix == "-" {
      self.init(name: name, type: .exactly(nil))
    } else if let type = OSType(rawValue: String(prefix)) {
      self.init(name: name, type: .exactly(type))
    } else {
      return nil
    }
  }
}

extension LDSetReference: CustomStringConvertible {
  public var description: String {
    switch type {
    case .any: name.rawValue
    case .exactly(let type): OSType.text(of: type) + ":" + name.rawValue
    }
  }
}
