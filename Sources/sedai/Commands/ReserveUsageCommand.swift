import ArgumentParser
import SedaiAPI
import SedaiClient

extension ReserveCommand {
  struct Usage: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show which base volumes' generations use a reserve.",
      discussion: """
        ALLOCATED counts whole chunks beyond those of the base volume itself, VALID the blocks \
        in them that only generations hold. All figures are of one moment. Finding them out \
        takes a walk over what generations do not share with their base volume.
        """)
    @Argument(help: "Name or number of the pool.") var pool: String
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let usage: ReserveUsageDocument = try await array.get(
        try path(APIPath.reserves, pool) + APIPath.usage)
      try output.show(usage, as: ReserveCommand.table)
    }
  }

  static func table(_ usage: ReserveUsageDocument) -> String {
    var table = Table(
      ("BASE VOLUME", .left), ("GENERATIONS", .right), ("UNDO", .left), ("ALLOCATED", .right),
      ("VALID", .right))
    for family in usage.families {
      table.add(
        family.baseVolume, "\(family.generations)", family.hasUndo ? "yes" : "no",
        Shown.bytes(family.allocatedBytes), Shown.bytes(family.validBytes))
    }
    // Names have no brackets: these rows are none.
    table.add("(being reclaimed)", nil, nil, Shown.bytes(usage.beingReclaimedBytes), nil)
    let generations = usage.families.reduce(0) { $0 + $1.generations }
    table.add(
      "(total)", "\(generations)", nil, Shown.bytes(usage.usedBytes),
      Shown.bytes(usage.validBytes))
    return table.text
      + "\(Shown.bytes(usage.usedBytes)) of \(Shown.bytes(usage.capacity)) used ("
      + "\(Shown.percent(usage.usedBytes, of: usage.capacity)))\n"
  }
}
