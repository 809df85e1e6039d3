import ArgumentParser
import Foundation
import SedaiAPI

/// Standard output and standard error.
enum Console {
  static func print(_ text: String) {
    guard !text.isEmpty else { return }
    FileHandle.standardOutput.write(Data((text.hasSuffix("\n") ? text : text + "\n").utf8))
  }

  static func complain(_ text: String) {
    guard !text.isEmpty else { return }
    FileHandle.standardError.write(Data((text.hasSuffix("\n") ? text : text + "\n").utf8))
  }

  static func complain(_ problem: Problem) {
    complain("sedai: \(problem.messageID): \(problem.title)")
    if let detail = problem.detail { complain("  " + detail) }
    if let remedy = problem.remedy { complain("  " + remedy) }
  }

  /// Replaces the last line on a terminal.
  static func redraw(_ line: String) {
    FileHandle.standardOutput.write(Data(("\r\u{1B}[K" + line).utf8))
  }

  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}

/// How answers are printed.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON, for programs.") var json = false

  /// Prints `value`: as JSON, or as `text` makes it readable.
  func show<Value: Encodable>(_ value: Value, as text: (Value) -> String) throws {
    guard json else { return Console.print(text(value)) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    Console.print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}
