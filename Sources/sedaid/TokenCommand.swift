import ArgumentParser
import Foundation
import SedaiHTTP

struct TokenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Make a token for management over TCP.",
    discussion: """
      Prints a new token, once: give it to the client in a file that SEDAI_TOKEN_FILE names. \
      The array's file gets its digest only. A running sedaid reads the file when it starts.
      """)

  @Argument(help: "Whose token it is; events show this name.") var name: String
  @Option(help: "The array's token file; a line is added to it.") var file: String

  func validate() throws {
    let isPlain = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    guard !name.isEmpty, name.utf8.count <= 64, isPlain, !name.hasPrefix("#") else {
      throw ValidationError("A name has 1 to 64 printable characters without blanks.")
    }
  }

  func run() throws {
    let token = AccessToken.new()
    if !FileManager.default.fileExists(atPath: file) {
      guard
        FileManager.default.createFile(
          atPath: file, contents: nil, attributes: [.posixPermissions: 0o600])
      else { throw StartupFailure("\(file) cannot be made. Check the directory.") }
    }
    guard let handle = FileHandle(forWritingAtPath: file) else {
      throw StartupFailure("\(file) cannot be written. Check its permissions.")
    }
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(TokenFile.line(name: name, token: token).utf8))
    try handle.close()
    try FileHandle.standardOutput.write(contentsOf: Data((token + "\n").utf8))
  }
}
