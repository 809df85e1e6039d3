import SedaiAPI
import SedaiHostModel
import SedaiModel

/// A command line that fits its grammar.
struct CommandWords: Sendable {
  private let values: [String: String]

  /// True if the option was given, with or without a value.
  func has(_ option: String) -> Bool { values[option] != nil }

  /// The value of an option; nil if it was not given.
  func value(_ option: String) -> String? { values[option] }

  /// The value of an option that is a number; nil if it was not given.
  func number(_ option: String) -> UInt64? { values[option].flatMap { UInt64($0) } }

  /// The value of an option that is a name with its type; nil if it was not given.
  func fullName(_ option: String) -> FullName? {
    values[option].flatMap { FullName(parsing: $0) }
  }

  /// The value of an option that names an LD set; nil if it was not given.
  func ldSet(_ option: String) -> LDSetReference? {
    values[option].flatMap { LDSetReference(parsing: $0) }
  }

  /// The volume in a role; nil if it was not named.
  func volume(_ role: VolumeRole) -> VolumeReference? {
    guard let text = values[role.option] else { return nil }
    let flag = values[role.flagOption].flatMap(VolumeFlag.init(rawValue:))
    if flag?.needsBaseVolume == true, let base = values[VolumeRole.base.option] {
      return VolumeReference(base + text)
    }
    return VolumeReference(text)
  }
}

/// What is wrong with a command line.
struct UsageError: Error, Hashable {
  let messageID: MessageID
  let arguments: MessageArguments

  static func unknown(_ option: String) -> Self {
    Self(messageID: .unknownOption, arguments: ["option": .text(option)])
  }
  static func missing(_ option: String) -> Self {
    Self(messageID: .missingOption, arguments: ["option": .text(option)])
  }
  static func excluding(_ option: String, _ other: String) -> Self {
    Self(
      messageID: .excludingOptions, arguments: ["option": .text(option), "other": .text(other)])
  }
  static func invalid(_ value: String, of option: String) -> Self {
    Self(
      messageID: .invalidOptionValue,
      arguments: ["value": .text(value), "option": .text(option)])
  }
  static func repeated(_ option: String) -> Self {
    Self(messageID: .repeatedOption, arguments: ["option": .text(option)])
  }
  static func mangled(_ value: String, _ name: VolumeName) -> Self {
    Self(
      messageID: .mangledVolumeName,
      arguments: ["value": .text(value), "right": .text("'\(name)'")])
  }
  static func missingValue(_ option: String) -> Self {
    Self(messageID: .missingValue, arguments: ["option": .text(option)])
  }
}

extension CommandWords {
  /// Reads the words after the command's name.
  init(_ syntax: CommandSyntax, words: some Sequence<String>) throws(UsageError) {
    let values = try Self.collect(words, syntax)
    for clause in syntax.clauses { _ = try Self.check(clause, values, isRequired: true) }
    self.init(values: values)
  }

  /// The words by option. An option without value maps to the empty string.
  private static func collect(
    _ words: some Sequence<String>, _ syntax: CommandSyntax
  ) throws(UsageError) -> [String: String] {
    for word in words {
      if case .mangled(let name) = VolumeName.reading(word) { throw .mangled(word, name) }
    }
    var takesValue: [String: Bool] = [:]
    var operands: [String] = []
    for clause in syntax.clauses.flatMap(\.leaves) {
      for name in clause.optionNames { takesValue[name] = clause.takesValue }
      if case .operand(let operand) = clause { operands.append(operand.name) }
    }
    var values: [String: String] = [:]
    var iterator = words.makeIterator()
    while let word = iterator.next() {
      guard let hasValue = takesValue[word] else {
        guard isValue(word), let operand = operands.first else { throw .unknown(word) }
        operands.removeFirst()
        values[operand] = word
        continue
      }
      guard values[word] == nil else { throw .repeated(word) }
      guard hasValue else {
        values[word] = ""
        continue
      }
      guard let value = iterator.next(), isValue(value) else { throw .missingValue(word) }
      values[word] = value
    }
    return values
  }

  /// An option is no value of another one; the name of a disk without type may begin like one,
  /// as in `-:vol1`.
  private static func isValue(_ word: String) -> Bool {
    !word.isEmpty && (!word.hasPrefix("-") || word.hasPrefix("-:"))
  }

