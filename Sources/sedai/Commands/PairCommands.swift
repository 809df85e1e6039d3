import ArgumentParser
import SedaiAPI
import SedaiClient
import SedaiModel

struct PairCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pair", abstract: "Pairs: master volumes and their replication volumes.",
    subcommands: [
      List.self, Show.self, Create.self, Delete.self, Replicate.self, Separate.self,
      Restore.self, Change.self, Wait.self,
    ],
    defaultSubcommand: List.self)

  struct List: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "List pairs.")
    @Option(help: "Those of this master volume only.") var master: VolumeReference?
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let pairs = Listing(items: try await array.pairs(ofMaster: master))
      try output.show(pairs) { pairs in
        var table = Table(
          ("MASTER", .left), ("REPLICA", .left), ("STATE", .left), ("ACTIVITY", .left),
          ("COPY", .left), ("ACCESS", .left), ("LEFT", .right))
        for pair in pairs.items {
          table.add(
            pair.master.name, pair.replica.name, pair.state.rawValue, pair.activity.rawValue,
            pair.copyMode.rawValue, pair.access.rawValue,
            pair.remainingBytes > 0 ? Shown.bytes(pair.remainingBytes) : nil)
        }
        return table.text
      }
    }
  }

  struct Show: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a pair, with how much its volumes differ.")
    @Argument(help: "The replication volume.") var replica: VolumeReference
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let pair = try await array.pair(ofReplica: replica, withSizes: true)
      try output.show(pair, as: PairCommand.sheet)
    }
  }

  struct Create: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make two volumes of one size a pair; nothing is copied yet.")
    @OptionGroup var pair: PairArguments
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      try output.show(
        try await array.send(.post, APIPath.pairs, pair.request) as PairDocument,
        as: PairCommand.sheet)
    }
  }

  struct Delete: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "End a pair; both volumes stay what they are.")
    @OptionGroup var pair: PairArguments
    @Flag(help: "Also while it is not separated.") var force = false

    func run(_ array: ArrayClient) async throws {
      var query = [(APIQuery.master, pair.master.text)]
      if force { query.append((APIQuery.force, "true")) }
      try await array.send(
        .delete, APIPath.member(APIPath.pairs, pair.replica.text), query: query)
    }
  }

  struct Replicate: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a replication volume what its master is, until it is separated.")
    @OptionGroup var pair: PairArguments
    @Option(help: "What to copy between pools: full or diff.") var range = CopyRange.differences
    @Option(help: "How to copy: fg or bg; as it is unless told.") var mode: CopyMode?
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let request = PairReplicateRequest(pair: pair.request, range: range, mode: mode)
      try output.show(
        try await array.send(.post, APIPath.replicatePair, request) as PairDocument,
        as: PairCommand.sheet)
    }
  }

  struct Separate: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give a replication volume to its hosts, as its master is at this moment.")
    @OptionGroup var pair: PairArguments
    @Option(help: "What hosts may do with it: rw, ro, nr or na.")
    var access = AccessModeName.readWrite
    @Option(help: "When they may: immediate, or complete.") var use = ReplicaUse.complete
    @Flag(help: "Stop the copy where it is instead; what was copied is of no use.")
    var force = false
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let request = PairSeparateRequest(
        pair: pair.request, access: access, use: use, isForced: force)
      try output.show(
        try await array.send(.post, APIPath.separatePair, request) as PairDocument,
        as: PairCommand.sheet)
    }
  }

  struct Restore: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Bring a master volume back to what its replication volume is.",
      discussion: "Nobody may use either volume meanwhile: unmount them first.")
    @OptionGroup var pair: PairArguments
    @Option(help: "Whether the replication volume follows it then: update, or protect.")
    var mode = PairRestoreMode.update
    @Option(help: "What to copy between pools: full or diff.") var range = CopyRange.differences
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let request = PairRestoreRequest(pair: pair.request, mode: mode, range: range)
      try output.show(
        try await array.send(.post, APIPath.restorePair, request) as PairDocument,
        as: PairCommand.sheet)
    }
  }

  struct Change: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Change how a pair copies and who may use the copy.")
    @OptionGroup var pair: PairArguments
    @Option(help: "How to copy: fg or bg.") var mode: CopyMode?
    @Option(help: "What hosts may do while it is separated: rw, ro, nr or na.")
    var access: AccessModeName?
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let request = PairChangeRequest(pair: pair.request, mode: mode, access: access)
      try output.show(
        try await array.send(.post, APIPath.changePair, request) as PairDocument,
        as: PairCommand.sheet)
    }
  }

  struct Wait: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Wait for a pair: sync (both the same) or sep (separated).")
    @Argument(help: "The replication volume.") var replica: VolumeReference
    @Argument(help: "sync or sep.") var condition: PairCondition
    @Option(help: "Seconds to wait at most.") var time: Int?

    func run(_ array: ArrayClient) async throws {
      let outcome = try await array.wait(
        for: condition, ofReplica: replica, limit: time.map { .seconds($0) })
      let (message, now): (MessageID, PairDocument) =
        switch outcome {
        case .met(let now): (.pairWaitEnded, now)
        case .fault(let now): (.pairWaitFault, now)
        case .timedOut(let now): (.pairWaitTimedOut, now)
        }
      if message == .pairWaitEnded { return }
      throw Problem(
        message,
        [
          "mv": .text(now.master.name), "rv": .text(now.replica.name),
          "state": .text(now.state.rawValue), "condition": .text(condition.rawValue),
          "time": .seconds(time ?? 0),
        ])
    }
  }

  static func sheet(_ pair: PairDocument) -> String {
    var sheet = Sheet()
    sheet.add("Master volume", pair.master.name)
    sheet.add("Replication volume", pair.replica.name)
    sheet.add("State", pair.state.rawValue)
    sheet.add("Activity", pair.activity.rawValue)
    sheet.add("Copy", pair.copyMode.text)
    sheet.add("Access", pair.access.rawValue)
    sheet.add("Since", Shown.time(pair.startedAt))
    sheet.add("Ended", Shown.time(pair.endedAt))
    sheet.add("Differs", pair.differenceBytes.map(Shown.bytes))
    sheet.add("To be copied", Shown.bytes(pair.remainingBytes))
    return sheet.text
  }
}

/// The two volumes of a pair.
struct PairArguments: ParsableArguments {
  @Argument(help: "The master volume.") var master: VolumeReference
  @Argument(help: "The replication volume.") var replica: VolumeReference

  var request: PairRequest { PairRequest(master: master, replica: replica) }
}
