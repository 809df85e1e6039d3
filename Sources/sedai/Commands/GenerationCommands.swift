import ArgumentParser
import SedaiAPI
import SedaiClient

struct GenerationCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generation", abstract: "Generations: snapshots of base volumes.",
    subcommands: [
      List.self, Show.self, Build.self, Remove.self, Create.self, Delete.self, Restore.self,
      Undo.self, Guard.self, Unguard.self, Size.self,
    ])

  struct List: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "List a base volume's generations, the newest snapshot first.")
    @Argument(help: "The base volume, or any volume that depends on it.")
    var volume: VolumeReference
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let family = try await array.family(of: volume)
      try output.show(Listing(items: family.generations)) {
        GenerationCommand.table($0.items)
      }
    }
  }

  struct Show: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Show a generation.")
    @Argument(help: "A snapshot volume, or a generation as in bv.-1.")
    var generation: VolumeReference
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      try output.show(
        try await array.generation(generation), as: GenerationCommand.sheet)
    }
  }

  struct Build: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Build generations: snapshot volumes that hold nothing yet.")
    @Argument(help: "The base volume.") var base: DiskSelector
    @Option(help: "How many.") var count = 1
    @Option(help: "Name of the one, or what the names of several begin with.") var name: String?
    @Option(help: "Name or number of their pool; the base volume's unless told.")
    var pool: String?
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let built: GenerationSetDocument = try await array.send(
        .post, APIPath.buildGenerations,
        GenerationBuildRequest(baseVolume: base, count: count, pool: pool, name: name))
      try output.show(built) { GenerationCommand.table($0.generations) }
    }
  }

  struct Remove: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove generations that hold no snapshot.")
    @Argument(help: "The base volume.") var base: DiskSelector
    @Option(help: "How many.") var count = 1

    func run(_ array: ArrayClient) async throws {
      try await array.send(
        .post, APIPath.removeGenerations,
        GenerationRemoveRequest(baseVolume: base, count: count))
    }
  }

  struct Create: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take a snapshot of base volumes, all of one moment.",
      discussion: """
        The array takes a generation that holds no snapshot, else the oldest; --into names one \
        instead.
        """)
    @Argument(help: "The base volumes.") var bases: [VolumeReference]
    @Option(help: "The generation to take, for a single base volume.")
    var into: VolumeReference?
    @OptionGroup var output: OutputOptions

    func validate() throws {
      if into != nil && bases.count > 1 {
        throw ValidationError("--into goes with a single base volume.")
      }
    }

    func run(_ array: ArrayClient) async throws {
      let done: GenerationSetDocument = try await array.send(
        .post, APIPath.createSnapshots,
        GenerationSetRequest(
          members: bases.map { GenerationSelection(baseVolume: $0, generation: into) }))
      try output.show(done) { GenerationCommand.table($0.generations) }
    }
  }

  struct Delete: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Delete a snapshot; its generation can be used again.",
      discussion: "The space is given back by a job; see sedai job watch.")
    @Argument(help: "The base volume.") var base: VolumeReference
    @Argument(help: "Its generations, as snapshot volumes or as in bv.-1.")
    var generations: [VolumeReference] = []
    @Flag(help: "The generation that the next snapshot would overwrite, if it holds one.")
    var auto = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
      if auto != generations.isEmpty {
        throw ValidationError("Name generations, or give --auto.")
      }
    }

    func run(_ array: ArrayClient) async throws {
      let members =
        auto
        ? [GenerationSelection(baseVolume: base)]
        : generations.map { GenerationSelection(baseVolume: base, generation: $0) }
      let done: GenerationSetDocument = try await array.send(
        .post, APIPath.deleteSnapshots, GenerationSetRequest(members: members))
      try output.show(done) { GenerationCommand.table($0.generations) }
    }
  }

  struct Restore: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Bring a base volume back to a generation.",
      discussion: "Nobody may use the base volume meanwhile: unmount it first.")
    @Argument(help: "The base volume.") var base: VolumeReference
    @Argument(help: "The generation, a snapshot volume or as in bv.-1.")
    var generation: VolumeReference
    @Option(help: "What becomes of newer generations: keep or del.")
    var newer = RestoreSetRequest.NewerGenerations.keep
    @Flag(help: "Do not keep the state before for sedai generation undo.") var withoutUndo = false
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let done: GenerationSetDocument = try await array.send(
        .post, APIPath.restoreSnapshots,
        RestoreSetRequest(
          members: [GenerationSelection(baseVolume: base, generation: generation)],
          newerGenerations: newer, keepsUndo: !withoutUndo))
      try output.show(done) { GenerationCommand.table($0.generations) }
    }
  }

  struct Undo: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Bring back what a base volume held before its last restore.")
    @Argument(help: "The base volume.") var base: String

    func run(_ array: ArrayClient) async throws {
      try await array.send(
        .post, try path(APIPath.logicalDisks, base) + APIPath.undoRestore)
    }
  }

  struct Guard: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Protect a generation from being overwritten or deleted.")
    @Argument(help: "A snapshot volume, or a generation as in bv.-1.")
    var generation: VolumeReference
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let done: GenerationDocument = try await array.send(
        .post, APIPath.guardSnapshot, GuardRequest(generation: generation, isGuarded: true))
      try output.show(done, as: GenerationCommand.sheet)
    }
  }

  struct Unguard: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "End that protection.")
    @Argument(help: "A snapshot volume, or a generation as in bv.-1.")
    var generation: VolumeReference
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let done: GenerationDocument = try await array.send(
        .post, APIPath.guardSnapshot, GuardRequest(generation: generation, isGuarded: false))
      try output.show(done, as: GenerationCommand.sheet)
    }
  }

  struct Size: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what generations alone hold: what deleting them would free.")
    @Argument(help: "Snapshot volumes, or generations as in bv.-1.")
    var generations: [VolumeReference]
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let space: SpaceDocument = try await array.send(
        .post, APIPath.space, SpaceRequest(volumes: generations))
      try output.show(space, as: LogicalDiskCommand.sheet)
    }
  }

  static func table(_ generations: [GenerationDocument]) -> String {
    var table = Table(
      ("GENERATION", .left), ("NAME", .left), ("PLACE", .right), ("STATE", .left),
      ("TAKEN", .left), ("GUARD", .left), ("LINKED TO", .left))
    for generation in generations {
      table.add(
        generation.reference.text, generation.name, generation.age.map { "-\($0)" },
        generation.state.rawValue, Shown.time(generation.createdAt),
        generation.isGuarded ? "on" : "off", generation.linkedTo)
    }
    return table.text
  }

  static func sheet(_ generation: GenerationDocument) -> String {
    var sheet = Sheet()
    sheet.add("Generation", generation.reference.text)
    sheet.add("Name", generation.name)
    sheet.add("Place", generation.age.map { "-\($0)" })
    sheet.add("State", generation.state.rawValue)
    sheet.add("Taken", Shown.time(generation.createdAt))
    sheet.add("Capacity", generation.capacity.map(Shown.bytes))
    sheet.add("Guard", generation.isGuarded ? "on" : "off")
    sheet.add("Linked to", generation.linkedTo)
    return sheet.text
  }
}