  /// Checks one clause.
  ///
  /// - Returns: the first of its options that was given, nil if none was.
  @discardableResult
  private static func check(
    _ clause: Clause, _ values: [String: String], isRequired: Bool
  ) throws(UsageError) -> String? {
    switch clause {
    case .volume(let role, let flags, _):
      return try checkVolume(role, flags, values, isRequired: isRequired)
    case .option(let option), .operand(let option):
      guard let value = values[option.name] else {
        if isRequired { throw .missing(option.name) }
        return nil
      }
      try check(value, of: option)
      return option.name
    case .optional(let inner):
      return try check(inner, values, isRequired: false)
    case .all(let clauses):
      return try checkGroup(clauses, values, isRequired: isRequired)
    case .exactlyOne(let clauses):
      let given = try checkAll(clauses, values)
      if given.count > 1 { throw .excluding(given[0], given[1]) }
      return try firstOrMissing(given, clauses, isRequired)
    case .atMostOne(let clauses):
      let given = try checkAll(clauses, values)
      if given.count > 1 { throw .excluding(given[0], given[1]) }
      return given.first
    case .atLeastOne(let clauses):
      return try firstOrMissing(try checkAll(clauses, values), clauses, isRequired)
    }
  }

  /// One clause that is there calls for the others.
  private static func checkGroup(
    _ clauses: [Clause], _ values: [String: String], isRequired: Bool
  ) throws(UsageError) -> String? {
    let given = try checkAll(clauses, values)
    guard isRequired || !given.isEmpty else { return nil }
    for clause in clauses { try check(clause, values, isRequired: true) }
    return given.first
  }

  private static func checkAll(
    _ clauses: [Clause], _ values: [String: String]
  ) throws(UsageError) -> [String] {
    var given: [String] = []
    for clause in clauses {
      if let option = try check(clause, values, isRequired: false) { given.append(option) }
    }
    return given
  }

  private static func firstOrMissing(
    _ given: [String], _ clauses: [Clause], _ isRequired: Bool
  ) throws(UsageError) -> String? {
    guard given.isEmpty, isRequired else { return given.first }
    throw .missing(clauses.compactMap(\.optionNames.first).joined(separator: " | "))
  }

  private static func checkVolume(
    _ role: VolumeRole, _ flags: [VolumeFlag], _ values: [String: String], isRequired: Bool
  ) throws(UsageError) -> String? {
    let text = values[role.option]
    let word = values[role.flagOption]
    guard text != nil || word != nil || isRequired else { return nil }
    guard let text else { throw .missing(role.option) }
    guard let word else { throw .missing(role.flagOption) }
    guard let flag = VolumeFlag(rawValue: word), flags.contains(flag)
    else { throw .invalid(word, of: role.flagOption) }
    if flag.needsBaseVolume, values[VolumeRole.base.option] == nil {
      throw .missing(VolumeRole.base.option)
    }
    // A place without base volume is completed by one, so that one reader serves all forms.
    let whole = flag.needsBaseVolume ? "B" + text : text
    switch (flag, VolumeReference(whole)) {
    case (.ld, .name) where LogicalDiskName(text) != nil,
      (.relgen, .relativeGeneration), (.ldRelgen, .relativeGeneration),
      (.absgen, .absoluteGeneration), (.ldAbsgen, .absoluteGeneration):
      break
    default: throw .invalid(text, of: role.option)
    }
    if flag.needsBaseVolume, !text.hasPrefix(".") { throw .invalid(text, of: role.option) }
    return role.option
  }

  private static func check(_ value: String, of option: OptionSyntax) throws(UsageError) {
    let isValid =
      switch option.value {
      case .nothing, .text: true
      case .word(let words): words.contains(value)
      case .seconds(let range): decimal(value).map { range.contains(Int(clamping: $0)) } ?? false
      case .number(_, let range): decimal(value).map { range.contains($0) } ?? false
      case .fullName: FullName(parsing: value) != nil
      case .ldSet: value.contains(":") && LDSetReference(parsing: value) != nil
      case .drive: DriveLetter(value) != nil
      case .volumeName: VolumeName.reading(value) != .nothing
      }
    guard isValid else { throw .invalid(value, of: option.name) }
  }

  private static func decimal(_ text: String) -> UInt64? {
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return UInt64(text)
  }
}

extension Clause {
  fileprivate var takesValue: Bool {
    switch self {
    case .option(let option):
      switch option.value {
      case .nothing: false
      case .word, .seconds, .number, .fullName, .ldSet, .drive, .volumeName, .text:
        true
      }
    case .volume, .operand, .optional, .all, .exactlyOne, .atMostOne, .atLeastOne: true
    }
  }
}
