import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
public import SedaiAPI
import SedaiModel

/// Talks to an array. One per process is enough; requests may run at the same time.
public struct ArrayClient: Sendable {
  private let http: HTTPClient
  private let settings: ClientSettings

  /// Longest answer that is read, in bytes.
  static let maximumAnswerBytes = 64 << 20
  /// Seconds until a connection counts as impossible.
  static let connectSeconds: Int64 = 10
  /// Seconds until an answer counts as lost. The array holds a request for
  /// ``APIQuery/maximumWaitSeconds`` at most; long work is a job.
  static let answerSeconds: Int64 = 120

  /// Connects to nothing yet. Call ``close()`` when it is no longer needed.
  public init(_ settings: ClientSettings) {
    var configuration = HTTPClient.Configuration.singletonConfiguration
    configuration.timeout = .init(connect: .seconds(Self.connectSeconds))
    configuration.redirectConfiguration = .disallow
    // A connection that cannot be made is an answer for the operator, not a thing to wait for.
    configuration.connectionPool.retryConnectionEstablishment = false
    if let path = settings.trustRootsPath {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.trustRoots = .file(path)
      configuration.tlsConfiguration = tls
    }
    http = HTTPClient(
      eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    self.settings = settings
  }

  /// The host name or address of an array that is reached over TCP; nil for a local socket.
  public var host: String? {
    guard case .network(let url) = settings.address else { return nil }
    return URLComponents(string: url)?.host
  }

  /// Lets go of the connections. No request may be under way.
  public func close() async {
    // A connection that will not close is the kernel's matter: the process ends anyway.
    try? await http.shutdown()
  }

  // MARK: Requests

  /// Reads a resource.
  public func get<Answer: Decodable & Sendable>(
    _ path: String, query: [(String, String)] = []
  ) async throws(Problem) -> Answer {
    try decode(try await exchange(.GET, path, query, body: nil))
  }

  /// Sends `body` and reads what comes back.
  public func send<Answer: Decodable & Sendable>(
    _ method: Method, _ path: String, _ body: some Encodable & Sendable
  ) async throws(Problem) -> Answer {
    try decode(try await exchange(method.http, path, [], body: try encode(body)))
  }

  /// Sends `body`; what comes back has nothing to say.
  public func send(
    _ method: Method, _ path: String, _ body: some Encodable & Sendable
  ) async throws(Problem) {
    _ = try await exchange(method.http, path, [], body: try encode(body))
  }

  /// Sends a request that is all in its path.
  public func send(
    _ method: Method, _ path: String, query: [(String, String)] = []
  ) async throws(Problem) {
    _ = try await exchange(method.http, path, query, body: nil)
  }

  /// What a request does to a resource.
  public enum Method: Sendable {
    case post, put, patch, delete

    var http: HTTPMethod {
      switch self {
      case .post: .POST
      case .put: .PUT
      case .patch: .PATCH
      case .delete: .DELETE
      }
    }
  }

  // MARK: One exchange

  private func exchange(
    _ method: HTTPMethod, _ path: String, _ query: [(String, String)], body: ByteBuffer?
  ) async throws(Problem) -> ByteBuffer {
    var request = HTTPClientRequest(url: url(path, query))
    request.method = method
    request.headers.add(name: "Accept", value: "application/json")
    request.headers.add(name: "User-Agent", value: "sedai")
    if let token = settings.token {
      request.headers.add(name: "Authorization", value: "Bearer \(token)")
    }
    if let body {
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(body)
    }
    let status: Int
    let answer: ByteBuffer
    do {
      let response = try await http.execute(request, timeout: .seconds(Self.answerSeconds))
      status = Int(response.status.code)
      answer = try await response.body.collect(upTo: Self.maximumAnswerBytes)
    } catch {
      throw unreachable(error)
    }
    guard (200..<300).contains(status) else { throw refusal(status, answer) }
    return answer
  }

  private func url(_ path: String, _ query: [(String, String)]) -> String {
    var allowed = CharacterSet.alphanumerics
    allowed.insert(charactersIn: "-._")
    let items = query.map { name, value in
      name + "=" + (value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")
    }
    let target = path + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
    switch settings.address {
    case .unixSocket(let socket):
      allowed = .alphanumerics
      return "http+unix://"
        + (socket.addingPercentEncoding(withAllowedCharacters: allowed) ?? socket) + target
    case .network(let url):
      return url + target
    }
  }

  private func unreachable(_ error: any Error) -> Problem {
    Problem(
      .arrayUnreachable,
      ["url": .text(settings.url), "reason": .text(ConnectionFailure.words(for: error))])
  }

  /// The array's own words where the answer has them.
  private func refusal(_ status: Int, _ answer: ByteBuffer) -> Problem {
    if let problem = try? JSONDecoder().decode(Problem.self, from: Data(answer.readableBytesView)) {
      return problem
    }
    if status == 401 { return Problem(.notSignedIn, status: status) }
    return notUnderstood("status \(status) without a problem document")
  }

  private func decode<Answer: Decodable>(_ answer: ByteBuffer) throws(Problem) -> Answer {
    do {
      return try JSONDecoder().decode(Answer.self, from: Data(answer.readableBytesView))
    } catch {
      throw notUnderstood("it is no \(Answer.self)")
    }
  }

  private func encode(_ body: some Encodable) throws(Problem) -> ByteBuffer {
    do {
      return ByteBuffer(bytes: try JSONEncoder().encode(body))
    } catch {
      throw ClientSettings.wrong("the request cannot be written as JSON")
    }
  }

  private func notUnderstood(_ reason: String) -> Problem {
    Problem(
      .answerNotUnderstood, ["url": .text(settings.url), "reason": .text(reason)])
  }
}

/// What a failed connection is called in messages.
enum ConnectionFailure {
  static func words(for error: any Error) -> String {
    if let error = error as? IOError { return systemWords(error.errnoCode) }
    if let error = error as? NIOConnectionError {
      return error.connectionErrors.first.map { words(for: $0.error) } ?? "no address answers"
    }
    if let error = error as? HTTPClientError {
      switch error {
      case .connectTimeout: return "no connection within \(ArrayClient.connectSeconds) seconds"
      case .deadlineExceeded, .readTimeout:
        return "no answer within \(ArrayClient.answerSeconds) seconds"
      case .remoteConnectionClosed: return "it closed the connection"
      default: return error.shortDescription
      }
    }
    if error is NIOSSLError || error is BoringSSLError {
      return "TLS: \(error)"
    }
    return String(describing: error)
  }

  private static func systemWords(_ code: CInt) -> String {
    switch code {
    case ENOENT: "no such socket"
    case ECONNREFUSED: "nobody listens there"
    case EACCES, EPERM: "permission denied"
    case EHOSTUNREACH, ENETUNREACH: "no route to the host"
    default: "system error \(code)"
    }
  }
}
