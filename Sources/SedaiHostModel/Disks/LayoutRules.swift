public import SedaiAPI
internal import SedaiModel

extension CommandOptions {
  /// Refuses disks whose layout commands would harm.
  ///
  /// - Parameters:
  ///   - partition: the one that is meant, 0 for the whole disk.
  ///   - osType: the type of the logical disk.
  /// - Returns: how the disk is divided; nil if it is not.
  /// - Source: seed manual 3.1; Linux needs no permission for a GUID partition table.
  public func permittedTable(
    of disk: DiskBytes, named name: String, osType: String?, partition: Int
  ) throws(Problem) -> PartitionTable? {
    guard let table = PartitionTable(disk) else {
      try permit(VolumeContent(disk), of: name)
      return nil
    }
    if table.isDynamic { throw Self.member(name, "dynamic") }
    if table.kind == .gpt, osType != "LX", osType != "WG" || !permitsGPT {
      throw Problem(.gptNotPermitted, ["name": .text(name)])
    }
    if table.partitions.count > 1, !permitsPartitions {
      throw Problem(
        .severalPartitions,
        ["name": .text(name), "count": .count(UInt64(table.partitions.count))])
    }
    if let part = table.partitions.first(where: { $0.number == partition }) {
      if part.use == .member, !permitsMembers { throw Self.member(name, "partition type") }
      try permit(VolumeContent(disk.part(part.range)), of: name)
    }
    return table
  }

  private func permit(_ content: VolumeContent, of name: String) throws(Problem) {
    if content.kind.isMember, !permitsMembers { throw Self.member(name, content.kind.rawValue) }
  }

  private static func member(_ name: String, _ kind: String) -> Problem {
    Problem(.diskIsMember, ["name": .text(name), "kind": .text(kind)])
  }
}
