import HTTPTypes
import SedaiAPI
import SedaiModel

extension DiskArrayError.Kind {
  /// The HTTP status that tells a client the same.
  /// - Source: RFC 9110 section 15; RFC 4918 section 11.5 for 507.
  var httpStatus: HTTPResponse.Status {
    switch self {
    case .invalidRequest: .badRequest
    case .notFound: .notFound
    case .notPermitted: .forbidden
    case .stateConflict, .alreadyExists: .conflict
    case .noSpace: .init(code: 507, reasonPhrase: "Insufficient Storage")
    case .busy: .serviceUnavailable
    case .timeout: .gatewayTimeout
    case .failure: .internalServerError
    }
  }
}

extension Problem {
  init(_ error: DiskArrayError) {
    self.init(error.messageID, error.arguments, status: error.kind.httpStatus.code)
  }

  /// A request that is not what the API knows.
  static func notUnderstood(
    _ reason: String, status: HTTPResponse.Status = .badRequest
  ) -> Problem {
    Problem(.requestNotUnderstood, ["reason": .text(reason)], status: status.code)
  }
}
