import SedaiAPI
import SedaiClient
import SedaiHost
import SedaiHostModel
import SedaiModel

/// What a command prints and how it ends.
struct CommandOutcome: Sendable {
  var output = ""
  var errors = ""
  var status = ExitStatus.success
}

/// One run of a snapshot command against an array.
struct Session: Sendable {
  let client: ArrayClient
  let clock: LocalClock
  let command: SnapshotCommand
  let line: CommandWords
  /// Nil on a machine that is not configured as a host.
  let host: HostConfiguration?
  /// Devices of this host by logical disk.
  var devices: [String: String] = [:]

  private var name: String { command.rawValue }

  /// Does what the command line asks.
  func run() async throws(Problem) -> CommandOutcome {
    guard let host else { return try await operate() }
    let list = try VolumeListFile(host.places).read(patience: host.options.listWait)
    let causes = await HostList(host: host, client: client).staleCausesOfArray(for: list)
    var session = self
    session.devices = list.devices
    var outcome = try await session.operate()
    outcome.errors =
      (host.warnings + causes).map { MessageLine(name, $0).text + "\n" }.joined()
      + outcome.errors
    return outcome
  }

  private func operate() async throws(Problem) -> CommandOutcome {
    switch command {
    case .create: try await create()
    case .delete: try await delete()
    case .restore: try await restore()
    case .link: try await link()
    case .unlink: try await unlink()
    case .linkinfo: try await linkinfo()
    case .query: try await query()
    case .wait: try await wait()
    case .svguard: try await svguard()
    }
  }

  // MARK: Snapshots

  private func create() async throws(Problem) -> CommandOutcome {
    let request = GenerationSetRequest(members: [
      GenerationSelection(
        baseVolume: try volume(.base), generation: line.volume(.snapshot))
    ])
    let done: GenerationSetDocument = try await client.send(
      .post, APIPath.createSnapshots, request)
    let layout = CreateLayout(clock: clock, devices: devices)
    return normalEnd(.createEnded, done.generations.map(layout.text).joined())
  }

  private func delete() async throws(Problem) -> CommandOutcome {
    let request = GenerationSetRequest(members: [
      GenerationSelection(
        baseVolume: try volume(.base), generation: line.volume(.snapshot))
    ])
    let _: GenerationSetDocument = try await client.send(
      .post, APIPath.deleteSnapshots, request)
    return normalEnd(.deleteEnded)
  }

  private func restore() async throws(Problem) -> CommandOutcome {
    let base = try volume(.base)
    let newer = line.value("-derivsv").flatMap(RestoreSetRequest.NewerGenerations.init(rawValue:))
    let request = RestoreSetRequest(
      members: [GenerationSelection(baseVolume: base, generation: try volume(.snapshot))],
      newerGenerations: newer ?? .keep)
    let done = try await restore(request, to: base)
    if line.has("-nowait") { return normalEnd(.restoreStarted) }
    for generation in done.generations {
      switch try await client.wait(for: .active, of: generation, limit: nil) {
      case .met: continue
      case .fault(let now), .timedOut(let now): return fault(now, .active)
      }
    }
    return normalEnd(.restoreEnded)
  }

  /// On a host the base volume is unmounted before, and mounted as soon as it shows the
  /// snapshot, or as it was if it does not.
  private func restore(
    _ request: RestoreSetRequest, to base: VolumeReference
  ) async throws(Problem) -> GenerationSetDocument {
    let suspension = host.map { HostSuspension(host: $0, program: name) }
    let suspended = try suspension?.begin(base.text) ?? []
    let done: GenerationSetDocument
    do throws(Problem) {
      done = try await client.send(.post, APIPath.restoreSnapshots, request)
    } catch {
      try suspension?.end(suspended)
      throw error
    }
    try suspension?.end(suspended)
    return done
  }

  private func svguard() async throws(Problem) -> CommandOutcome {
    let request = GuardRequest(
      baseVolume: try volume(.base), generation: try volume(.snapshot),
      isGuarded: line.value("-mode") == "set")
    let _: GenerationDocument = try await client.send(.post, APIPath.guardSnapshot, request)
    return normalEnd(.guardEnded)
  }

