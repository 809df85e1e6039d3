import ArgumentParser
import SedaiAPI
import SedaiClient

struct PoolCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pool", abstract: "Pools: files and devices that hold data.",
    subcommands: [List.self, Show.self, Create.self, Expand.self, Delete.self],
    defaultSubcommand: List.self)

  /// Files and devices for a pool.
  struct Members: ParsableArguments {
    @Option(
      name: .long, help: ArgumentHelp("Make a file of this size.", valueName: "path:size"))
    var file: [NewFile] = []
    @Option(name: .long, help: ArgumentHelp("Take a block device whole.", valueName: "path"))
    var device: [String] = []
    @Flag(help: "Let files take their space only as they fill.") var sparse = false

    func validate() throws {
      if file.isEmpty && device.isEmpty {
        throw ValidationError("Name at least one --file PATH:SIZE or --device PATH.")
      }
    }

    var requests: [PoolMemberRequest] {
      file.map { PoolMemberRequest(path: $0.path, size: $0.size.bytes, isSparse: sparse) }
        + device.map { PoolMemberRequest(path: $0, size: nil) }
    }
  }

  /// `PATH:SIZE`.
  struct NewFile: ExpressibleByArgument {
    let path: String
    let size: ByteSize

    init?(argument: String) {
      guard let colon = argument.lastIndex(of: ":"), colon != argument.startIndex,
        let size = ByteSize(argument: String(argument[argument.index(after: colon)...]))
      else { return nil }
      path = String(argument[..<colon])
      self.size = size
    }
  }

  struct List: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "List pools.")
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let pools: Listing<PoolDocument> = try await array.get(APIPath.pools)
      try output.show(pools) { pools in
        var table = Table(
          ("NO", .right), ("NAME", .left), ("STATE", .left), ("CAPACITY", .right),
          ("PROMISED", .right), ("FREE", .right), ("ALLOCATED", .right), ("AWAITING", .right))
        for pool in pools.items {
          table.add(
            "\(pool.number)", pool.name, pool.state.rawValue, Shown.bytes(pool.capacity),
            Shown.bytes(pool.promisedBytes), Shown.bytes(pool.freeBytes),
            Shown.bytes(pool.allocatedBytes), Shown.bytes(pool.awaitingReuseBytes))
        }
        return table.text
      }
    }
  }

  struct Show: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Show a pool.")
    @Argument(help: "Name or number.") var pool: String
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let pool: PoolDocument = try await array.get(try path(APIPath.pools, pool))
      try output.show(pool, as: PoolCommand.sheet)
    }
  }

  struct Create: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Make a pool.")
    @Argument(help: "1 to 32 letters, digits and _.") var name: String
    @Option(help: "Its number; the lowest free one unless told.") var number: UInt8?
    @OptionGroup var members: Members
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let pool: PoolDocument = try await array.send(
        .post, APIPath.pools,
        PoolCreateRequest(name: name, number: number, members: members.requests))
      try output.show(pool, as: PoolCommand.sheet)
    }
  }

  struct Expand: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add files or devices to a pool.")
    @Argument(help: "Name or number.") var pool: String
    @OptionGroup var members: Members
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let pool: PoolDocument = try await array.send(
        .post, try path(APIPath.pools, pool) + APIPath.members,
        PoolExpandRequest(members: members.requests))
      try output.show(pool, as: PoolCommand.sheet)
    }
  }

  struct Delete: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Delete an empty pool.")
    @Argument(help: "Name or number.") var pool: String

    func run(_ array: ArrayClient) async throws {
      try await array.send(.delete, try path(APIPath.pools, pool))
    }
  }

  static func sheet(_ pool: PoolDocument) -> String {
    var sheet = Sheet()
    sheet.add("Pool", "\(pool.name) (number \(pool.number))")
    sheet.add("State", pool.state.rawValue)
    sheet.add("Capacity", Shown.bytes(pool.capacity))
    sheet.add("Promised", Shown.bytes(pool.promisedBytes))
    sheet.add("Free", Shown.bytes(pool.freeBytes))
    sheet.add("Allocated", Shown.bytes(pool.allocatedBytes))
    sheet.add("Awaiting reuse", Shown.bytes(pool.awaitingReuseBytes))
    for member in pool.members { sheet.add("Member", member) }
    return sheet.text
  }
}

