/// The data of an option about metadata contexts, decoded.
enum ContextRequest: Equatable {
  case request(export: String, queries: [String])
  case malformed
  case tooManyQueries
}

extension WireReader {
  /// The data of INFO and GO: an export's name and the pieces of information asked for.
  @_lifetime(self: copy self)
  mutating func informationRequest() -> (export: String, requests: [UInt16])? {
    guard let name = lengthPrefixedString(), let count = integer(UInt16.self),
      remaining == Int(count) * MemoryLayout<UInt16>.size
    else { return nil }
    var requests: [UInt16] = []
    for _ in 0..<count {
      guard let request = integer(UInt16.self) else { return nil }
      requests.append(request)
    }
    return (name, requests)
  }

  /// The data of the options that list and set metadata contexts.
  @_lifetime(self: copy self)
  mutating func contextRequest() -> ContextRequest {
    guard let name = lengthPrefixedString(), let count = integer(UInt32.self) else {
      return .malformed
    }
    guard count <= UInt32(NBDLimits.maximumContextQueries) else { return .tooManyQueries }
    var queries: [String] = []
    for _ in 0..<count {
      guard let query = lengthPrefixedString() else { return .malformed }
      queries.append(query)
    }
    return remaining == 0 ? .request(export: name, queries: queries) : .malformed
  }
}
