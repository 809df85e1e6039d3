import SedaiAPI
import SedaiClient
import SedaiModel

/// One run of a replication command against an array.
struct PairSession: Sendable {
  let client: ArrayClient
  let clock: LocalClock
  let command: PairCommand
  let line: CommandWords

  private var name: String { command.rawValue }

  /// Does what the command line asks.
  func run() async throws(Problem) -> CommandOutcome {
    switch command {
    case .pair: try await pair()
    case .replicate: try await replicate()
    case .separate: try await separate()
    case .restore: try await restore()
    case .change: try await change()
    case .wait: try await wait()
    case .query: try await query()
    case .ldlist: try await ldlist()
    case .arrayinfo: try await arrayinfo()
    }
  }

  // MARK: Operations

  private func pair() async throws(Problem) -> CommandOutcome {
    let selection = try selection()
    if line.has("-pair") {
      if line.has("-force") {
        throw Problem(.excludingOptions, ["option": .text("-pair"), "other": .text("-force")])
      }
      let _: PairDocument = try await client.send(.post, APIPath.pairs, selection)
    } else {
      var query = [(APIQuery.master, selection.master.text)]
      if line.has("-force") { query.append((APIQuery.force, "true")) }
      try await client.send(
        .delete, APIPath.member(APIPath.pairs, selection.replica.text), query: query)
    }
    return normalEnd(.pairEnded)
  }

  private func replicate() async throws(Problem) -> CommandOutcome {
    let done: PairDocument = try await client.send(
      .post, APIPath.replicatePair,
      PairReplicateRequest(
        pair: try selection(), range: range, mode: mode ?? .background))
    return try await end(
      done, waitingFor: .synchronised, started: .replicateStarted, ended: .replicateEnded)
  }

  private func separate() async throws(Problem) -> CommandOutcome {
    let access = line.value("-rvacc").flatMap(AccessModeName.init(rawValue:))
    let use = line.value("-rvuse").flatMap(ReplicaUse.init(rawValue:))
    let isForced = line.has("-force")
    let done: PairDocument = try await client.send(
      .post, APIPath.separatePair,
      PairSeparateRequest(
        pair: try selection(), access: access ?? .readWrite, use: use ?? .complete,
        isForced: isForced))
    if isForced { return normalEnd(.separateEnded) }
    return try await end(
      done, waitingFor: .separated, started: .separateStarted, ended: .separateEnded)
  }

  private func restore() async throws(Problem) -> CommandOutcome {
    let mode = line.value("-mode").flatMap(PairRestoreMode.init(rawValue:)) ?? .update
    let done: PairDocument = try await client.send(
      .post, APIPath.restorePair,
      PairRestoreRequest(pair: try selection(), mode: mode, range: range))
    return try await end(
      done, waitingFor: mode == .update ? .synchronised : .separated,
      started: .pairRestoreStarted, ended: .pairRestoreEnded)
  }

  private func change() async throws(Problem) -> CommandOutcome {
    let access = line.value("-rvacc").flatMap(AccessModeName.init(rawValue:))
    let _: PairDocument = try await client.send(
      .post, APIPath.changePair,
      PairChangeRequest(pair: try selection(), mode: mode, access: access))
    return normalEnd(.changeEnded)
  }

  private func wait() async throws(Problem) -> CommandOutcome {
    let selection = try selection()
    let condition = line.value("-cond").flatMap(PairCondition.init(rawValue:)) ?? .separated
    let limit = line.value("-time").flatMap(Int.init)
    _ = try await client.pair(ofReplica: selection.replica, master: selection.master)
    switch try await client.wait(
      for: condition, ofReplica: selection.replica, limit: limit.map { .seconds($0) })
    {
    case .met: return normalEnd(.pairWaitEnded)
    case .fault(let now): return fault(now, condition)
    case .timedOut(let now):
      var arguments = Self.arguments(now, condition)
      arguments["time"] = .seconds(limit ?? 0)
      return failure(Problem(.pairWaitTimedOut, arguments))
    }
  }

  // MARK: Questions

  private func query() async throws(Problem) -> CommandOutcome {
    let pairs: [PairDocument]
    if let replica = line.volume(.replica) {
      pairs = [
        try await client.pair(
          ofReplica: replica, master: line.volume(.master), withSizes: true)
      ]
    } else {
      pairs = try await client.pairs(ofMaster: line.volume(.master), withSizes: true)
    }
    return CommandOutcome(output: PairLayout(clock: clock).text(pairs))
  }

  private func ldlist() async throws(Problem) -> CommandOutcome {
    let status: StatusDocument = try await client.get(APIPath.status)
    let disks: Listing<LogicalDiskDocument> = try await client.get(APIPath.logicalDisks)
    return CommandOutcome(output: DiskListLayout().text(disks.items, array: status.name))
  }

  private func arrayinfo() async throws(Problem) -> CommandOutcome {
    let status: StatusDocument = try await client.get(APIPath.status)
    return CommandOutcome(output: ArrayInfoLayout().text(status))
  }

  // MARK: Words

  private func selection() throws(Problem) -> PairRequest {
    PairRequest(master: try volume(.master), replica: try volume(.replica))
  }

  private func volume(_ role: VolumeRole) throws(Problem) -> VolumeReference {
    guard let volume = line.volume(role) else {
      throw Problem(.missingOption, ["option": .text(role.option)])
    }
    return volume
  }

  private var mode: CopyMode? { line.value("-cpmode").flatMap(CopyMode.init(rawValue:)) }
  private var range: CopyRange {
    line.value("-cprange").flatMap(CopyRange.init(rawValue:)) ?? .differences
  }

  // MARK: Ends

  /// Waits for the end of a copy unless told not to.
  private func end(
    _ pair: PairDocument, waitingFor condition: PairCondition, started: MessageID,
    ended: MessageID
  ) async throws(Problem) -> CommandOutcome {
    if line.has("-nowait") { return normalEnd(started) }
    switch try await client.wait(
      for: condition, ofReplica: .name(pair.replica.name), limit: nil)
    {
    case .met: return normalEnd(ended)
    case .fault(let now), .timedOut(let now): return fault(now, condition)
    }
  }

  private func normalEnd(_ id: MessageID) -> CommandOutcome {
    CommandOutcome(output: MessageLine(name, id).text + "\n")
  }

  private static func arguments(
    _ pair: PairDocument, _ condition: PairCondition
  ) -> MessageArguments {
    [
      "mv": .text(pair.master.name), "rv": .text(pair.replica.name),
      "state": .text(pair.state.rawValue), "condition": .text(condition.rawValue),
    ]
  }

  private func fault(_ pair: PairDocument, _ condition: PairCondition) -> CommandOutcome {
    failure(Problem(.pairWaitFault, Self.arguments(pair, condition)))
  }

  private func failure(_ problem: Problem) -> CommandOutcome {
    CommandOutcome(
      errors: MessageLine(name, problem).text + "\n", status: problem.exitStatus)
  }
}
