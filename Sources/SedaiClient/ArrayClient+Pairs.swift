public import SedaiAPI
public import SedaiModel

/// The questions about pairs that several commands share.
extension ArrayClient {
  /// The pairs of a master volume, or all.
  public func pairs(
    ofMaster master: VolumeReference? = nil, withSizes: Bool = false
  ) async throws(Problem) -> [PairDocument] {
    var query: [(String, String)] = []
    if let master { query.append((APIQuery.master, master.text)) }
    if withSizes { query.append((APIQuery.sizes, "true")) }
    let listing: Listing<PairDocument> = try await get(APIPath.pairs, query: query)
    return listing.items
  }

  /// The pair in which a volume is the copy.
  /// - Parameter master: if it is named too, it must be the master.
  public func pair(
    ofReplica replica: VolumeReference, master: VolumeReference? = nil, withSizes: Bool = false
  ) async throws(Problem) -> PairDocument {
    let found: PairDocument = try await get(
      APIPath.member(APIPath.pairs, replica.text),
      query: withSizes ? [(APIQuery.sizes, "true")] : [])
    if let master, master.text != found.master.name {
      throw Problem(.notPaired, ["name": .text(replica.text)])
    }
    return found
  }

  /// How a wait for a pair ended.
  public enum PairWaitOutcome: Sendable {
    case met(PairDocument)
    /// It failed or was cancelled: the condition cannot be met.
    case fault(PairDocument)
    case timedOut(PairDocument)
  }

  /// Waits until a pair meets `condition`.
  /// - Parameter limit: nil waits without end.
  public func wait(
    for condition: PairCondition, ofReplica replica: VolumeReference, limit: Duration?
  ) async throws(Problem) -> PairWaitOutcome {
    let clock = ContinuousClock()
    let deadline = limit.map { clock.now.advanced(by: $0) }
    while true {
      let left = deadline.map { max(.zero, clock.now.duration(to: $0)) }
      let hold = min(left ?? Self.longestPairHold, Self.longestPairHold)
      let seconds = Int(hold.components.seconds) + (hold.components.attoseconds > 0 ? 1 : 0)
      let now: PairDocument = try await get(
        APIPath.member(APIPath.pairs, replica.text),
        query: [(APIQuery.wait, condition.rawValue), (APIQuery.seconds, String(seconds))])
      switch condition.isMet(by: now.state) {
      case true?: return .met(now)
      case nil: return .fault(now)
      case false?: break
      }
      if let deadline, clock.now >= deadline { return .timedOut(now) }
    }
  }

  private static let longestPairHold = Duration.seconds(APIQuery.maximumWaitSeconds)
}
