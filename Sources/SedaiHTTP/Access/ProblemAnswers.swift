import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SedaiAPI
import SedaiModel

/// Answers every refusal with a problem document.
struct ProblemAnswers: RouterMiddleware {
  @concurrent func handle(
    _ request: Request, context: ManagementContext,
    next: @concurrent (Request, ManagementContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let problem as Problem {
      return Self.answer(problem)
    } catch let error as any HTTPResponseError {
      let reason =
        error.status == .notFound
        ? "nothing is at \(request.uri.path)" : "\(error.status.reasonPhrase)"
      return Self.answer(.notUnderstood(reason, status: error.status))
    } catch {
      context.logger.error(
        "request failed", metadata: ["error.text": "\(error)", "http.path": "\(request.uri.path)"])
      return Self.answer(
        Problem(
          .internalFailure, ["reason": .text("the request ended with an unexpected error")],
          status: HTTPResponse.Status.internalServerError.code))
    }
  }

  private static func answer(_ problem: Problem) -> Response {
    var headers: HTTPFields = [.contentType: Problem.mediaType]
    if problem.status == HTTPResponse.Status.unauthorized.code {
      headers[.wwwAuthenticate] = "Bearer"
    }
    if problem.status == HTTPResponse.Status.serviceUnavailable.code {
      headers[.retryAfter] = "1"
    }
    if problem.status == HTTPResponse.Status.tooManyRequests.code {
      headers[.retryAfter] = String(SignInFailures.windowSeconds)
    }
    return Response(
      status: .init(code: problem.status), headers: headers, body: Answer.body(problem))
  }
}

/// Answers and request bodies.
enum Answer {
  /// A resource.
  static func json(
    _ value: some Encodable & Sendable, status: HTTPResponse.Status = .ok
  ) -> Response {
    json(body(value), status: status)
  }

  /// A resource that is written as JSON already.
  static func json(_ body: ResponseBody, status: HTTPResponse.Status = .ok) -> Response {
    Response(status: status, headers: [.contentType: "application/json"], body: body)
  }

  /// Done, and nothing to say.
  static let nothing = Response(status: .noContent)

  static func body(_ value: some Encodable) -> ResponseBody {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Documents hold texts, whole numbers and truth values; none of them can fail to encode.
    let data = (try? encoder.encode(value)) ?? Data("{}".utf8)
    return ResponseBody(byteBuffer: ByteBuffer(bytes: data))
  }

  /// The request's body as a `Value`.
  static func decode<Value: Decodable>(
    _ type: Value.Type, from request: Request
  ) async throws(Problem) -> Value {
    var request = request
    let buffer = try await collect(&request)
    do {
      return try JSONDecoder().decode(type, from: Data(buffer.readableBytesView))
    } catch let error as DecodingError {
      throw .notUnderstood(words(for: error))
    } catch {
      throw .notUnderstood("its body is no JSON")
    }
  }

  /// The request's body, which stays with it.
  static func collect(_ request: inout Request) async throws(Problem) -> ByteBuffer {
    do {
      return try await request.collectBody(upTo: ManagementContext.maximumBodyBytes)
    } catch {
      throw .notUnderstood(
        "its body is incomplete or longer than \(ManagementContext.maximumBodyBytes) bytes",
        status: .contentTooLarge)
    }
  }

  private static func words(for error: DecodingError) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "its body" : path.map(\.stringValue).joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "\(place(context.codingPath + [key])) is missing"
    case .valueNotFound(_, let context):
      return "\(place(context.codingPath)) is missing"
    case .typeMismatch(_, let context):
      return "\(place(context.codingPath)) has another type"
    case .dataCorrupted(let context):
      return "\(place(context.codingPath)) cannot be read"
    @unknown default:
      return "its body cannot be read"
    }
  }
}
