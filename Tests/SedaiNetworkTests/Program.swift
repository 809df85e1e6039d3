import Foundation

/// Other people's programs, as clients of the server under test.
enum Program {
  struct Outcome: Sendable {
    let status: Int32
    let output: String
  }

  static func path(of name: String) -> String? {
    ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"].map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  static func areInstalled(_ names: String...) -> Bool { names.allSatisfy { path(of: $0) != nil } }

  /// Runs a program to its end, away from the threads that tasks need.
  static func run(_ name: String, _ arguments: String...) async throws -> Outcome {
    try await blocking {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: path(of: name) ?? name)
      process.arguments = arguments
      process.currentDirectoryURL = URL(fileURLWithPath: NSTemporaryDirectory())
      let output = Pipe()
      process.standardOutput = output
      process.standardError = output
      process.standardInput = FileHandle.nullDevice
      try process.run()
      let text = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return Outcome(
        status: process.terminationStatus, output: String(decoding: text, as: UTF8.self))
    }
  }
}
