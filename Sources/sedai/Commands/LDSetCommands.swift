import ArgumentParser
import SedaiAPI
import SedaiClient

struct LDSetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ldset", abstract: "LD sets: which hosts see which logical disks.",
    subcommands: [
      List.self, Show.self, Create.self, Delete.self, Assign.self, Unassign.self, Allow.self,
      Deny.self, Admit.self, Expel.self, CHAP.self,
    ],
    defaultSubcommand: List.self)

  struct List: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "List LD sets.")
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let sets: Listing<LDSetDocument> = try await array.get(APIPath.ldSets)
      try output.show(sets) { sets in
        var table = Table(
          ("TYPE", .left), ("NAME", .left), ("DISKS", .right), ("CLIENTS", .left))
        for set in sets.items {
          table.add(
            set.osType, set.name, "\(set.disks.count)", set.clients.joined(separator: ","))
        }
        return table.text
      }
    }
  }

  struct Show: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Show an LD set.")
    @Argument(help: "Its name.") var name: String
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let set: LDSetDocument = try await array.get(try path(APIPath.ldSets, name))
      try output.show(set, as: LDSetCommand.sheet)
    }
  }

  struct Create: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Make an LD set.")
    @Argument(help: "1 to 16 letters, digits, _ and -.") var name: String
    @Option(help: "OS type of its hosts.") var type: String?
    @Option(help: "What its hosts connect with; fc is recorded only. NBD serves both.")
    var kind: LDSetKindName = .iSCSI
    @Option(help: "One iSCSI target for all disks (the default), or one for each.")
    var targetMode: TargetModeName?
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let set: LDSetDocument = try await array.send(
        .post, APIPath.ldSets,
        LDSetCreateRequest(
          name: name, osType: type, kind: kind, targetMode: targetMode))
      try output.show(set, as: LDSetCommand.sheet)
    }
  }

  struct Delete: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Delete an LD set.")
    @Argument(help: "Its name.") var name: String

    func run(_ array: ArrayClient) async throws {
      try await array.send(.delete, try path(APIPath.ldSets, name))
    }
  }

  struct Assign: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let the hosts of an LD set see a logical disk.")
    @Argument(help: "The LD set.") var name: String
    @Argument(help: "The logical disk.") var disk: DiskSelector
    @Option(help: "Its LUN; the lowest free one unless told.") var lun: UInt16?
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let set: LDSetDocument = try await array.send(
        .post, try path(APIPath.ldSets, name) + APIPath.disks,
        LDSetDiskRequest(disk: disk, lun: lun))
      for warning in set.warnings ?? [] {
        Console.complain(warning)
      }
      try output.show(set, as: LDSetCommand.sheet)
    }
  }

  struct Unassign: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take a logical disk out of an LD set.")
    @Argument(help: "The LD set.") var name: String
    @Argument(help: "The logical disk.") var disk: String

    func run(_ array: ArrayClient) async throws {
      let disks = try path(APIPath.ldSets, name) + APIPath.disks
      try await array.send(.delete, try path(disks, disk))
    }
  }

  struct Allow: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let the bearer of a TLS client certificate in.")
    @Argument(help: "The LD set.") var name: String
    @Argument(help: "The name in the certificate.") var client: String
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let set: LDSetDocument = try await array.send(
        .post, try path(APIPath.ldSets, name) + APIPath.clients,
        LDSetClientRequest(client: client))
      try output.show(set, as: LDSetCommand.sheet)
    }
  }

  struct Deny: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Do not let the bearer of a TLS client certificate in any more.")
    @Argument(help: "The LD set.") var name: String
    @Argument(help: "The name in the certificate.") var client: String

    func run(_ array: ArrayClient) async throws {
      try await array.send(
        .delete, try path(APIPath.ldSets, name) + APIPath.clients,
        query: [(APIQuery.client, client)])
    }
  }

  struct Admit: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Let an iSCSI initiator in.")
    @Argument(help: "The LD set.") var name: String
    @Argument(help: "The initiator, as in iqn.2026-01.example:host.") var initiator: String
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let set: LDSetDocument = try await array.send(
        .post, try path(APIPath.ldSets, name) + APIPath.initiators,
        LDSetMemberRequest(member: initiator))
      try output.show(set, as: LDSetCommand.sheet)
    }
  }

  struct Expel: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Do not let an iSCSI initiator in any more.")
    @Argument(help: "The LD set.") var name: String
    @Argument(help: "The initiator.") var initiator: String

    func run(_ array: ArrayClient) async throws {
      try await array.send(
        .delete, try path(APIPath.ldSets, name) + APIPath.initiators,
        query: [(APIQuery.member, initiator)])
    }
  }

  static func sheet(_ set: LDSetDocument) -> String {
    var sheet = Sheet()
    sheet.add("LD set", set.name)
    sheet.add("OS type", set.osType)
    sheet.add("Kind", set.kind.rawValue)
    for client in set.clients { sheet.add("Client", client) }
    for initiator in set.initiators { sheet.add("Initiator", initiator) }
    for entry in set.chap ?? [] {
      let mutual = entry.targetUser.map { ", target proves to be \($0)" } ?? ""
      sheet.add("CHAP", "\(entry.initiator ?? "all") as \(entry.user)\(mutual)")
    }
    for path in set.paths { sheet.add("Path", path) }
    if let name = set.targetName, set.targetMode == .normal { sheet.add("Target", name) }
    for portal in set.portals { sheet.add("Portal", portal) }
    let isMulti = set.targetMode == .multiTarget
    var table = Table(("LUN", .right), ("NAME", .left), ("TARGET", .left))
    for disk in set.disks { table.add("\(disk.lun)", disk.name, isMulti ? disk.target : nil) }
    return sheet.text + (set.disks.isEmpty ? "" : "\n" + table.text)
  }
}
