import Testing

@Suite("Rules every source file keeps") struct SourceRulesTests {
  /// The most lines a file may have, tables excepted.
  static let longestFile = 600

  /// Files that are one table each and may be longer.
  static let tables: Set<String> = []

  @Test(arguments: ["Sources", "Simulation", "Tests"])
  func noFileIsLongerThanTheLimit(folder: String) throws {
    for file in try SourceTree.swiftFiles(under: folder) where !Self.tables.contains(file.path) {
      #expect(
        file.lines.count <= Self.longestFile,
        "\(file) has \(file.lines.count) lines: split it by subject")
    }
  }

  @Test func productCodeHasNoTraps() throws {
    let traps = /\b(?:try!|as!|fatalError\s*\()/
    for file in try SourceTree.swiftFiles(under: "Sources") {
      for (number, line) in zip(1..., file.code) {
        #expect(!line.contains(traps), "\(file):\(number): \(line)")
      }
    }
  }

  @Test func nothingUnfinishedIsLeftInTheSources() throws {
    let unfinished = /\b(?:TODO|FIXME|XXX|HACK|unimplemented|not implemented)\b/
    for folder in ["Sources", "Simulation"] {
      for file in try SourceTree.swiftFiles(under: folder) {
        for (number, line) in zip(1..., file.lines) {
          #expect(!line.contains(unfinished), "\(file):\(number): \(line)")
        }
      }
    }
  }

  @Test func everyUncheckedConcurrencyClaimHasItsProof() throws {
    let claim = /@unchecked Sendable|nonisolated\(unsafe\)/
    for folder in ["Sources", "Simulation"] {
      for file in try SourceTree.swiftFiles(under: folder) {
        for (index, line) in file.code.enumerated() where line.contains(claim) {
          // The proof is in the run of comments and attributes next to the declaration.
          let above = file.lines[..<index].reversed().prefix { $0.isCommentOrAttribute }
          let below = file.lines[(index + 1)...].prefix { $0.isCommentOrAttribute }
          let proof = (above.reversed() + below).joined(separator: "\n")
          #expect(
            proof.contains("ISOLATION:") && proof.contains(/\b1[.)]/),
            "\(file):\(index + 1) claims without a numbered ISOLATION proof beside it")
        }
      }
    }
  }

  @Test func everyUnsafeOutsideTheFloorsThatOwnItSaysWhyItIsSafe() throws {
    let owners: Set<String> = ["SedaiBytes", "SedaiMonitor", "SedaiLinux"]
    for file in try SourceTree.swiftFiles(under: "Sources") where !owners.contains(file.target) {
      for (index, line) in file.code.enumerated()
      where line.contains(/\bunsafe\b/) && !line.contains("nonisolated(unsafe)") {
        let start = max(0, index - Self.safetyDistance)
        let near = file.lines[start...index].joined(separator: "\n")
        #expect(near.contains("SAFETY:"), "\(file):\(index + 1) is unsafe without a reason")
      }
    }
  }

  /// How many lines above an `unsafe` its `// SAFETY:` line may begin: one reason may serve a
  /// short run of statements.
  static let safetyDistance = 12

  @Test func theStrippingOfCommentsAndStringsWorks() {
    let file = SourceTree.File(
      path: "x",
      lines: [
        "let a = \"try! // \\\" as!\" // fatalError(", "/* as! */ b", "\"\"\"", "try!", "\"\"\" c",
      ])
    #expect(file.code == ["let a =  ", " b", "", "", " c"])
  }
}

extension String {
  /// True for a line that may stand between a proof and what it proves.
  fileprivate var isCommentOrAttribute: Bool {
    let text = drop { $0 == " " }
    return text.hasPrefix("//") || text.hasPrefix("@")
  }
}
