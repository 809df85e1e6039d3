import ArgumentParser

/// Where to listen, as it is typed: `HOST`, `HOST:PORT` or `[HOST]:PORT`.
struct Portal: ExpressibleByArgument, Equatable {
  let host: String
  let port: Int

  /// 0 lets the system choose.
  static let ports = 0...65535

  init?(argument: String) {
    let text: Substring
    let rest: Substring
    if argument.hasPrefix("[") {
      guard let end = argument.firstIndex(of: "]") else { return nil }
      text = argument[argument.index(after: argument.startIndex)..<end]
      rest = argument[argument.index(after: end)...]
    } else {
      let colon = argument.firstIndex(of: ":") ?? argument.endIndex
      text = argument[..<colon]
      rest = argument[colon...]
    }
    guard !text.isEmpty else { return nil }
    host = String(text)
    guard !rest.isEmpty else {
      port = ISCSISettings.standardPort
      return
    }
    guard rest.hasPrefix(":"), let port = Int(rest.dropFirst()), Self.ports.contains(port) else {
      return nil
    }
    self.port = port
  }
}
