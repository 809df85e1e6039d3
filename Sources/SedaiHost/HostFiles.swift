internal import Foundation
public import SedaiAPI
internal import SedaiModel

/// Small files that commands keep: whole or not at all.
public enum HostFiles {
  /// Longer files are none of ours.
  static let maximumBytes = 16 << 20

  /// The text of a file; nil if there is none.
  public static func text(_ path: String) throws(Problem) -> String? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let data = FileManager.default.contents(atPath: path), data.count <= maximumBytes,
      let text = String(data: data, encoding: .utf8)
    else { throw failure("read", path, "it is no text of at most \(maximumBytes) bytes") }
    return text
  }

  /// The value in a file; nil if there is none.
  public static func value<Value: Decodable>(
    _ path: String, as _: Value.Type = Value.self
  ) throws(Problem) -> Value? {
    guard let text = try text(path) else { return nil }
    do {
      return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch {
      throw failure("read", path, "it is no \(Value.self)")
    }
  }

  /// Puts a value in the place of what is there, in one step, readable for everybody.
  public static func store(_ value: some Encodable, at path: String) throws(Problem) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try store(try encoder.encode(value), at: path)
    } catch let problem as Problem {
      throw problem
    } catch {
      throw failure("write", path, error.localizedDescription)
    }
  }

  /// The same with a text.
  public static func store(text: String, at path: String) throws(Problem) {
    try store(Data(text.utf8), at: path)
  }

  private static func store(_ data: Data, at path: String) throws(Problem) {
    do {
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try data.write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw failure("write", path, error.localizedDescription)
    }
  }

  public static func makeDirectory(_ path: String) throws(Problem) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
    } catch {
      throw failure("make", path, error.localizedDescription)
    }
  }

  /// Removes what is there; nothing there is no failure.
  public static func remove(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
  }

  public static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  /// Names in a directory, sorted; none if there is no directory.
  public static func names(in directory: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
  }

  /// A file of the kernel's without the blanks at its end; nil if it cannot be read.
  static func fact(_ path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    let text = String(decoding: data, as: UTF8.self)
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Where a symbolic link leads; nil if it is none.
  static func destination(of path: String) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: path)
  }

  static func failure(_ action: String, _ path: String, _ reason: String) -> Problem {
    Problem(
      .hostFileFailed,
      ["action": .text(action), "path": .text(path), "reason": .text(reason)])
  }
}
