import Foundation
import TOMLKit

/// `sedaid.toml` as it is written. Keys that nobody knows are an error.
struct ConfigurationFile: Decodable, Equatable {
  var data: String?
  var name: String?
  var cache: String?
  var journal: String?
  var staging: String?
  var pool: [Pool]?
  var management: Management?
  var nbd: NBD?
  var iscsi: ISCSI?

  struct Pool: Decodable, Equatable {
    var name: String
    var files: [File]?
    var devices: [String]?
    var reserve: String?
  }

  struct File: Decodable, Equatable {
    var path: String
    var size: String
    var sparse: Bool?
  }

  struct Management: Decodable, Equatable {
    var socket: String?
    var group: String?
    var host: String?
    var port: Int?
    var certificate: String?
    var key: String?
    var tokens: String?
  }

  struct NBD: Decodable, Equatable {
    var sockets: String?
    var host: String?
    var port: Int?
    var certificate: String?
    var key: String?
    var clientAuthorities: String?

    enum CodingKeys: String, CodingKey {
      case sockets, host, port, certificate, key
      case clientAuthorities = "client-authorities"
    }
  }

  struct ISCSI: Decodable, Equatable {
    var host: String?
    var port: Int?
  }

  /// Larger files are no configuration.
  private static let maximumBytes = 1 << 20

  /// - Throws: a failure that names the file and what is wrong in it.
  static func read(_ path: String) throws(StartupFailure) -> ConfigurationFile {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw StartupFailure("\(path) cannot be read. Check the path and its permissions.")
    }
    guard data.count <= maximumBytes, let text = String(data: data, encoding: .utf8) else {
      throw StartupFailure("\(path) is not a text file of at most \(maximumBytes) bytes.")
    }
    return try parse(text, path: path)
  }

  static func parse(_ text: String, path: String) throws(StartupFailure) -> ConfigurationFile {
    do {
      return try TOMLDecoder(strictDecoding: true).decode(ConfigurationFile.self, from: text)
    } catch let error as TOMLParseError {
      throw StartupFailure("\(path) \(error.source.debugDescription): \(error.description).")
    } catch let error as UnexpectedKeysError {
      let keys = error.keys.keys.sorted().joined(separator: ", ")
      throw StartupFailure("\(path): unknown key \(keys). Remove it or correct its name.")
    } catch let error as DecodingError {
      throw StartupFailure("\(path): \(words(for: error)).")
    } catch {
      throw StartupFailure("\(path): \(error).")
    }
  }

  private static func words(for error: DecodingError) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "it" : path.map(\.stringValue).joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context)
    where context.codingPath.last?.stringValue == key.stringValue:
      // The decoder says the same of a value that does not fit.
      return "\(place(context.codingPath)) is missing or has another type than it needs"
    case .keyNotFound(let key, let context):
      return "\(place(context.codingPath + [key])) is missing"
    case .valueNotFound(_, let context): return "\(place(context.codingPath)) is missing"
    case .typeMismatch(_, let context):
      return "\(place(context.codingPath)) has another type than it needs"
    case .dataCorrupted(let context): return "\(place(context.codingPath)) cannot be read"
    @unknown default: return "it cannot be read"
    }
  }
}
