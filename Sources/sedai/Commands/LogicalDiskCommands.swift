import ArgumentParser
import SedaiAPI
import SedaiClient

struct LogicalDiskCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ld", abstract: "Logical disks.",
    subcommands: [
      List.self, Show.self, Create.self, Delete.self, Rename.self, Expand.self, Limit.self,
      Differences.self, Space.self, Merge.self,
    ],
    defaultSubcommand: List.self)

  struct List: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "List logical disks.")
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let disks: Listing<LogicalDiskDocument> = try await array.get(APIPath.logicalDisks)
      try output.show(disks) { disks in
        var table = Table(
          ("LDN", .left), ("TYPE", .left), ("NAME", .left), ("KIND", .left), ("POOL", .left),
          ("CAPACITY", .right), ("ALLOCATED", .right), ("STATE", .left), ("LD SETS", .left))
        for disk in disks.items {
          table.add(
            Shown.number(disk.number), disk.osType, disk.name, disk.kind.rawValue, disk.pool,
            Shown.bytes(disk.capacity), disk.allocatedBytes.map(Shown.bytes), disk.state,
            disk.ldSets.joined(separator: ","))
        }
        return table.text
      }
    }
  }

  struct Show: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Show a logical disk.")
    @Argument(help: "Its name.") var name: String
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let disk: LogicalDiskDocument = try await array.get(try path(APIPath.logicalDisks, name))
      try output.show(disk, as: LogicalDiskCommand.sheet)
    }
  }

  struct Create: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Bind a logical disk, or a control volume.")
    @Argument(help: "1 to 24 letters, digits and _.") var name: String
    @Argument(help: "Its size, as in 4GiB; a control volume has a size of its own.")
    var size: ByteSize?
    @Option(help: "Name or number of the pool.") var pool: String
    @Option(help: "Its number; the lowest free one unless told.") var number: UInt32?
    @Option(help: "OS type: LX, WN, WG, AX, CX, NX, SX, A2 or A4.") var type: String?
    @Option(help: "Bytes of its logical blocks over iSCSI: 512 (the default) or 4096.")
    var blockSize: Int?
    @Flag(help: "Bind a control volume.") var control = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
      if control != (size == nil) {
        throw ValidationError(
          control ? "A control volume takes no size." : "Give the size, as in 4GiB.")
      }
    }

    func run(_ array: ArrayClient) async throws {
      let disk: LogicalDiskDocument = try await array.send(
        .post, APIPath.logicalDisks,
        LogicalDiskCreateRequest(
          name: name, pool: pool, capacity: size?.bytes ?? 0, number: number, osType: type,
          kind: control ? .control : .individual, blockBytes: blockSize))
      try output.show(disk, as: LogicalDiskCommand.sheet)
    }
  }

  struct Delete: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Unbind a logical disk.")
    @Argument(help: "Its name.") var name: String

    func run(_ array: ArrayClient) async throws {
      try await array.send(.delete, try path(APIPath.logicalDisks, name))
    }
  }

  struct Rename: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give a logical disk another name or type.")
    @Argument(help: "Its name.") var name: String
    @Argument(help: "The new name.") var newName: String
    @Option(help: "The new OS type; it stays unless told.") var type: String?
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let disk: LogicalDiskDocument = try await array.send(
        .patch, try path(APIPath.logicalDisks, name),
        LogicalDiskChangeRequest(name: newName, osType: type))
      try output.show(disk, as: LogicalDiskCommand.sheet)
    }
  }

  struct Expand: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Make a logical disk larger.")
    @Argument(help: "Its name.") var name: String
    @Argument(help: "The new total size, as in 8GiB.") var size: ByteSize
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let disk: LogicalDiskDocument = try await array.send(
        .patch, try path(APIPath.logicalDisks, name),
        LogicalDiskChangeRequest(capacity: size.bytes))
      try output.show(disk, as: LogicalDiskCommand.sheet)
    }
  }

  struct Limit: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Set how many requests a second its hosts get.",
      discussion: "Changes what is given; 0 takes a limit away. See iSMioc(1).")
    @Argument(help: "Its name.") var name: String
    @Option(help: "Requests a second at most, 10 to 1000000.") var upper: UInt32?
    @Option(help: "Requests a second that other disks leave it.") var lower: UInt32?
    @Flag(inversion: .prefixedNo, help: "Tell an event when the upper limit is reached.")
    var report: Bool?
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard upper != nil || lower != nil || report != nil else {
        throw ValidationError("Give a limit.")
      }
    }

    func run(_ array: ArrayClient) async throws {
      let limits = LimitsChangeRequest(upper: upper, lower: lower, reportsUpper: report)
      let disk: LogicalDiskDocument = try await array.send(
        .patch, try path(APIPath.logicalDisks, name), LogicalDiskChangeRequest(limits: limits))
      try output.show(disk, as: LogicalDiskCommand.sheet)
    }
  }

  struct Differences: ArrayCommand {
    static let configuration = CommandConfiguration(
      commandName: "diff",
      abstract: "List the ranges in which two volumes of a family differ.",
      discussion: "Each may be a base volume, a snapshot volume, or a generation as in bv.-1.")
    @Argument(help: "The first volume.") var from: VolumeReference
    @Argument(help: "The second volume.") var to: VolumeReference
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      var all = DifferencesDocument(from: from.text, to: to.text, ranges: [], next: 0)
      while let offset = all.next {
        let part: DifferencesDocument = try await array.get(
          APIPath.member(APIPath.logicalDisks, from.text) + APIPath.differences,
          query: [(APIQuery.other, to.text), (APIQuery.offset, String(offset))])
        all.ranges += part.ranges
        // An array that does not get on would be asked for ever.
        all.next = part.next.flatMap { $0 > offset ? $0 : nil }
      }
      try output.show(all) { all in
        var table = Table(("OFFSET", .right), ("LENGTH", .right))
        for range in all.ranges { table.add("\(range.offset)", "\(range.length)") }
        let total = all.ranges.reduce(0) { $0 + $1.length }
        return table.text + "\(all.ranges.count) ranges, \(Shown.bytes(total))\n"
      }
    }
  }

  struct Space: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what deleting generations together would free.")
    @Argument(help: "Snapshot volumes, or generations as in bv.-1.")
    var generations: [VolumeReference]
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let space: SpaceDocument = try await array.send(
        .post, APIPath.space, SpaceRequest(volumes: generations))
      try output.show(space, as: LogicalDiskCommand.sheet)
    }
  }

  struct Merge: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Start a job that gives back the second chunks of partly overwritten ones.")
    @Argument(help: "The base volume.") var name: VolumeReference
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let job: JobDocument = try await array.send(
        .post, APIPath.jobs, MergeRequest(merge: name))
      try output.show(job, as: JobCommand.sheet)
    }
  }

  static func sheet(_ disk: LogicalDiskDocument) -> String {
    var sheet = Sheet()
    sheet.add("Logical disk", disk.name)
    sheet.add("Number", Shown.number(disk.number))
    sheet.add("Kind", disk.kind.rawValue)
    sheet.add("OS type", disk.osType)
    sheet.add("Pool", disk.pool)
    sheet.add("Capacity", Shown.bytes(disk.capacity))
    sheet.add("Allocated", disk.allocatedBytes.map(Shown.bytes))
    sheet.add("State", disk.state)
    sheet.add("Base volume", disk.baseVolume)
    sheet.add("LD sets", disk.ldSets.joined(separator: ", "))
    sheet.add("Restore can be undone", disk.canUndoRestore ? "yes" : "no")
    sheet.add("Requests/s at most", disk.limits?.upper.map { String($0) })
    sheet.add("Requests/s at least", disk.limits?.lower.map { String($0) })
    return sheet.text
  }

  static func sheet(_ space: SpaceDocument) -> String {
    var sheet = Sheet()
    sheet.add("Generations", space.volumes.joined(separator: ", "))
    sheet.add("Would be freed", Shown.bytes(space.allocatedBytes))
    sheet.add("Valid bytes in it", Shown.bytes(space.validBytes))
    return sheet.text
  }
}