  private func wait() async throws(Problem) -> CommandOutcome {
    let condition = line.value("-cond").flatMap(WaitCondition.init(rawValue:)) ?? .active
    let limit = line.value("-time").flatMap(Int.init)
    let generation = try await client.generation(
      try volume(.snapshot), of: try volume(.base))
    let outcome = try await client.wait(
      for: condition, of: generation, limit: limit.map { .seconds($0) })
    switch outcome {
    case .met: return normalEnd(.waitEnded)
    case .fault(let now): return fault(now, condition)
    case .timedOut(let now):
      return failure(
        Problem(
          .waitTimedOut,
          [
            "sv": .text(now.label), "condition": .text(condition.rawValue),
            "time": .seconds(limit ?? 0), "state": .text(now.state.word),
          ]))
    }
  }

  // MARK: Links

  private func link() async throws(Problem) -> CommandOutcome {
    let source = line.has(VolumeRole.base.option) ? try volume(.base) : try volume(.snapshot)
    let access = line.value("-lvacc").flatMap(AccessModeName.init(rawValue:))
    let _: LinkVolumeDocument = try await client.send(
      .put, try linkPath(), LinkRequest(source: source, access: access ?? .readWrite))
    return normalEnd(.linkEnded)
  }

  private func unlink() async throws(Problem) -> CommandOutcome {
    let source = line.volume(.snapshot).map { [(APIQuery.source, $0.text)] }
    try await client.send(.delete, try linkPath(), query: source ?? [])
    return normalEnd(.unlinkEnded)
  }

  private func linkPath() throws(Problem) -> String {
    APIPath.member(APIPath.linkVolumes, try volume(.link).text) + APIPath.link
  }

  private func linkinfo() async throws(Problem) -> CommandOutcome {
    let family = try await client.family(of: try volume(.any))
    return CommandOutcome(
      output: LinkInfoLayout(devices: devices).text(family, withDestinations: line.has("-lcl")))
  }

  // MARK: Query

  private func query() async throws(Problem) -> CommandOutcome {
    let isDetailed = line.has("-detail")
    let base = line.volume(.base)
    let snapshot = line.volume(.snapshot)
    let asked = snapshot ?? base
    guard let asked else { throw Problem(.missingOption, ["option": .text("-bv")]) }
    let family = try await client.family(of: asked, withSizes: isDetailed)
    let generations = try Self.selected(family, base: base, snapshot: snapshot)
    let layout = QueryLayout(clock: clock, devices: devices)
    return CommandOutcome(
      output: isDetailed
        ? layout.detail(family, generations) : layout.summary(family, generations))
  }

  /// The generations that were asked for.
  ///
  /// - Throws: if a name means another kind of volume, or a snapshot volume another base.
  static func selected(
    _ family: FamilyDocument, base: VolumeReference?, snapshot: VolumeReference?
  ) throws(Problem) -> [GenerationDocument] {
    func wrongKind(_ name: VolumeReference, _ expected: LogicalDiskKind) -> Problem {
      let kind: LogicalDiskKind =
        switch family.subject {
        case .baseVolume: family.baseVolume.kind
        case .generation: .snapshot
        case .linkVolume: .link
        }
      return Problem(
        .wrongKind,
        [
          "name": .text(name.text), "kind": .text(kind.rawValue),
          "expected": .text(expected.rawValue),
        ])
    }
    guard let snapshot else {
      if let base, family.subject != .baseVolume { throw wrongKind(base, .base) }
      if let base, family.generations.isEmpty {
        throw Problem(.noGenerationBuilt, ["bv": .text(base.text)])
      }
      return family.generations
    }
    guard case .generation(let absolute) = family.subject else {
      throw wrongKind(snapshot, .snapshot)
    }
    if let base, base.text != family.baseVolume.name {
      throw Problem(.notGenerationOfBase, ["sv": .text(snapshot.text), "bv": .text(base.text)])
    }
    return family.generations.filter { $0.absolute == absolute }
  }

  // MARK: Ends

  private func volume(_ role: VolumeRole) throws(Problem) -> VolumeReference {
    guard let volume = line.volume(role) else {
      throw Problem(.missingOption, ["option": .text(role.option)])
    }
    return volume
  }

  private func normalEnd(_ id: MessageID, _ more: String = "") -> CommandOutcome {
    CommandOutcome(output: MessageLine(name, id).text + "\n" + more)
  }

  private func fault(
    _ generation: GenerationDocument, _ condition: WaitCondition
  ) -> CommandOutcome {
    failure(
      Problem(
        .waitFault,
        [
          "sv": .text(generation.label), "state": .text(generation.state.word),
          "condition": .text(condition.rawValue),
        ]))
  }

  private func failure(_ problem: Problem) -> CommandOutcome {
    CommandOutcome(
      errors: MessageLine(name, problem).text + "\n", status: problem.exitStatus)
  }
}