/// The path of a member of a collection, for a name that a person typed.
func path(_ collection: String, _ name: String) throws -> String {
  // Names of LD sets may hold hyphens.
  guard VolumeReference.isName(name.filter { $0 != "-" }) else {
    throw ValidationError("\"\(name)\" is no name: letters, digits, _ and - only.")
  }
  return APIPath.member(collection, name)
}

struct ReserveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sra", abstract: "Snapshot reserve areas: space that generations share.",
    subcommands: [
      List.self, Show.self, Usage.self, Create.self, Expand.self, Configure.self, Delete.self,
    ],
    defaultSubcommand: List.self)

  struct List: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "List reserves.")
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let reserves: Listing<ReserveDocument> = try await array.get(APIPath.reserves)
      try output.show(reserves) { reserves in
        var table = Table(
          ("POOL", .left), ("LEVEL", .left), ("CAPACITY", .right), ("USED", .right),
          ("USE", .right), ("POLICY", .left))
        for reserve in reserves.items {
          table.add(
            reserve.pool, reserve.level.rawValue, Shown.bytes(reserve.capacity),
            Shown.bytes(reserve.usedBytes),
            Shown.percent(reserve.usedBytes, of: reserve.capacity), reserve.policy.rawValue)
        }
        return table.text
      }
    }
  }

  struct Show: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Show a pool's reserve.")
    @Argument(help: "Name or number of the pool.") var pool: String
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let reserve: ReserveDocument = try await array.get(try path(APIPath.reserves, pool))
      try output.show(reserve, as: ReserveCommand.sheet)
    }
  }

  struct Create: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Set a reserve up in a pool.")
    @Argument(help: "Name or number of the pool.") var pool: String
    @Argument(help: "Its size, as in 10GiB.") var size: ByteSize
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let reserve: ReserveDocument = try await array.send(
        .post, APIPath.reserves, ReserveCreateRequest(pool: pool, capacity: size.bytes))
      try output.show(reserve, as: ReserveCommand.sheet)
    }
  }

  struct Expand: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Make a reserve larger.")
    @Argument(help: "Name or number of the pool.") var pool: String
    @Argument(help: "The new total size, as in 20GiB.") var size: ByteSize
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let reserve: ReserveDocument = try await array.send(
        .patch, try path(APIPath.reserves, pool), ReserveChangeRequest(capacity: size.bytes))
      try output.show(reserve, as: ReserveCommand.sheet)
    }
  }

  struct Delete: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove the reserve of a pool that holds no generations.")
    @Argument(help: "Name or number of the pool.") var pool: String

    func run(_ array: ArrayClient) async throws {
      try await array.send(.delete, try path(APIPath.reserves, pool))
    }
  }

  struct Configure: ArrayCommand {
    static let configuration = CommandConfiguration(
      commandName: "set", abstract: "Set what happens as a reserve fills.")
    @Argument(help: "Name or number of the pool.") var pool: String
    @Option(
      help: "When a write needs space and there is none: give generations up, or fail the write.")
    var policy: ReservePolicy?
    @Option(help: "Warn at this per cent of use.") var warning: Int?
    @Option(help: "Warn again at this per cent of use.") var critical: Int?
    @OptionGroup var output: OutputOptions

    func validate() throws {
      if policy == nil && warning == nil && critical == nil {
        throw ValidationError("Say what to set: --policy, --warning or --critical.")
      }
    }

    func run(_ array: ArrayClient) async throws {
      let reserve: ReserveDocument = try await array.send(
        .patch, try path(APIPath.reserves, pool),
        ReserveChangeRequest(
          policy: policy, warningThreshold: warning, criticalThreshold: critical))
      try output.show(reserve, as: ReserveCommand.sheet)
    }
  }

  static func sheet(_ reserve: ReserveDocument) -> String {
    var sheet = Sheet()
    sheet.add("Reserve of pool", reserve.pool)
    sheet.add("Level", reserve.level.rawValue)
    sheet.add("Capacity", Shown.bytes(reserve.capacity))
    sheet.add(
      "Used",
      Shown.bytes(reserve.usedBytes) + " ("
        + Shown.percent(reserve.usedBytes, of: reserve.capacity) + ")")
    sheet.add("Policy", reserve.policy.rawValue)
    sheet.add("Warns at", "\(reserve.warningThreshold)%, \(reserve.criticalThreshold)%")
    return sheet.text
  }
}
