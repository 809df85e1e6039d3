import Foundation
public import SedaiAPI
import SedaiModel

/// Where the array is and who asks.
public struct ClientSettings: Sendable {
  /// How the array is reached.
  public enum Address: Hashable, Sendable {
    /// A socket's absolute path.
    case unixSocket(path: String)
    /// `http` or `https`, host and port, without path.
    case network(url: String)
  }

  public var address: Address
  /// Sent as bearer token; needed over TCP.
  public var token: String?
  /// A file of PEM certificates that the array's certificate is checked against; nil means
  /// those of the system.
  public var trustRootsPath: String?

  /// The socket of a daemon that a package installed.
  public static let standardSocket = "/run/sedai/sedaid.sock"
  /// Larger files are no token and no settings.
  static let maximumFileBytes = 64 * 1024

  public init(address: Address, token: String? = nil, trustRootsPath: String? = nil) {
    self.address = address
    self.token = token
    self.trustRootsPath = trustRootsPath
  }

  /// The settings of this process: `SEDAI_URL` and `SEDAI_TOKEN_FILE`, else the first of
  /// `~/.config/sedai/client.toml` and `/etc/sedai/client.toml` that exists, else
  /// ``standardSocket``. Variables win over files key by key.
  ///
  /// - Throws: a problem that names the variable or the file and line.
  public init(environment: [String: String]) throws(Problem) {
    var values: [String: String] = [:]
    for path in Self.filePaths(environment) {
      guard FileManager.default.fileExists(atPath: path) else { continue }
      values = try SettingsFile.values(in: try Self.text(of: path), path: path)
      break
    }
    if let url = environment["SEDAI_URL"], !url.isEmpty { values["url"] = url }
    if let file = environment["SEDAI_TOKEN_FILE"], !file.isEmpty { values["token_file"] = file }
    address = try Self.address(values["url"] ?? "unix://" + Self.standardSocket)
    trustRootsPath = values["ca_file"]
    if let file = values["token_file"] {
      let text = try Self.text(of: file).trimmingCharacters(in: .whitespacesAndNewlines)
      guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
      else { throw Self.wrong("\(file) does not hold a token") }
      token = text
    } else {
      token = nil
    }
  }

  /// As messages name the array.
  public var url: String {
    switch address {
    case .unixSocket(let path): "unix://" + path
    case .network(let url): url
    }
  }

  private static func filePaths(_ environment: [String: String]) -> [String] {
    var paths: [String] = []
    if let directory = environment["XDG_CONFIG_HOME"], directory.hasPrefix("/") {
      paths.append(directory + "/sedai/client.toml")
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      paths.append(home + "/.config/sedai/client.toml")
    }
    return paths + ["/etc/sedai/client.toml"]
  }

  private static func address(_ text: String) throws(Problem) -> Address {
    if let path = text.dropping("unix://") {
      guard path.hasPrefix("/") else {
        throw wrong("\(text) needs an absolute path, as in unix:///run/sedai/sedaid.sock")
      }
      return .unixSocket(path: path)
    }
    guard let parts = URLComponents(string: text),
      let scheme = parts.scheme, scheme == "http" || scheme == "https",
      let host = parts.host, !host.isEmpty, parts.user == nil, parts.query == nil,
      parts.path.isEmpty || parts.path == "/"
    else {
      throw wrong("\(text) is none of unix:///PATH, http://HOST:PORT and https://HOST:PORT")
    }
    var bare = URLComponents()
    bare.scheme = scheme
    bare.host = host
    bare.port = parts.port ?? 8443
    return .network(url: bare.string ?? text)
  }

  private static func text(of path: String) throws(Problem) -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw wrong("\(path) cannot be read")
    }
    guard data.count <= maximumFileBytes, let text = String(data: data, encoding: .utf8) else {
      throw wrong("\(path) is not a text file of at most \(maximumFileBytes) bytes")
    }
    return text
  }

  static func wrong(_ reason: String) -> Problem {
    Problem(.clientSettings, ["reason": .text(reason)])
  }
}

extension String {
  /// The rest after `prefix`; nil if the text does not begin with it.
  func dropping(_ prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
