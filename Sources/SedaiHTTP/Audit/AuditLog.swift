import Foundation
import NIOPosix
import SedaiAPI
import SedaiMonitor

/// Who asked for what, and what came of it: every request that was refused and every one that
/// would change something.
///
/// Entries are lines of JSON in a file of mode 0600 that is only ever appended to; JSON escapes
/// what could pass for the end of a line or steer a terminal. A full file is kept under a
/// number, `audit.log.1` being the newest, and the oldest is removed.
///
/// An entry is with the operating system before its request is answered: it survives the
/// daemon. A power cut can take the last seconds' entries.
public final class AuditLog: Sendable {
  /// Bytes of a file before the next one is begun.
  public static let fileBytes = 8 << 20
  /// Files that are kept beside the one being written.
  public static let oldFiles = 9
  /// Bytes of a request's body that an entry holds.
  static let bodyBytes = 1024
  /// Bytes of a path that an entry holds.
  static let pathBytes = 512

  /// Why the log cannot be used.
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  private struct Writing: Sendable {
    var handle: FileHandle
    var bytes: Int
    var next: UInt64
  }

  private let path: String
  private let fileLimit: Int
  private let writing: Monitor<Writing>

  /// Opens the log, or begins it.
  ///
  /// - Parameter fileLimit: bytes of a file; ``fileBytes`` except in tests.
  /// - Throws: a failure that names the file.
  public init(path: String, fileLimit: Int = AuditLog.fileBytes) throws(Failure) {
    self.path = path
    self.fileLimit = fileLimit
    let (handle, bytes) = try Self.open(path)
    let newest = Self.entries(in: path).last ?? Self.entries(in: Self.old(path, 1)).last
    writing = Monitor(Writing(handle: handle, bytes: bytes, next: (newest?.number ?? 0) + 1))
  }

  private static func old(_ path: String, _ age: Int) -> String { path + ".\(age)" }

  private static func open(_ path: String) throws(Failure) -> (FileHandle, Int) {
    let files = FileManager.default
    if !files.fileExists(atPath: path) {
      _ = files.createFile(
        atPath: path, contents: nil, attributes: [.posixPermissions: NSNumber(value: 0o600)])
    }
    guard let handle = FileHandle(forWritingAtPath: path), let end = try? handle.seekToEnd()
    else { throw Failure(description: "\(path) cannot be written. Check its permissions.") }
    var bytes = Int(clamping: end)
    // A line that a crash cut off is ended, so that the next entry is one of its own.
    if bytes > 0, let last = files.contents(atPath: path)?.last, last != UInt8(ascii: "\n") {
      do {
        try handle.write(contentsOf: Data("\n".utf8))
      } catch {
        throw Failure(description: "\(path) cannot be written: \(error).")
      }
      bytes += 1
    }
    return (handle, bytes)
  }

  // MARK: Writing

  /// Adds an entry; its number is given here. Waits for the file.
  func add(_ entry: AuditDocument) throws(Failure) {
    try writing.withLock { (writing) throws(Failure) in
      var entry = entry
      entry.number = writing.next
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      do {
        let line = try encoder.encode(entry) + Data("\n".utf8)
        if writing.bytes > 0, writing.bytes + line.count > fileLimit { try turn(&writing) }
        try writing.handle.write(contentsOf: line)
        writing.bytes += line.count
        writing.next += 1
      } catch {
        throw Failure(description: "\(path) cannot be written: \(error).")
      }
    }
  }

  /// Puts the full file away and begins the next one.
  private func turn(_ writing: inout Writing) throws {
    try writing.handle.synchronize()
    try writing.handle.close()
    let files = FileManager.default
    for age in stride(from: Self.oldFiles, through: 0, by: -1) {
      let from = age == 0 ? path : Self.old(path, age)
      guard files.fileExists(atPath: from) else { continue }
      if age == Self.oldFiles {
        try files.removeItem(atPath: from)
      } else {
        try files.moveItem(atPath: from, toPath: Self.old(path, age + 1))
      }
    }
    (writing.handle, writing.bytes) = try Self.open(path)
  }

  /// Ends writing; what was written is on the disk then.
  public func close() {
    writing.withLock { writing in
      // Nothing is left to be done about a file that cannot be flushed at the end.
      try? writing.handle.synchronize()
      try? writing.handle.close()
    }
  }

  // MARK: Reading

  /// The newest entries above `number`, oldest of them first. Waits for the files.
  func entries(after number: UInt64, limit: Int) -> [AuditDocument] {
    writing.withLock { _ in
      var found: [AuditDocument] = []
      for age in 0...Self.oldFiles {
        let file = age == 0 ? path : Self.old(path, age)
        let entries = Self.entries(in: file)
        found = entries.filter { $0.number > number } + found
        if found.count >= limit || (entries.first?.number ?? 0) <= number { break }
      }
      return Array(found.suffix(limit))
    }
  }

  /// Lines that are no entry, such as one that a crash cut off, are passed over.
  private static func entries(in file: String) -> [AuditDocument] {
    guard let data = FileManager.default.contents(atPath: file) else { return [] }
    let decoder = JSONDecoder()
    return data.split(separator: UInt8(ascii: "\n")).compactMap {
      try? decoder.decode(AuditDocument.self, from: $0)
    }
  }
}
