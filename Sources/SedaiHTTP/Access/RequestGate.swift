import Foundation
import HTTPTypes
import Hummingbird
import Logging
import SedaiAPI
import SedaiArray
import SedaiModel

/// What every request passes: who asks is found out, and what came of it is put down. Who is
/// nobody gets no further. What somebody may do is the array's matter.
struct RequestGate: RouterMiddleware {
  let signIn: SignIn
  let audit: AuditLog

  @concurrent func handle(
    _ request: Request, context: ManagementContext,
    next: @concurrent (Request, ManagementContext) async throws -> Response
  ) async throws -> Response {
    let peer = await PeerIdentity.of(context.channel)
    var entry = AuditDocument(
      number: 0, time: Int64(Date().timeIntervalSince1970), who: nil, role: nil,
      from: peer.text,
      request:
        "\(request.method.rawValue) \(Self.beginning(request.uri.string, AuditLog.pathBytes))",
      body: nil, status: 0, messageID: nil)
    do {
      let requester = try signIn.requester(request, peer)
      entry.who = requester.name
      entry.role = requester.roleName
      var request = request
      var context = context
      context.requester = requester
      let isChange = request.method != .get
      if isChange {
        entry.body = Self.shown(String(buffer: try await Answer.collect(&request)))
      }
      let (asked, known) = (request, context)
      let response = try await ArrayCalls.$requester.withValue(requester) {
        try await next(asked, known)
      }
      entry.status = response.status.code
      if isChange { keep(entry, context) }
      return response
    } catch {
      let refusal = error as? Problem
      entry.status =
        refusal?.status ?? (error as? any HTTPResponseError)?.status.code
        ?? HTTPResponse.Status.internalServerError.code
      entry.messageID = refusal?.messageID
      // Who is kept waiting has been put down often enough.
      if entry.status != HTTPResponse.Status.tooManyRequests.code { keep(entry, context) }
      throw error
    }
  }

  /// An entry that cannot be written is told in the daemon's log: the request has been carried
  /// out by then, and a full disk must not stop the array.
  private func keep(_ entry: AuditDocument, _ context: ManagementContext) {
    do throws(AuditLog.Failure) {
      try audit.add(entry)
    } catch {
      context.logger.error(
        "audit entry lost",
        metadata: ["error.text": "\(error)", "audit.request": "\(entry.request)"])
    }
  }

  /// What an entry holds of a body; nothing of one that speaks of a secret.
  private static func shown(_ body: String) -> String? {
    let words = body.lowercased()
    if words.contains("secret") || words.contains("password") { return "(not kept)" }
    return body.isEmpty ? nil : beginning(body, AuditLog.bodyBytes)
  }

  private static func beginning(_ text: String, _ limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    return String(decoding: text.utf8.prefix(limit), as: UTF8.self) + "…"
  }
}
