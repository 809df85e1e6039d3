import ArgumentParser
import Foundation
import SedaiAPI

/// Standard output and standard error.
enum Console {
  static func print(_ text: String) {
    guard !text.isEmpty else { return }
    write(text.hasSuffix("\n") ? text : text + "\n", to: .standardOutput)
  }

  static func complain(_ text: String) {
    guard !text.isEmpty else { return }
    write(text.hasSuffix("\n") ? text : text + "\n", to: .standardError)
  }

  /// Who closed the other end wants to read no more; the exit status still tells how it went.
  private static func write(_ text: String, to handle: FileHandle) {
    try? handle.write(contentsOf: Data(text.utf8))
  }

  static func complain(_ problem: Problem) {
    complain("sedai: \(problem.messageID): \(problem.title)")
    if let detail = problem.detail { complain("  " + detail) }
    if let remedy = problem.remedy { complain("  " + remedy) }
  }

  /// Replaces the last line on a terminal.
  static func redraw(_ line: String) {
    write("\r\u{1B}[K" + line, to: .standardOutput)
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
