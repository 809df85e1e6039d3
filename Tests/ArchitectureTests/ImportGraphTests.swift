import Foundation
import Testing

@Suite("Import graph") struct ImportGraphTests {
  @Test func everyTargetUnderSourcesHasAFloor() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: SourceTree.root.appending(path: "Sources").path(percentEncoded: false))
    #expect(Set(folders) == Set(Floors.of.keys))
  }

  @Test func importsPointDown() throws {
    for file in try SourceTree.swiftFiles(under: "Sources") {
      let floor = try #require(Floors.of[file.target], "\(file) is in no known target")
      for module in file.imports {
        guard let imported = Floors.of[module] else { continue }
        let allowed =
          imported < floor || module == file.target
          || Floors.sameFloor.contains([file.target, module])
        #expect(allowed, "\(file) on floor \(floor) imports \(module) of floor \(imported)")
      }
    }
  }

  @Test func pureFloorsImportNothingButTheLanguage() throws {
    for file in try SourceTree.swiftFiles(under: "Sources") {
      guard let floor = Floors.of[file.target], floor <= Floors.highestPureFloor else { continue }
      for module in file.imports where Floors.of[module] == nil {
        let allowed = Floors.pureImports[file.target]?.contains(module) ?? false
        #expect(allowed, "\(file) on floor \(floor) imports \(module)")
      }
    }
  }

  @Test func pureFloorsKnowNoAsyncAndNoGlobalState() throws {
    // A space tells the keyword `await` from a function of that name.
    let asynchronous = /\b(?:async|Task|actor)\b|\bawait\s/
    let global =
      /^(?:(?:public|package|internal|private|fileprivate|nonisolated\(unsafe\))\s+)*var\b/
    let staticVariable = /\bstatic\s+var\s+\w+(?:\s*:\s*[^{=]+)?(?:\s*=|$)/
    for file in try SourceTree.swiftFiles(under: "Sources") {
      guard let floor = Floors.of[file.target], floor <= Floors.highestPureFloor else { continue }
      for (number, line) in zip(1..., file.code) {
        #expect(!line.contains(asynchronous), "\(file):\(number) is asynchronous: \(line)")
        #expect(!line.contains(global), "\(file):\(number) is global state: \(line)")
        #expect(!line.contains(staticVariable), "\(file):\(number) is global state: \(line)")
      }
    }
  }

  @Test func theManifestDrawsTheSameGraph() throws {
    for (target, dependencies) in try Manifest.targets() {
      guard let floor = Floors.of[target] else { continue }
      for dependency in dependencies {
        guard let lower = Floors.of[dependency] else { continue }
        let allowed = lower < floor || Floors.sameFloor.contains([target, dependency])
        #expect(allowed, "Package.swift lets \(target) depend on \(dependency)")
      }
    }
  }

  @Test func everyImportOfOursIsDeclaredInTheManifest() throws {
    let targets = Dictionary(try Manifest.targets(), uniquingKeysWith: { first, _ in first })
    for file in try SourceTree.swiftFiles(under: "Sources") {
      let declared = try #require(targets[file.target], "Package.swift has no \(file.target)")
      for module in Set(file.imports) where Floors.of[module] != nil && module != file.target {
        #expect(declared.contains(module), "\(file) imports \(module), not declared")
      }
    }
  }

  @Test func everySwiftTargetUsesTheStrictSettings() throws {
    let manifest = try SourceTree.text(of: "Package.swift")
    for target in Floors.of.keys where !target.hasPrefix("CSedai") {
      let declaration = try #require(
        Manifest.declaration(of: target, in: manifest), "Package.swift has no \(target)")
      #expect(declaration.contains("swiftSettings: strict"), "\(target) is not strict")
    }
  }
}

/// The target list of Package.swift, read as text: names and the names in quotes they depend on.
private enum Manifest {
  static func targets() throws -> [(String, Set<String>)] {
    let text = try SourceTree.text(of: "Package.swift")
    return Floors.of.keys.compactMap { name in
      guard let declaration = declaration(of: name, in: text) else { return nil }
      let quoted = declaration.matches(of: /"([\w-]+)"/).map { String($0.output.1) }
      return (name, Set(quoted).subtracting([name]))
    }
  }

  /// From `name: "NAME"` inside `targets:` up to the start of the next target.
  static func declaration(of name: String, in text: String) -> Substring? {
    guard let list = text.range(of: "targets: [", options: .backwards, range: targetsRange(text)),
      let start = text.range(
        of: "name: \"\(name)\"", range: list.upperBound..<text.endIndex)
    else { return nil }
    let rest = text[start.lowerBound...]
    let next = rest.firstRange(of: /\n\s*\.(?:target|executableTarget|testTarget)\(/)
    return rest[..<(next?.lowerBound ?? rest.endIndex)]
  }

  /// The last `targets: [` at the start of a line is the package's own list.
  private static func targetsRange(_ text: String) -> Range<String.Index> {
    let start = text.range(of: "\n  targets: [")?.lowerBound ?? text.startIndex
    let end = text.range(of: "\n", range: text.index(after: start)..<text.endIndex)?.upperBound
    return start..<(end ?? text.endIndex)
  }
}
